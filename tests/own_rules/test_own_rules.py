"""Rules that the user brings run like ours; what is wrong with them is said before anything is checked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from kubetrial.lint.command import cli
from kubetrial.lint.settings import loading, shown

RULES = Path(__file__).resolve().parent / "rules"
MANIFEST = (RULES / "image_from_elsewhere.yaml").read_text(encoding="utf-8")
HEAD = '''"""A page."""

from __future__ import annotations

from kubetrial.lint.finding import Category
from kubetrial.lint.objects.views import Job
from kubetrial.lint.rule import rule
'''


RULE = (RULES / "image_from_elsewhere.py").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(MANIFEST)
    shutil.copytree(RULES, tmp_path / "house", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, set[str], str]:
    """(exit code, rules that found something, standard error)."""
    code = cli.main(["check", "a.yaml", "--output-format", "json", *arguments])
    shown = capsys.readouterr()
    return code, {f["rule"] for f in json.loads(shown.out)["findings"]} if shown.out else set(), shown.err


def test_a_folder_of_rules_on_the_command_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(capsys, "--isolated")[1] == set()
    assert check(capsys, "--isolated", "--rules", "house")[1] == {"image-from-elsewhere"}
    assert check(capsys, "--isolated", "--rules", "house", "--ignore", "image-*")[1] == set()
    assert check(capsys, "--isolated", "--rules", "house", "--select", "image-from-elsewhere")[1] == {
        "image-from-elsewhere"
    }


def test_a_configuration_alone_runs_no_code(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "kubetrial.toml").write_text('rules-dirs = ["house"]\n')
    (folder / "house" / "image_from_elsewhere.py").write_text(RULE + "\nopen('RAN', 'w')\n")
    code, found, said = check(capsys)
    assert (code, found) == (0, set())
    assert "rules in Python run code" in said
    cli.main(["check", "a.yaml", "--show-settings"])
    cli.main(["explain", "image-from-elsewhere"])
    assert not (folder / "RAN").exists()
    capsys.readouterr()
    assert check(capsys, "--rules", "house", "--select", "image-*")[1] == {"image-from-elsewhere"}
    assert (folder / "RAN").exists()


def test_a_folder_of_rules_in_the_configuration(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBETRIAL_TRUST_RULES", "1")
    (folder / "kubetrial.toml").write_text('rules-dirs = ["house"]\nselect = ["image-from-elsewhere"]\n')
    assert check(capsys)[1] == {"image-from-elsewhere"}
    with open(folder / "kubetrial.toml", "a") as file:
        file.write('[rules.image-from-elsewhere]\nregistry = "docker.io"\n')
    cli.main(["check", "a.yaml"])
    assert (
        "a.yaml:17:14: warning image-from-elsewhere the image registry.example.com/nginx:1.29"
        in capsys.readouterr().out
    )
    assert cli.main(["explain", "image-from-elsewhere"]) == 0
    assert "Options" in capsys.readouterr().out
    cli.main(["rules"])
    assert "image-from-elsewhere" in capsys.readouterr().out


def test_ignores_know_the_rules(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.yaml").write_text(
        MANIFEST.replace("# expect: image-from-elsewhere", "# kubetrial: ignore[image-from-elsewhere] a test")
    )
    cli.main(["check", "a.yaml", "--isolated", "--rules", "house"])
    assert "1 suppressed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.py", "def (", "house/x.py:1: "),
        ("x.py", "A = 1\n", "neither `check` nor `CATEGORY`"),
        ("x.py", '"""P."""\nCATEGORY = Category.RISKY\n', "`check` is missing"),
        ("x.py", HEAD + "def check(job: Job):\n    yield\n", "cannot be read as a rule"),
        ("x.py", HEAD + "@rule(Category.RISKY)\ndef check(job: Nothing):\n    yield\n", "cannot be read as a rule"),
        ("x.py", HEAD + "@rule(Category.BAD)\ndef check(job: Job):\n    yield\n", "cannot be read as a rule"),
        ("x.py", HEAD.partition("\n")[2] + "@rule(Category.RISKY)\ndef check(job: Job):\n    yield\n", "docstring"),
        ("x.py", HEAD + "import nowhere\n@rule(Category.RISKY)\ndef check(job: Job):\n    yield\n", "No module named"),
        (
            "job_runs_nothing.py",
            HEAD + "@rule(Category.RISKY)\ndef check(job: Job):\n    yield\n",
            "of kubetrial's already",
        ),
        ("Bad.py", HEAD, "lower-case words"),
    ],
)
def test_mistakes_in_a_file_are_usage_errors(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, said: str
) -> None:
    (folder / "house" / name).write_text(text)
    code, _, error = check(capsys, "--isolated", "--rules", "house")
    assert code == 2
    assert said in error
    assert "Traceback" not in error


def test_a_folder_that_is_not_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(capsys, "--isolated", "--rules", "nowhere")[::2] == (
        2,
        "kubetrial: nowhere: no such file or directory\n",
    )


def test_test_rules(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["test-rules", "house"]) == 0
    assert capsys.readouterr().out == "ok    image-from-elsewhere (1 found)\n1 of 1 rules pass.\n"
    fixture = folder / "house" / "image_from_elsewhere.yaml"
    fixture.write_text(MANIFEST.replace("# expect: image-from-elsewhere", ""))
    assert cli.main(["test-rules", "house"]) == 1
    out = capsys.readouterr().out
    assert (
        "FAIL  image-from-elsewhere: house/image_from_elsewhere.yaml:8: not expected: image-from-elsewhere: the image"
        in out
    )
    assert "no document is flagged" in out
    fixture.write_text(
        MANIFEST.replace("image: registry", "# expect-next: image-from-elsewhere\n      image: registry")
    )
    assert cli.main(["test-rules", "house"]) == 1
    out = capsys.readouterr().out
    assert "house/image_from_elsewhere.yaml:18: expected and not found: image-from-elsewhere" in out
    assert "no document is clean" in out
    fixture.unlink()
    assert cli.main(["test-rules", "house"]) == 1
    assert "there is no fixture" in capsys.readouterr().out
    (folder / "empty").mkdir()
    assert cli.main(["test-rules", "empty"]) == 2


@pytest.mark.parametrize(("asked", "said"), [
    ('options = {"registry":"docker.io"}', "ok "),
    ("options = {registry}", "JSON without spaces"),
    ("workers = few", "a number"),
    ("kubernetes = new", "Kubernetes"),
])  # fmt: skip
def test_what_a_fixture_assumes(folder: Path, capsys: pytest.CaptureFixture[str], asked: str, said: str) -> None:
    fixture = folder / "house" / "image_from_elsewhere.yaml"
    text = MANIFEST
    if said == "ok ":  # the other way round: what is ours is elsewhere
        text = text.replace(" # expect: image-from-elsewhere", "")
        text = text.replace("image: registry", "# expect-next: image-from-elsewhere\n      image: registry")
    fixture.write_text(f"# assume: {asked}\n{text}")
    cli.main(["test-rules", "house"])
    assert said in capsys.readouterr().out


SHORT = """
[[custom]]
name = "image-of-ours"
kinds = ["Pod"]
expression = "object.spec.containers.all(c, c.image.startsWith('registry.example.com/'))"
message = "images come from registry.example.com"
field = "spec.containers"
help = "push it there"
"""


def test_short_rules(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "kubetrial.toml").write_text(SHORT)
    cli.main(["check", "a.yaml"])
    out = capsys.readouterr().out
    assert "a.yaml:7:5: warning image-of-ours images come from registry.example.com" in out
    assert out.count("image-of-ours") == 1
    assert cli.main(["explain", "image-of-ours"]) == 0
    assert "object.spec.containers.all" in capsys.readouterr().out
    (folder / "kubetrial.toml").write_text(SHORT.replace('"Pod"', '"apps/*", "v1/Pod"') + 'category = "rejected"\n')
    assert check(capsys)[1] == set()


def test_a_short_rule_that_cannot_be_evaluated_on_an_object_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "kubetrial.toml").write_text(SHORT.replace("c.image", "c.name.first"))
    cli.main(["check", "a.yaml"])
    assert "cannot be evaluated: a text has no field first" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"Pod"]', '"Pod"', "kubetrial.toml: "),
        ('name = "image-of-ours"\n', "", "needs name"),
        ("image-of-ours", "Image of ours", "lower-case"),
        ("image-of-ours", "job-runs-nothing", "a rule of this name already"),
        ("help", "hlep", "did you mean help?"),
        ("object.spec.containers.all", "object.spec..all", "does not compile"),
        ("object.spec.containers.all", "thing.spec.containers.all", "does not compile"),
        ("c.image.startsWith('registry.example.com/')", "b'a' == bytes(c.image)", "not evaluated here"),
        ('help = "push it there"', 'category = "strict"', "there are rejected"),
        ('["Pod"]', '"Pod"', "list of texts"),
        ('["Pod"]', "[]", "has to name a kind"),
    ],
)
def test_mistakes_in_short_rules_are_usage_errors(
    folder: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    (folder / "kubetrial.toml").write_text(SHORT.replace(old, new))
    code, _, error = check(capsys)
    assert code == 2
    assert said in error


def test_settings_show_where_rules_come_from(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBETRIAL_TRUST_RULES", "1")
    (folder / "kubetrial.toml").write_text('rules-dirs = ["house"]\n' + SHORT)
    settings = loading.load((str(folder),), entries=())
    assert {"image-from-elsewhere", "image-of-ours"} <= set(settings.entries())
    assert f'rules-dirs = ["{folder}/house"]' in shown.show(settings)


def test_the_documentation_shows_what_is_tested(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "own-rules.md").read_text(encoding="utf-8")
    for name in ("image_from_elsewhere.py", "image_from_elsewhere.yaml"):
        assert (RULES / name).read_text(encoding="utf-8") in page
    example = page.split("```toml\n")[1].split("```")[0].replace("tool.kubetrial.", "")
    (folder / "kubetrial.toml").write_text(example)
    assert check(capsys)[0] in (0, 1)
