"""What ignores silence, and what is said about the ignores themselves."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from kubetrial.lint.engine import Choice, Text, check_texts
from kubetrial.lint.finding import Category, Finding, ObjectRef, Position, Range
from kubetrial.lint.objects.views import CronJob, Deployment, Object
from kubetrial.lint.settings.config import Settings
from kubetrial.lint.settings.ignore import UNKNOWN_RULE, UNUSED, WITHOUT_REASON, annotated, apply, judge, parse
from kubetrial.lint.yaml import source

KNOWN = ["rule-a", "rule-b", "job-one", "job-two"]


def finding(rule: str, line: int, file: str = "a.yaml", **more: object) -> Finding:
    at = Range(Position(line, 1), Position(line, 2))
    return Finding(rule=rule, category=Category.RISKY, message="m", file=file, range=at, **more)  # type: ignore[arg-type]


def judged(text: str, findings: list[Finding], **more: object) -> tuple[list[str | None], list[tuple[str, int]]]:
    kept, said = judge(findings, parse(source.read("a.yaml", text), "a.yaml"), KNOWN, **more)  # type: ignore[arg-type]
    return [one.suppressed for one in kept], [(one.rule, one.range.start.line) for one in said if not one.suppressed]


def test_silences_only_its_rule_on_its_line() -> None:
    text = "a: 1\nb: 2  # kubetrial: ignore[rule-a] known\n"
    assert judged(text, [finding("rule-a", 1), finding("rule-a", 2), finding("rule-b", 2)]) == (
        [None, "known", None],
        [],
    )


def test_patterns_and_ignore_file() -> None:
    text = "a: 1\nb: 2\n# kubetrial: ignore-file[job-*] generated\n"
    assert judged(text, [finding("job-one", 1), finding("rule-a", 2)]) == (["generated", None], [])


def test_without_a_reason_it_silences_nothing() -> None:
    text = "a: 1  # kubetrial: ignore[rule-a]\n"
    assert judged(text, [finding("rule-a", 1)]) == ([None], [(WITHOUT_REASON, 1)])


def test_unknown_rules_are_said_with_the_nearest_name() -> None:
    ignores = parse(source.read("a.yaml", "a: 1  # kubetrial: ignore[rule-aa] reason\n"), "a.yaml")
    (said,) = judge([], ignores, KNOWN)[1]
    assert said.rule == UNKNOWN_RULE
    assert "rule-aa" in said.message
    assert "rule-a?" in said.help


def test_blanket_ignores_and_empty_brackets_are_refused() -> None:
    for brackets in ("[*]", "[]", "", "[ , ]"):
        silenced, said = judged(f"a: 1  # kubetrial: ignore{brackets} reason\n", [finding("rule-a", 1)])
        assert said == [(UNKNOWN_RULE, 1)], brackets
        assert silenced == [None]


def test_an_unused_ignore_is_said_and_can_be_removed() -> None:
    text = "a: 1  # kubetrial: ignore[rule-a] known\n"
    (said,) = judge([], parse(source.read("a.yaml", text), "a.yaml"), KNOWN)[1]
    assert said.rule == UNUSED
    assert said.fix is not None
    (edit,) = said.fix.edits
    line = text.split("\n")[0]
    assert line[: edit.range.start.column - 1] + edit.text + line[edit.range.end.column - 1 :] == "a: 1"


def test_half_used_ignores_name_the_idle_half() -> None:
    ignores = parse(source.read("a.yaml", "a: 1  # kubetrial: ignore[rule-a,rule-b] known\n"), "a.yaml")
    (said,) = judge([finding("rule-a", 1)], ignores, KNOWN)[1]
    assert "rule-b" in said.message
    assert "rule-a" not in said.message
    assert said.fix is None


def test_unused_is_silent_where_the_rule_did_not_run_or_the_document_was_not_checked() -> None:
    text = "a: 1  # kubetrial: ignore[rule-a] known\n"
    assert judged(text, [], ran=lambda rule, file: rule != "rule-a")[1] == []
    assert judged(text, [], documents=set())[1] == []
    assert judged(text, [], documents={("a.yaml", 0)})[1] == [(UNUSED, 1)]


def test_unused_can_itself_be_ignored() -> None:
    text = "# kubetrial: ignore-file[ignore-unused] shared template\na: 1\nb: 2  # kubetrial: ignore[rule-a] known\n"
    kept, said = judge([], parse(source.read("a.yaml", text), "a.yaml"), [*KNOWN, UNUSED])
    assert kept == []
    assert [one.suppressed for one in said] == ["shared template"]


def objects(text: str, cls: type[Object]) -> list[Object]:
    text = dedent(text)
    return [cls(document, None, (), document.value) for document in source.read("a.yaml", text).documents]  # type: ignore[arg-type]


DEPLOYMENT = """\
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      annotations:
        kubetrial.dev/ignore: "rule-a, job-*: third-party chart"
    spec:
      template:
        metadata:
          annotations:
            kubetrial.dev/ignore: "rule-b: sidecar"
    """
REF = ObjectRef("apps/v1", "Deployment", "", "web")


def test_annotations_cover_the_object_and_the_template() -> None:
    found = annotated(objects(DEPLOYMENT, Deployment))
    assert [(one.rules, one.reason, one.path, one.place.start.line) for one in found] == [
        (("rule-a", "job-*"), "third-party chart", "", 6),
        (("rule-b",), "sidecar", "spec.template", 11),
    ]
    findings = [
        finding("rule-a", 7, object=REF, path="spec"),
        finding("rule-b", 7, object=REF, path="spec.replicas"),
        finding("rule-b", 8, object=REF, path="spec.template.spec.containers"),
        finding("rule-b", 8, object=ObjectRef("apps/v1", "Deployment", "", "other"), path="spec.template.spec"),
    ]
    kept, _ = judge(findings, found, KNOWN)
    assert [one.suppressed for one in kept] == ["third-party chart", None, "sidecar", None]


def test_the_template_of_a_cronjob_lies_deeper() -> None:
    text = """\
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: a}
        spec:
          jobTemplate:
            spec:
              template:
                metadata: {annotations: {kubetrial.dev/ignore: "rule-a: x"}}
        """
    assert [one.path for one in annotated(objects(text, CronJob))] == ["spec.jobTemplate.spec.template"]


def test_annotation_without_reason_and_with_a_wrong_type() -> None:
    found = annotated(objects(DEPLOYMENT.replace(": third-party chart", ""), Deployment))
    assert [one.rule for one in judge([], found[:1], KNOWN)[1]] == [WITHOUT_REASON]
    assert (
        annotated(objects(DEPLOYMENT.replace('"rule-a, job-*: third-party chart"', "[1]"), Deployment))[0].path
        == "spec.template"
    )


def test_apply_takes_comments_and_annotations_together() -> None:
    text = dedent(DEPLOYMENT) + "  replicas: 0  # kubetrial: ignore[field-unknown] on purpose\n"
    findings = [finding("field-unknown", 12, object=REF, path="spec.replicas")]
    result = apply(findings, {"a.yaml": text}, objects(text, Deployment), Settings())
    assert result[0].suppressed == "on purpose"
    assert UNKNOWN_RULE in {one.rule for one in result[1:]}
    assert "field-unknown" not in " ".join(one.message for one in result[1:])


def test_apply_leaves_findings_alone_without_ignores() -> None:
    findings = [finding("rule-a", 1)]
    assert apply(findings, {"a.yaml": "a: 1\n"}, [], Settings()) == findings


def test_what_is_said_of_several_at_once_is_parted_by_an_ignore_on_one() -> None:
    text = "all:\n- a: 1  # kubetrial: ignore[rule-a] known\n- b: 2\n"
    both = finding("rule-a", 1, each=(finding("rule-a", 2), finding("rule-a", 3)))
    assert judged(text, [both]) == (["known", None], [])
    assert judged(text.replace("all:", "all:  # kubetrial: ignore[rule-a] known"), [both])[0] == ["known"]
    assert judged(text.replace("rule-a", "rule-b"), [both])[0] == [None]


def test_an_ignore_on_one_container_holds_while_another_has_the_same_fault() -> None:
    text = (Path(__file__).parent / "each.yaml").read_text()
    rules = ("pod-security-root-allowed", "pod-security-seccomp-missing")
    checked = check_texts([Text("each.yaml", text)], choice=Choice(selected=lambda entry: entry.name in rules))
    left = [
        (f.rule, f.range.start.line)
        for f in apply(checked.findings, {"each.yaml": text}, checked.annotated, Settings())
        if not f.suppressed
    ]
    assert left == [(rule, 9) for rule in rules]
