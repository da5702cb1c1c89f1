"""Every format against a pinned report (`pytest --update` writes them), and the claims that each format makes."""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator
from kubetrial.lint.command.options import MATCHERS
from kubetrial.lint.command.problem_matcher import matcher
from kubetrial.lint.finding import Category, Finding, ObjectRef, Position, Range, Result, Summary
from kubetrial.lint.report import FORMATS, HUMAN, Options, github, render, sarif
from kubetrial.lint.report.excerpt import WIDTH, excerpt
from kubetrial.lint.report.github import step_summary, write_step_summary
from kubetrial.lint.report.summary import summary_line

HERE = os.path.dirname(__file__)
ROOT = os.path.dirname(os.path.dirname(HERE))


@pytest.fixture(autouse=True)
def version(monkeypatch):
    monkeypatch.setattr(sarif, "_version", lambda: "1.2.3")


def text_of(name, result, **options):
    return "".join(render(name, result, **options))


def pinned(name, text, config):
    path = os.path.join(HERE, f"{name}.out")
    if config.getoption("--update"):
        with open(path, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
    with open(path, encoding="utf-8", newline="") as stream:
        assert text == stream.read()


@pytest.mark.parametrize("name", FORMATS)
def test_report_is_the_pinned_one(name, result, rules, request):
    pinned(name, text_of(name, result, rules=rules), request.config)


@pytest.mark.parametrize("name", sorted(HUMAN))
def test_colour_only_adds_escapes(name, result):
    plain, coloured = text_of(name, result), text_of(name, result, colour=True)
    assert "\x1b" not in plain
    assert coloured != plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


@pytest.mark.parametrize("name", sorted(set(FORMATS) - HUMAN))
def test_machine_formats_have_no_colour(name, result):
    assert text_of(name, result, colour=True) == text_of(name, result)


@pytest.mark.parametrize("name", FORMATS)
def test_only_the_asked_format_is_imported(name):
    code = (
        "import sys\n"
        "from kubetrial.lint.finding import Result, Summary\n"
        "from kubetrial.lint.report import FORMATS, render\n"
        f"''.join(render({name!r}, Result((), (), Summary())))\n"
        "print(*sorted(m.rpartition('.')[2] for m in sys.modules if m.startswith('kubetrial.lint.report.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    helpers = {"text", "colour", "excerpt", "xml"}
    shared = {"json_"} if name in ("json-lines", "sarif", "gitlab", "rdjson") else set()
    shared |= {"azure": {"concise"}, "html": {"summary"}}.get(name, set())
    assert set(done.stdout.split()) - helpers - shared == {FORMATS[name]}


@pytest.mark.parametrize("name", [*sorted(HUMAN), "github", "gitlab", "checkstyle", "rdjson", "azure"])
def test_suppressed_findings_are_left_out(name, result):
    assert "service-account-unused" not in text_of(name, result)


def test_unknown_format_is_a_key_error(result):
    with pytest.raises(KeyError):
        render("yaml", result)


# full


def test_caret_stands_under_the_range(result):
    lines = text_of("full", result).split("\n")
    for number, line in enumerate(lines):
        if "startingDeadlineSeconds: 0" in line:
            assert line[lines[number + 1].index("^")] == "0"
            break
    else:
        pytest.fail("no excerpt")


@pytest.mark.parametrize(
    ("line", "start", "end", "before", "under"),
    [
        ("abc", 2, 3, 1, 1),
        ("abc", 2, 2, 1, 1),  # empty ranges get a caret
        ("\tabc", 2, 5, 4, 3),
        ("a\tbc", 3, 4, 4, 1),
        ("日本x", 3, 4, 4, 1),
        ("日本x", 1, 3, 0, 4),
        ("e\u0301x", 3, 4, 1, 1),
        ("abc", 50, 60, 3, 1),  # beyond the text: at its end
        ("", 1, 2, 0, 1),
        ("a\x1b[31mb", 2, 3, 1, 1),
    ],
)
def test_excerpt_counts_cells(line, start, end, before, under):
    part = excerpt(line, start, end)
    assert (part.before, part.under) == (before, under)
    assert "\x1b" not in part.text
    assert "\t" not in part.text


@pytest.mark.parametrize("at", [1, 100, 119, 120, 121, 500, 999_990, 1_000_000])
def test_long_lines_are_cut_around_the_range(at):
    line = "x" * (at - 1) + "Y" * 5 + "x" * (1_000_005 - at)
    part = excerpt(line, at, at + 5)
    assert len(part.text) <= WIDTH
    assert part.text[part.before : part.before + part.under] == "YYYYY"
    assert "…" in part.text


def test_ranges_longer_than_the_line_shown():
    part = excerpt("k: " + "v" * 10_000, 4, 10_004)
    assert len(part.text) == WIDTH
    assert part.before == 3
    assert 0 < part.under <= WIDTH - 3


# concise and the matchers

_NAMES = [
    "deploy/backup.yaml",
    "C:/Users/me/my manifests/a.yaml",
    "C:\\x\\a.yaml",
    "a (1): b.yaml",
    "<stdin>",
    "ü.yaml",
]
_MESSAGES = ["value 3:4: error in [x]", "spec.containers[0]: no: such: thing", "x", "日本 100%", "with\nbreak"]


@pytest.mark.parametrize("target", MATCHERS)
@pytest.mark.parametrize("file", _NAMES)
@pytest.mark.parametrize("message", _MESSAGES)
@pytest.mark.parametrize("category", Category)
@pytest.mark.parametrize("ranges", [False, True])
def test_matchers_read_concise_lines(target, file, message, category, ranges):
    if target == "github":
        (owner,) = matcher("github")["problemMatcher"]
        (pattern,) = owner["pattern"]
        ranges = False
    else:
        pattern = matcher("vscode")["tasks"][0]["problemMatcher"]["pattern"]
    finding = Finding("some-rule", category, message, file, Range(Position(12, 3), Position(13, 7)))
    github_ = target == "github"
    line = text_of("concise", Result((finding,), (), Summary()), notice=github_, ranges=ranges)
    match = re.match(pattern["regexp"], line.rstrip("\n"), re.ASCII)
    assert match
    level = "notice" if github_ and finding.level == "info" else finding.level
    expected = {"file": file, "line": "12", "column": "3", "severity": level, "code": "some-rule"}
    if ranges:
        expected |= {"endLine": "13", "endColumn": "7"}
    assert {key: match[pattern[key]] for key in expected} == expected
    assert match[pattern["message"]] == message.replace("\n", "\\n")


def test_matchers_leave_the_summary_alone(result):
    for target in MATCHERS:
        text = json.dumps(matcher(target))
        assert "kubetrial" in text
    (owner,) = matcher("github")["problemMatcher"]
    assert not re.match(owner["pattern"][0]["regexp"], summary_line(result))


def test_unknown_matcher_is_a_key_error():
    with pytest.raises(KeyError):
        matcher("emacs")


# JSON


def schema_document():
    with open(os.path.join(ROOT, "schemas", "report.schema.json"), encoding="utf-8") as stream:
        return json.load(stream)


def schema(part=None):
    document = schema_document()
    return Draft202012Validator(document if part is None else {**document["$defs"][part], "$defs": document["$defs"]})


def test_json_follows_its_schema(result, clean):
    Draft202012Validator.check_schema(schema_document())
    for one in (result, clean, Result((), (), Summary())):
        report = json.loads(text_of("json", one))
        schema().validate(report)
        assert list(report) == ["version", "findings", "summary"]
        assert len(report["findings"]) == len(one.findings)


def test_json_has_exactly_the_keys_of_the_schema(result):
    """The schema lets keys be added; that one is not forgotten in it is for this test."""
    report = json.loads(text_of("json", result))
    definitions = schema_document()["$defs"]
    for finding in report["findings"]:
        needed = set(definitions["finding"]["required"])
        assert set(finding) == needed == set(definitions["finding"]["properties"]) - {"kubernetesVersions"}
    assert set(report["summary"]) == set(definitions["summary"]["properties"])


def test_the_schema_refuses_wrong_reports(result):
    report = json.loads(text_of("json", result))
    report["findings"][0]["suppressed"] = "reason"
    assert list(schema().iter_errors(report))
    report = json.loads(text_of("json", result))
    report["findings"][0]["suppression"] = "reason without suppressed"
    assert list(schema().iter_errors(report))


def test_json_says_what_the_finding_says(result, findings):
    first = json.loads(text_of("json", result))["findings"][0]
    assert first["object"] == {"apiVersion": "batch/v1", "kind": "CronJob", "namespace": "shop", "name": "backup"}
    assert first["range"] == {"start": {"line": 10, "column": 28}, "end": {"line": 10, "column": 29}}
    assert first["fix"]["edits"][0]["text"] == ""
    assert first["fingerprint"] == findings[0].fingerprint
    hidden = json.loads(text_of("json", result))["findings"][2]
    assert (hidden["suppressed"], hidden["suppression"]) == (True, "used by a chart that is not here")


def test_json_lines_are_the_findings_of_json(result, clean):
    lines = text_of("json-lines", result).split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == json.loads(text_of("json", result))["findings"]
    for line in lines:
        schema("finding").validate(json.loads(line))
    assert text_of("json-lines", clean) == ""


def test_json_streams(result):
    pieces = render("json-lines", result)
    assert json.loads(next(pieces))["rule"] == "cronjob-never-runs"


# SARIF


def run_of(result, **options):
    log = json.loads(text_of("sarif", result, **options))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    return run


def test_sarif_results_point_to_their_rules(result, rules):
    run = run_of(result, rules=rules)
    described = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in described] == sorted({rule["id"] for rule in described})
    for one in run["results"]:
        assert described[one["ruleIndex"]]["id"] == one["ruleId"]
        assert one["level"] in ("error", "warning", "note")
        assert len(one["locations"]) == 1
    for rule in described:
        assert rule["help"]["text"]
        assert rule["name"] != rule["id"]
        assert len(set(rule["properties"]["tags"])) == len(rule["properties"]["tags"])
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert ("security-severity" in rule["properties"]) == ("security" in rule["properties"]["tags"])
        assert ("problem.severity" in rule["properties"]) != ("security-severity" in rule["properties"])
    (known,) = (rule for rule in described if rule["id"] == "cronjob-never-runs")
    assert known["helpUri"] == "https://example.org/rules/cronjob-never-runs"
    assert known["help"]["markdown"].startswith("# cronjob-never-runs")


def test_sarif_regions_are_single_lines(result):
    for one in run_of(result)["results"]:
        region = one["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] == region["endLine"]
        assert region.get("endColumn", 10**9) > region["startColumn"] >= 1


def test_sarif_fingerprints_are_unique_and_stable(result, findings):
    def marks(found):
        return [one["partialFingerprints"]["primaryLocationLineHash"] for one in run_of(found)["results"]]

    twice = replace(result, findings=findings + findings)
    assert len(set(marks(twice))) == 16
    moved = tuple(replace(one, range=Range(Position(99, 1), Position(99, 2))) for one in twice.findings)
    assert marks(replace(result, findings=moved)) == marks(twice)


def test_sarif_marks_suppressed_findings(result):
    marked = [one for one in run_of(result)["results"] if "suppressions" in one]
    assert [one["ruleId"] for one in marked] == ["service-account-unused"]
    assert marked[0]["suppressions"][0]["justification"] == "used by a chart that is not here"


def test_sarif_links_related_places(result):
    (one,) = (one for one in run_of(result)["results"] if "relatedLocations" in one)
    assert [place["id"] for place in one["relatedLocations"]] == [1, 2]
    assert "[the Service with the nearest name](1)" in one["message"]["text"]
    assert r"[a place whose text is not known \[1\]](2)" in one["message"]["text"]


@pytest.mark.parametrize(
    ("file", "directory", "uri", "base"),
    [
        ("deploy/a.yaml", "", "deploy/a.yaml", True),
        ("deploy/a.yaml", "k8s/prod", "k8s/prod/deploy/a.yaml", True),
        ("../a.yaml", "k8s/prod", "k8s/a.yaml", True),
        ("a b/ü#%.yaml", "", "a%20b/%C3%BC%23%25.yaml", True),
        ("a:b.yaml", "", "a%3Ab.yaml", True),
        ("<stdin>", "k8s", "%3Cstdin%3E", True),
        ("/tmp/x y.yaml", "k8s", "file:///tmp/x%20y.yaml", False),
        ("C:/x/y.yaml", "k8s", "file:///C:/x/y.yaml", False),
        ("latin\udce9.yaml", "", "latin%E9.yaml", True),
    ],
)
def test_sarif_uris(file, directory, uri, base):
    assert sarif._artifact(file, directory) == {"uri": uri} | ({"uriBaseId": "%SRCROOT%"} if base else {})


def test_sarif_of_a_clean_run_has_results(clean):
    assert run_of(clean)["results"] == []
    assert run_of(clean)["invocations"] == [{"executionSuccessful": True}]
    assert run_of(replace(clean, internal_error=True))["invocations"] == [{"executionSuccessful": False}]


# GitHub


def decode_command(line):
    """What the runner makes of a line: follows ActionCommand.TryParseV2."""
    match = re.fullmatch(r"::([a-z]+)(?: (.*?))?::(.*)", line, re.S)
    assert match, line

    def data(text):
        return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")

    properties = dict(pair.split("=", 1) for pair in (match[2] or "").split(",") if pair)
    return (
        match[1],
        {key: data(value.replace("%3A", ":").replace("%2C", ",")) for key, value in properties.items()},
        data(match[3]),
    )


def many(counts):
    """(category, how many) findings, two a document."""
    found = []
    for category, count in counts:
        for number in range(count):
            place = Range(Position(number + 1, 1), Position(number + 1, 2))
            found.append(
                Finding(
                    f"rule-{category.value}", category, "m", "a.yaml", place, document=number // 2, path=str(number)
                )
            )
    return Result(tuple(found), (), Summary(files=1, documents=20))


def test_github_properties_come_back(result):
    first = text_of("github", result).split("\n")[0]
    command, properties, message = decode_command(first)
    assert command == "error"
    assert properties["file"] == "deploy/broken & odd, 100%.yaml"
    assert properties["title"] == "kubetrial (yaml-syntax)"
    assert message == "deploy/broken & odd, 100%.yaml:2:7: yaml-syntax did not find expected ',' or ']'"


def test_github_drops_columns_of_several_lines(result):
    for line in text_of("github", result).splitlines():
        _, properties, message = decode_command(line)
        assert ("col" in properties) == ("endColumn" in properties) == ("all of this block" not in message)


def test_github_levels(result):
    commands = [decode_command(line)[0] for line in text_of("github", result).splitlines()]
    assert commands == ["error"] * 3 + ["warning"] * 3 + ["notice"]


def test_github_names_files_from_the_root(result):
    _, properties, _ = decode_command(text_of("github", result, directory="sub/dir").split("\n")[1])
    assert properties["file"].startswith("sub/dir/deploy/")


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([(Category.ADVICE, 10), (Category.REJECTED, 10), (Category.RISKY, 10)], 0),
        ([(Category.ADVICE, 10), (Category.REJECTED, 11)], 2),
        ([(Category.ADVICE, 11)], 2),
        ([(Category.RISKY, 4), (Category.BROKEN, 7), (Category.REJECTED, 8)], 5),
    ],
)
def test_github_counts_what_is_not_shown(counts, hidden):
    lines = text_of("github", many(counts)).splitlines()
    commands = [line for line in lines if re.match("::(error|warning|notice) ", line)]
    for level in ("error", "warning", "notice"):
        assert sum(line.startswith(f"::{level} ") for line in commands) <= 10
    said = [line for line in commands if "more finding" in line]
    plain = [line for line in lines if not line.startswith("::")]
    assert len(plain) == hidden
    assert len(commands) - len(said) + len(plain) == sum(count for _, count in counts)
    if hidden:
        assert f"{hidden} more findings are not shown" in said[0]
    else:
        assert not said


