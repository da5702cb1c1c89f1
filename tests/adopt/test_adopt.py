"""Old repositories: baseline, findings since a revision, written ignores, levels, overrides by object, extend."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.command import cli
from kubetrial.lint.command.adopt import changed_lines, commented
from kubetrial.lint.engine import Text
from kubetrial.lint.settings import baseline

OLD = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  replicas: "3"
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1
          ports: [{{name: http, containerPort: 8080}}]
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: http}]
"""


class Repository:
    """A scratch repository and the command in it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def write(self, **files: str) -> None:
        for name, text in files.items():
            (self.folder / f"{name}.yaml").write_text(text)

    def commit(self) -> None:
        for words in (
            ["init", "-q"],
            ["add", "-A"],
            ["-c", "user.email=a@example.com", "-c", "user.name=a", "commit", "-qm", "x"],
        ):
            subprocess.run(["git", *words], cwd=self.folder, check=True)

    def check(self, *words: str) -> tuple[int, list[tuple[str, str]], str]:
        """Exit code, (rule, file) of what is reported, and what was said."""
        code = cli.main(["check", *words, "--output-format", "json"])
        out, err = self.capsys.readouterr()
        return code, [(f["rule"], f["file"]) for f in json.loads(out)["findings"] if not f["suppressed"]], err


@pytest.fixture
def repository(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.chdir(tmp_path)
    return Repository(tmp_path, capsys)


def test_a_baseline_silences_what_was_there_and_nothing_new(repository: Repository) -> None:
    repository.write(web=OLD.format(name="web"), service=SERVICE)
    assert repository.check()[0] == 1
    code, left, said = repository.check("--write-baseline")
    assert (code, left) == (0, [])
    assert "1 finding written" in said
    assert repository.check("--baseline", baseline.DEFAULT_NAME)[:2] == (0, [])
    repository.write(web="# a comment moves every line\n\n" + OLD.format(name="web"))
    assert repository.check("--baseline", baseline.DEFAULT_NAME)[:2] == (0, [])
    repository.write(web=OLD.format(name="web").replace("name: http", "name: web"))
    assert repository.check("--baseline", baseline.DEFAULT_NAME)[:2] == (
        1,
        [("service-target-port-unknown", "service.yaml")],
    )


def test_a_baseline_holds_from_every_folder(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository.folder / "deploy").mkdir()
    repository.write(**{"deploy/web": OLD.format(name="web")})
    repository.check("--write-baseline")
    monkeypatch.chdir(repository.folder / "deploy")
    assert repository.check("--baseline", f"../{baseline.DEFAULT_NAME}")[:2] == (0, [])
    (repository.folder / ".kubetrial.toml").write_text(f'baseline = "{baseline.DEFAULT_NAME}"\n')
    assert repository.check()[:2] == (0, [])


def test_what_is_gone_is_said_and_pruned(repository: Repository) -> None:
    repository.write(web=OLD.format(name="web"), other=OLD.format(name="other"))
    repository.check("--write-baseline")
    repository.write(web=OLD.format(name="web").replace('"3"', "3"))
    said = repository.check("--baseline", baseline.DEFAULT_NAME)[2]
    assert "1 finding of the baseline" in said
    assert "value-wrong-type in web.yaml" in said
    # A run that does not look at the file says nothing about it.
    assert "baseline" not in repository.check("other.yaml", "--baseline", baseline.DEFAULT_NAME)[2]
    # Nor is a rule that did not run mended.
    (repository.folder / "web.yaml").write_text(OLD.format(name="web"))
    assert "gone" not in repository.check("--ignore", "value-wrong-type", "--baseline", baseline.DEFAULT_NAME)[2]
    repository.write(web=OLD.format(name="web").replace('"3"', "3"))
    repository.check("--baseline", baseline.DEFAULT_NAME, "--prune-baseline")
    assert [e.file for e in baseline.read(baseline.DEFAULT_NAME).entries.values()] == ["other.yaml"]


def test_a_baseline_expires(repository: Repository) -> None:
    repository.write(web=OLD.format(name="web"))
    repository.check("--write-baseline", "b.json", "--baseline-expires", "2020-01-01")
    code, left, said = repository.check("--baseline", "b.json")
    assert code == 1
    assert left
    assert "held until 2020-01-01" in said
    repository.check("--write-baseline", "b.json", "--baseline-expires", "2999-01-01")
    assert repository.check("--baseline", "b.json")[0] == 0


@pytest.mark.parametrize(
    "text",
    ["", "[", "[]", "{}", '{"version": 9, "findings": []}', '{"version": 1, "findings": [{}]}', "[" * 100000,
     '{"version": 1, "expires": 5, "findings": []}'],
)  # fmt: skip
def test_a_baseline_that_is_none_is_an_error(repository: Repository, text: str) -> None:
    (repository.folder / "b.json").write_text(text)
    repository.write(web=OLD.format(name="web"))
    assert cli.main(["check", "--baseline", "b.json"]) == 2
    assert "baseline" in repository.capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_in_no_baseline(repository: Repository) -> None:
    (repository.folder / "x.yaml").write_bytes(b"\xff\xfe\x00")
    repository.check("--write-baseline")
    assert baseline.read(baseline.DEFAULT_NAME).entries == {}


def test_since_shows_changed_lines_and_what_a_change_causes_elsewhere(repository: Repository) -> None:
    repository.write(web=OLD.format(name="web"), service=SERVICE, old=OLD.format(name="old"))
    repository.commit()
    assert repository.check("--since", "HEAD")[:2] == (0, [])
    repository.write(web=OLD.format(name="web").replace("name: http", "name: web"))
    assert repository.check("--since", "HEAD")[1] == [("service-target-port-unknown", "service.yaml")]
    repository.write(web=OLD.format(name="web").replace('"3"', '"4"'))
    assert repository.check("--since", "HEAD")[1] == [("value-wrong-type", "web.yaml")]
    repository.write(web=OLD.format(name="web"), fresh=OLD.format(name="fresh"))
    assert repository.check("--since", "HEAD")[1] == [("value-wrong-type", "fresh.yaml")]


def test_a_moved_file_is_no_new_fault(repository: Repository) -> None:
    repository.write(web=OLD.format(name="web"))
    repository.commit()
    (repository.folder / "web.yaml").rename(repository.folder / "moved.yaml")
    assert repository.check("--since", "HEAD")[1] == []


def test_since_a_revision_that_is_not_there(repository: Repository) -> None:
    repository.write(web=SERVICE)
    repository.commit()
    assert cli.main(["check", "--since", "nowhere"]) == 2


def test_ignores_are_written_with_their_reason(repository: Repository) -> None:
    repository.write(web=OLD.format(name="web"), service=SERVICE)
    code, left, said = repository.check("--add-ignores", "agreed with the platform team")
    assert (code, left) == (0, [])
    assert "1 finding in 1 file" in said
    assert (
        '  replicas: "3"  # kubetrial: ignore[value-wrong-type] agreed with the platform team\n'
        in (repository.folder / "web.yaml").read_text()
    )
    assert repository.check()[:2] == (0, [])


def test_ignores_are_shown_and_not_written(repository: Repository) -> None:
    web = OLD.format(name="web")
    repository.write(web=web, service=SERVICE)
    assert cli.main(["check", "--add-ignores", "agreed", "--diff"]) == 1
    out, err = repository.capsys.readouterr()
    assert '+  replicas: "3"  # kubetrial: ignore[value-wrong-type] agreed\n' in out
    assert err == "note: ignores would be written for 1 finding in 1 file\n"
    assert (repository.folder / "web.yaml").read_text() == web
    repository.write(web=SERVICE)
    assert cli.main(["check", "--add-ignores", "agreed", "--diff"]) == 0
    assert repository.capsys.readouterr().err == "note: ignores would be written for 0 findings in 0 files\n"


def test_no_ignore_is_written_beyond_the_repository(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other") / "web.yaml"
    other.write_text(OLD.format(name="web"))
    (repository.folder / "web.yaml").symlink_to(other)
    code, _, said = repository.check("--add-ignores", "agreed", "web.yaml")
    assert code == 1
    assert "outside of the repository" in said
    assert other.read_text() == OLD.format(name="web")


def test_no_comment_is_written_where_it_would_be_text() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: |\n    one\n    two\n  b: 5\n"
    after, left = commented(Text("a.yaml", text), {6: ["rule-a"], 8: ["rule-b"]}, "why")
    assert left == 1
    assert after == text.replace("b: 5", "b: 5  # kubetrial: ignore[rule-b] why")
    assert commented(Text("a.json", '{"a": 1}'), {1: ["rule-a"]}, "why") == ('{"a": 1}', 1)


def test_statistics_for_programs(repository: Repository) -> None:
    repository.write(web=OLD.format(name="web"), other=OLD.format(name="other"))
    assert cli.main(["check", "--statistics", "--output-format", "json"]) == 1
    shown = json.loads(repository.capsys.readouterr().out)
    assert shown == {"statistics": [{"rule": "value-wrong-type", "level": "error", "count": 2}]}


def test_a_baseline_that_replaces_more_says_so(repository: Repository) -> None:
    repository.write(web=OLD.format(name="web"), other=OLD.format(name="other"))
    repository.check("--write-baseline")
    said = repository.check("--write-baseline", "--objects", "Deployment/web")[2]
    assert "1 finding written to kubetrial-baseline.json (1 that it held before is no longer in it)" in said
    assert "no longer" not in repository.check("--write-baseline")[2]


def test_a_pipe_that_holds_nothing_is_a_mistake_beside_files_too(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write(web=SERVICE)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\n")))
    assert cli.main(["check", "-", "web.yaml"]) == 2
    assert "standard input is empty" in repository.capsys.readouterr().err


def test_levels_of_rules(repository: Repository) -> None:
    repository.write(web=OLD.format(name="web"))
    (repository.folder / ".kubetrial.toml").write_text('[levels]\nrejected = "info"\nvalue-wrong-type = "warning"\n')
    assert repository.check()[0] == 0
    assert repository.check("--fail-on", "warning")[0] == 1
    (repository.folder / ".kubetrial.toml").write_text('[levels]\nvalue-wrong-typ = "warning"\n')
    assert cli.main(["check"]) == 2
    assert "did you mean value-wrong-type" in repository.capsys.readouterr().err


def test_overrides_by_object(repository: Repository) -> None:
    repository.write(web=OLD.format(name="web"), old=OLD.format(name="old-one"))
    (repository.folder / ".kubetrial.toml").write_text(
        '[[overrides]]\nobjects = ["Deployment/old-*"]\nignore = ["value-wrong-type"]\n'
    )
    assert repository.check()[1] == [("value-wrong-type", "web.yaml")]
    assert repository.check("--isolated", "--objects", "Deployment/old-*")[1] == [("value-wrong-type", "old.yaml")]
    assert repository.check("--isolated", "--objects", "Service")[1] == []


def test_settings_build_on_a_file(repository: Repository) -> None:
    repository.write(web=OLD.format(name="web"))
    (repository.folder / "company.toml").write_text(
        'ignore = ["value-wrong-type"]\nfail-on = "warning"\n[levels]\nrisky = "info"\n'
    )
    (repository.folder / ".kubetrial.toml").write_text('extend = "company.toml"\n[levels]\nbroken = "warning"\n')
    assert repository.check()[:2] == (0, [])
    assert cli.main(["check", "--show-settings"]) == 0
    shown = repository.capsys.readouterr().out
    assert 'fail-on = "warning"' in shown
    assert '"risky" = "info"\n"broken" = "warning"' in shown


@pytest.mark.parametrize(
    "word", ['"nowhere.toml"', '"package:no-such-policy"', '"package:../x"', "5", '".kubetrial.toml"']
)
def test_what_cannot_be_built_on_is_told(repository: Repository, word: str) -> None:
    (repository.folder / ".kubetrial.toml").write_text(f"extend = {word}\n")
    assert cli.main(["check"]) == 2
    assert "extend" in repository.capsys.readouterr().err


def test_settings_of_a_package_run_none_of_its_code(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path_factory.mktemp("site")
    (site / "acme_policy").mkdir()
    (site / "acme_policy" / "__init__.py").write_text("raise SystemExit('ran')\n")
    (site / "acme_policy" / "kubetrial.toml").write_text('ignore = ["value-wrong-type"]\n')
    monkeypatch.syspath_prepend(str(site))
    repository.write(web=OLD.format(name="web"))
    (repository.folder / ".kubetrial.toml").write_text('extend = "package:acme-policy"\n')
    assert repository.check()[:2] == (0, [])


def test_nothing_checked_is_a_failure_where_that_is_asked_for(repository: Repository) -> None:
    repository.write(values="a: 1\n")
    assert repository.check()[0] == 0
    assert repository.check("--fail-if-nothing-checked")[0] == 2
    (repository.folder / ".kubetrial.toml").write_text("fail-if-nothing-checked = true\n")
    assert repository.check()[0] == 2


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_unchanged_lines_are_a_common_subsequence(old: list[str], new: list[str]) -> None:
    lines = changed_lines("\n".join(old), "\n".join(new))
    kept = iter("\n".join(old).split("\n"))
    assert all(line in kept for number, line in enumerate("\n".join(new).split("\n"), 1) if number not in lines)


@given(st.text(alphabet="ab\n", max_size=30))
def test_a_text_has_no_changes_against_itself_and_is_all_new_without_an_older_one(text: str) -> None:
    assert changed_lines(text, text) == set()
    assert changed_lines(None, text) == set(range(1, text.count("\n") + 2))


@pytest.mark.parametrize("word", ["./a", "a", "a/", "./a/", "{here}/a", "./b/../a", "nope,./a", "/a"])
def test_forms_of_exclude(repository: Repository, word: str) -> None:
    for name in "ab":
        (repository.folder / name).mkdir()
        repository.write(**{f"{name}/web": OLD.format(name="web")})
    left = repository.check("--exclude", word.format(here=repository.folder))[1]
    assert left == [("value-wrong-type", "b/web.yaml")]


def test_forms_of_exclude_below_the_configuration(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("in/a", "in/b"):
        (repository.folder / name).mkdir(parents=True)
        repository.write(**{f"{name}/web": OLD.format(name="web")})
    (repository.folder / ".kubetrial.toml").write_text("")
    monkeypatch.chdir(repository.folder / "in")
    for word in ("./a", "a", "../in/a", str(repository.folder / "in" / "a")):
        assert repository.check("--exclude", word)[1] == [("value-wrong-type", "b/web.yaml")]


def test_an_exclude_that_fits_nothing_is_told(repository: Repository) -> None:
    repository.write(web=SERVICE)
    assert "--exclude ./nope fits no file" in repository.check("--exclude", "./nope")[2]
    assert "fits no file" not in repository.check("--exclude", "web.yaml")[2]


@pytest.mark.parametrize("words", [["--ignore", "all"], ["--select", "job-*", "--ignore", "job-*"]])
def test_a_selection_that_leaves_no_rule_is_an_error(repository: Repository, words: list[str]) -> None:
    repository.write(web=SERVICE)
    assert cli.main(["check", *words]) == 2
    assert "no rule is left" in repository.capsys.readouterr().err


@pytest.mark.parametrize("text", ["x = " + "[" * 3000 + "]" * 3000, "[cluster]\nworkers = 1000000000\n"])
def test_absurd_configurations_are_told(repository: Repository, text: str) -> None:
    (repository.folder / ".kubetrial.toml").write_text(text)
    assert cli.main(["check"]) == 2
    assert ".kubetrial.toml" in repository.capsys.readouterr().err


def test_a_hook_is_told_of_what_a_file_breaks_elsewhere_and_of_no_old_fault(repository: Repository) -> None:
    renamed = OLD.format(name="web").replace('"3"', "3").replace("name: http", "name: web")
    repository.write(web=renamed, service=SERVICE + "  type: Nope\n", other=OLD.format(name="other"))
    repository.commit()
    assert repository.check("web.yaml")[:2] == (1, [("service-target-port-unknown", "service.yaml")])
    assert repository.check("other.yaml")[1] == [("value-wrong-type", "other.yaml")]
    reason = "# kubetrial: ignore[service-target-port-unknown] later\n  ports"
    repository.write(service=SERVICE.replace("ports", reason))
    assert repository.check("web.yaml")[:2] == (0, [])
    repository.write(service="# kubetrial: ignore-file[no-such-rule]\n" + SERVICE.replace("http", "web"))
    assert repository.check("web.yaml")[:2] == (0, [])


def test_what_holds_for_all_that_is_refused_is_said_once(repository: Repository) -> None:
    repository.write(web=OLD.format(name="web"), other=OLD.format(name="other"))
    cli.main(["check", "--output-format", "full"])
    out = repository.capsys.readouterr().out
    assert out.count("the API server refuses the object") == 1
    assert out.count("error[value-wrong-type]") == 2


@pytest.mark.parametrize(
    "comment",
    ["kubetrial: disable[value-wrong-type] x", "kubetrial ignore[value-wrong-type] x",
     "Kubetrial: Ignore[value-wrong-type] x", "kubetrial:noqa(value-wrong-type)", "kubetrial - ignore: value-wrong-type"],
)  # fmt: skip
def test_near_misses_of_an_ignore_are_told_and_silence_nothing(repository: Repository, comment: str) -> None:
    repository.write(web=OLD.format(name="web").replace('"3"', f'"3" # {comment}'))
    assert repository.check()[1] == [("value-wrong-type", "web.yaml"), ("ignore-unknown-rule", "web.yaml")]


def test_a_remark_about_ignores_is_none(repository: Repository) -> None:
    repository.write(
        web=SERVICE + "# kubetrial would ignore this\n# kubetrial: see the docs\nx: '# kubetrial ignore[x] y'\n"
    )
    assert "ignore-unknown-rule" not in {rule for rule, _ in repository.check()[1]}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["explain", "workload_selector_invalid"], "workload-selector-invalid"),
        (["explain", "WorkloadSelectorInvalid"], "workload-selector-invalid"),
        (["explain", "CKV_K8S_8"], "probe-liveness-missing"),
        (["explain", "dangling-service"], "service-selects-nothing"),
        (["explain", "ingress-*"], "ingress-service-missing"),
        (["explain", "advice"], "autoscaler-minimum-low"),
        (["explain", "drained"], "budget-blocks-drain"),
        (["rules", "--kind", "Ingress", "--category", "risky"], "ingress-service-missing"),
        (["version"], "kubetrial "),
        (["help", "check"], "--select"),
        (["help"], "explain"),
        (["chek"], "did you mean check?"),
        (["web.yaml"], "kubetrial check web.yaml"),
        (["check", "--selekt", "x"], "did you mean --select?"),
        (["explain", "no-such-word-anywhere"], "`kubetrial rules`"),
        (["check", "--output-format", "sarfi"], "and not 'sarfi': did you mean sarif?"),
        (["check", "--output-format", "jsonl"], "No findings in 1 document"),
        (["check", "--fail-on"], "--fail-on: expected one argument; see `kubetrial check --help`"),
        (["cache"], "`kubetrial cache` needs dir or clean"),
        (["test-rules"], "`kubetrial test-rules` needs DIR"),
        (["check", "--objects", "Service/wbe"], "note: --objects Service/wbe fits no object here"),
        (["check", "--set", "a=b"], "note: --set is not used: no chart is built here"),
        (["check", "--values", "web.yaml"], "note: --values is not used: no chart is built here"),
        (["check", "--baseline-expires", "2027-01-01"], "--baseline-expires says how long"),
        (["check", "--exit-non-zero-on-fix"], "--exit-non-zero-on-fix is about --fix"),
        (
            ["check", "--statistics", "--output-format", "sarif"],
            "--statistics is shown as concise, full, grouped or json",
        ),
        (["check", "--output-format", "json", "--output-file", "-"], '"findings": ['),
        (
            ["check", *("--output-format", "json", "--output-file", "x") * 2],
            "two formats would go to one file",
        ),
        (["check", "--kubernetes-version", "1.31-1.34"], "several are written with commas"),
        (["build", "web.yaml"], "it is no folder; name that of a kustomization or chart"),
        (["crds", "ad"], "`kubetrial crds` takes add, and not 'ad'"),
        (["run", "--scenario", "drain"], "did you mean drain-each-node?"),
    ],
)
def test_the_command_takes_what_people_write(repository: Repository, words: list[str], said: str) -> None:
    repository.write(web=SERVICE)
    with contextlib.suppress(SystemExit):
        cli.main(words)
    out, err = repository.capsys.readouterr()
    assert said in out + err
    assert "Traceback" not in out + err


def test_counts_are_shown_in_a_pipeline_whose_reports_have_another_format(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write(web=SERVICE + "spce: {}\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKFLOW", "check")
    assert cli.main(["check", "--statistics"]) == 1
    assert repository.capsys.readouterr().out.startswith("1  error    field-unknown\n")