def test_github_shows_the_worst_first_and_each_object_once_first():
    result = many([(Category.RISKY, 4), (Category.BROKEN, 4), (Category.REJECTED, 2)])
    order = [(f.category.value, f.document) for f in github.worst_first(result)]
    # The second findings of a document come after the first ones of all documents; rejected before broken.
    assert order[:2] == [("rejected", 0), ("broken", 1)]
    assert [level for level, _ in order][-4:] == ["risky"] * 4
    assert [document for level, document in order if level == "risky"] == [0, 1, 0, 1]


def test_github_log_lines_hold_no_commands():
    place = Range(Position(1, 1), Position(1, 2))
    found = [Finding("r", Category.BROKEN, f"##[error]{n}\n::error::x", "::warning::x", place) for n in range(12)]
    lines = text_of("github", Result(tuple(found), (), Summary())).splitlines()
    inside = lines[lines.index("::group::kubetrial: 2 more findings") + 1 : -1]
    assert len(inside) == 2
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in inside)


def test_step_summary_is_a_markdown_table(result, tmp_path):
    file = tmp_path / "summary.md"
    file.write_text("before\n")
    write_step_summary(result, str(file), Options(directory="k8s"), summary_line(result))
    text = file.read_text(encoding="utf-8")
    assert text.startswith("before\n### kubetrial\n")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 2 + 7
    assert all(row.count("|") == 6 for row in rows)
    assert "k8s/deploy/backup.yaml:10:28" in text
    assert "service-account-unused" not in text


def test_step_summary_of_a_clean_run(clean):
    assert "".join(step_summary(clean, Options(), summary_line(clean))) == (
        "### kubetrial\n\nNo findings in 1 document &#40;1 file&#41;.\n"
    )


def test_step_summary_has_a_limit():
    text = "".join(step_summary(many([(Category.BROKEN, 600)]), Options(), "x"))
    assert "100 more are in the log" in text


# GitLab


def test_gitlab_fingerprints_are_unique_and_stable(result, findings):
    twice = replace(result, findings=findings + findings)
    entries = json.loads(text_of("gitlab", twice))
    marks = [entry["fingerprint"] for entry in entries]
    assert len(set(marks)) == len(marks) == 14
    moved = tuple(replace(one, range=Range(Position(99, 1), Position(99, 2))) for one in twice.findings)
    again = json.loads(text_of("gitlab", replace(result, findings=moved)))
    assert [entry["fingerprint"] for entry in again] == marks


def test_gitlab_severities(result, clean):
    entries = json.loads(text_of("gitlab", result))
    assert {entry["check_name"]: entry["severity"] for entry in entries} == {
        "cronjob-never-runs": "critical",
        "job-no-deadline": "minor",
        "yaml-syntax": "major",
        "statefulset-service-missing": "critical",
        "annotation-odd": "info",
        "container-arguments-many": "minor",
    }
    assert json.loads(text_of("gitlab", clean)) == []


# XML


def test_junit_counts_add_up(result):
    root = ET.fromstring(text_of("junit", result).encode())
    for suite in [root, *root]:
        counts = {key: int(suite.get(key)) for key in ("tests", "skipped", "failures", "errors")}
        assert counts == {
            "tests": len(suite.findall(".//testcase")),
            "skipped": len(suite.findall(".//skipped")),
            "failures": len(suite.findall(".//failure")),
            "errors": len(suite.findall(".//error")),
        }
    assert (root.get("errors"), root.get("skipped"), root.get("failures")) == ("1", "1", "2")


def test_junit_has_a_passing_case_for_each_clean_document(result, clean):
    root = ET.fromstring(text_of("junit", result).encode())
    passing = {case.get("name") for case in root.iter("testcase") if not len(case)}
    assert passing == {"ServiceAccount/shop/backup", "Service/web-headless"}
    (case,) = ET.fromstring(text_of("junit", clean).encode()).iter("testcase")
    assert (case.get("name"), case.get("classname"), len(case)) == ("StatefulSet/web", "a b/web", 0)


def test_checkstyle_groups_by_file(result, clean):
    root = ET.fromstring(text_of("checkstyle", result).encode())
    assert [file.get("name") for file in root] == [
        "deploy/backup.yaml",
        "deploy/broken & odd, 100%.yaml",
        "deploy/web.yaml",
    ]
    assert {error.get("severity") for error in root.iter("error")} == {"error", "warning", "info"}
    assert not len(ET.fromstring(text_of("checkstyle", clean).encode()))


# rdjson, azure


def test_rdjson_counts_bytes():
    text = "日本: x\n"
    place = Range(Position(1, 5), Position(1, 6))
    finding = Finding("r", Category.BROKEN, "m", "a.yaml", place)
    report = json.loads(text_of("rdjson", Result((finding,), (), Summary(), {"a.yaml": text})))
    assert report["diagnostics"][0]["location"]["range"]["start"] == {"line": 1, "column": 9}


def test_rdjson_suggests_safe_fixes_only(result):
    suggestions = {
        one["code"]["value"] for one in json.loads(text_of("rdjson", result))["diagnostics"] if "suggestions" in one
    }
    assert suggestions == {"cronjob-never-runs"}


def test_azure_escapes():
    place = Range(Position(1, 5), Position(1, 6))
    finding = Finding("r", Category.BROKEN, "50%: a]b;\nc", "a;b]%.yaml", place)
    line = text_of("azure", Result((finding,), (), Summary()))
    assert line == (
        "##vso[task.logissue type=error;sourcepath=a%3Bb%5D%AZP25.yaml;linenumber=1;columnnumber=5;code=r;]"
        "50%AZP25: a]b;%0Ac\n"
    )


# the summary line


def test_summary_lines(result, clean):
    assert summary_line(result) == (
        "Found 3 errors, 3 warnings, 1 info in 3 of 4 documents (5 files; 1 skipped: Helm template; 1 suppressed)."
        " [*] 1 fixable."
    )
    assert summary_line(clean) == "No findings in 1 document (1 file)."


@pytest.mark.parametrize(
    ("summary", "line"),
    [
        (Summary(), "Nothing was checked: no manifests were found."),
        (Summary(files=3), "Nothing was checked: no Kubernetes objects in 3 files."),
        (
            Summary(files=2, skipped={"Helm template": 2, "kustomization": 1}),
            "Nothing was checked: no Kubernetes objects in 2 files; 3 skipped: 2 Helm template, 1 kustomization.",
        ),
        (Summary(files=2, documents=12, suppressed=4), "No findings in 12 documents (2 files; 4 suppressed)."),
    ],
)
def test_summary_lines_without_findings(summary, line):
    assert summary_line(Result((), (), summary)) == line


def test_summary_line_of_a_file_that_cannot_be_read():
    finding = Finding("yaml-syntax", Category.REJECTED, "m", "a.yaml", Range(Position(1, 1), Position(1, 2)))
    assert summary_line(Result((finding,), (), Summary(files=1, errors=1))) == "Found 1 error in 1 document (1 file)."


def test_objects_without_a_name_are_left_out():
    finding = Finding("r", Category.BROKEN, "m", "a.yaml", Range(Position(1, 1), Position(1, 2)), object=ObjectRef())
    assert text_of("full", Result((finding,), (), Summary())) == (
        "error[r]: m\n --> a.yaml:1:1\n  = see: kubetrial explain r\n\n"
    )


def test_summary_joins_the_kinds_without_a_schema():
    from kubetrial.lint.finding import Result, Summary
    from kubetrial.lint.report.summary import summary_line

    skipped = {"Helm template": 2, **{f"no schema for example.com/v1 Kind{n}": n + 1 for n in range(4)}}
    line = summary_line(Result((), (), Summary(files=3, documents=9, skipped=skipped)))
    assert "10 objects of 4 kinds without a schema" in line
    assert "Kind1" not in line


def test_every_junit_case_has_a_name_of_its_own_and_a_time(result):
    import xml.etree.ElementTree as ElementTree
    from dataclasses import replace

    doubled = replace(result, findings=(*result.findings, *result.findings))
    tree = ElementTree.fromstring("".join(render("junit", doubled)))
    names = [(case.get("classname"), case.get("name")) for case in tree.iter("testcase")]
    assert len(names) == len(set(names))
    assert all(case.get("time") for case in tree.iter("testcase"))
    assert not [
        case
        for case in tree.iter("testcase")
        if case.find("failure") is not None and case.find("failure").get("type") != "error"
    ]
    failing = ElementTree.fromstring("".join(render("junit", result, failing=("error", "warning"))))
    assert {case.get("type") for case in failing.iter("failure")} == {"error", "warning"}


def test_sarif_is_capped_at_what_github_takes(result, monkeypatch):
    import json

    from kubetrial.lint.report import sarif

    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    run = json.loads("".join(render("sarif", result)))["runs"][0]
    assert [one["level"] for one in run["results"]] == ["error", "error"]
    said = run["invocations"][0]["toolExecutionNotifications"][-1]
    assert "more findings are not in this report" in said["message"]["text"]
