"""Finding and reading the configuration, and what is said about mistakes in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from kubetrial.lint.finding import Category
from kubetrial.lint.rule import Entry
from kubetrial.lint.settings.config import ConfigError, Settings, minor_of
from kubetrial.lint.settings.loading import load, overlaid
from kubetrial.lint.settings.shown import show
from kubetrial.lint.trial.profile import ClusterProfile

NAMES = ["job-one", "job-two", "field-unknown"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def settings_of(text: str) -> Settings:
    write("kubetrial.toml", text)
    return load(entries=NAMES)


def test_nothing_written_gives_the_defaults() -> None:
    assert load(["a.yaml", "."], entries=NAMES) == Settings()


def test_everything_can_be_set() -> None:
    settings = settings_of("""
select = ["all", "job-*"]
ignore = ["advice", "field-unknown"]
kubernetes-version = "1.33"
schema-dirs = ["crds"]
closed-world = true
external = ["Secret/*"]
exclude = ["vendor/"]
output-format = "sarif"
fail-on = "warning"

[[overrides]]
files = ["tests/**"]
ignore = ["risky"]

[cluster]
workers = 5
control-planes = 3
cpu = "4"
memory = "16Gi"
storage-classes = { fast = "Immediate", slow = "WaitForFirstConsumer" }
default-storage-class = "slow"
""")
    assert settings.select == ("all", "job-*")
    assert settings.ignore == ("advice", "field-unknown")
    assert settings.minor == 33
    assert settings.schema_dirs == (os.path.join(os.getcwd(), "crds"),)
    assert settings.closed_world is True
    assert settings.external == ("Secret/*",)
    assert settings.exclude == ("vendor/",)
    assert settings.output_format == "sarif"
    assert settings.fail_on == "warning"
    assert settings.overrides[0].files == ("tests/**",)
    profile = ClusterProfile(**settings.cluster)
    assert (profile.workers, profile.control_planes, profile.default_storage_class) == (5, 3, "slow")
    assert profile.capacity["cpu"] == "4"
    assert profile.capacity["pods"] == "110"


@pytest.mark.parametrize("name", [".kubetrial.toml", "kubetrial.toml", "pyproject.toml"])
def test_the_nearest_file_holds(name: str) -> None:
    head = "[tool.kubetrial]\n" if name == "pyproject.toml" else ""
    write(name, head + 'fail-on = "info"\n')
    write("deep/er/a.yaml", "")
    assert load(["deep/er/a.yaml"]).fail_on == "info"
    write("deep/kubetrial.toml", 'fail-on = "never"\n')
    assert load(["deep/er/a.yaml"]).fail_on == "never"
    assert load(["deep/er/missing/*.yaml"]).fail_on == "never"
    assert load(["."]).fail_on == "info"
    assert load(["-"]).fail_on == "info"


def test_of_several_the_one_above_all_paths_holds_and_the_others_are_named() -> None:
    write("kubetrial.toml", 'fail-on = "info"\n')
    write("one/kubetrial.toml", 'fail-on = "never"\n')
    write("two/a.yaml", "")
    settings = load(["one", "two/a.yaml"])
    assert settings.fail_on == "info"
    assert settings.also == (os.path.join("one", "kubetrial.toml"),)


def test_a_pyproject_without_our_table_is_passed_over() -> None:
    write("kubetrial.toml", 'fail-on = "info"\n')
    write("sub/pyproject.toml", "[tool.other]\nx = 1\n")
    assert load(["sub"]).fail_on == "info"


def test_a_file_can_be_named_and_configuration_can_be_left_out() -> None:
    write("kubetrial.toml", 'fail-on = "info"\n')
    write("other.toml", 'fail-on = "never"\n')
    assert load(config="other.toml").fail_on == "never"
    assert load(isolated=True) == Settings()
    with pytest.raises(ConfigError, match=r"missing\.toml: no such file"):
        load(config="missing.toml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = []\n", r"kubetrial\.toml:1: selct is no setting; did you mean select\?"),
        ("\nfail_on = 'info'\n", r"kubetrial\.toml:2: fail_on is no setting; did you mean fail-on\?"),
        ("select = 'all'\n", r":1: select has to be a list of texts, and is a text"),
        ("exclude = ['a', 1]\n", r":1: exclude has to be a list of texts, and holds a whole number"),
        ("select = ['job-onne']\n", r"'job-onne', which is no rule and no category; did you mean job-one\?"),
        ("ignore = ['cron-*']\n", r"'cron-\*', which fits no rule"),
        ("kubernetes-version = 1.30\n", r"in quotes"),
        ("kubernetes-version = '1.99'\n", r"1\.25 to 1\.37"),
        ("closed-world = 1\n", r"has to be true or false"),
        ("output-format = 'xml'\n", r"cannot be 'xml'"),
        ("fail-on = 'errors'\n", r"there are error, warning, info, never"),
        ("overrides = {}\n", r"has to be a list of tables"),
        ("[[overrides]]\nselect = []\n", r"needs files"),
        ("[[overrides]]\nfiles = []\nrules = {}\n", r":3: overrides\.rules is no setting"),
        ("[cluster]\nworker = 3\n", r":2: cluster\.worker is no setting; did you mean workers\?"),
        ("[cluster]\nworkers = '3'\n", r":2: cluster\.workers has to be a whole number, and is a text"),
        ("[cluster]\nworkers = true\n", r"has to be a whole number"),
        ("[cluster]\nworkers = -1\n", r"cannot be negative"),
        ("[cluster]\ncpu = 'lots'\n", r"cluster\.cpu is no quantity"),
        ("[cluster]\ndefault-storage-class = 'x'\n", r"'x' is not among storage-classes"),
        ("[rules.job-onee]\n", r":1: rules\.job-onee is no rule; did you mean job-one\?"),
        ("[rules.field-unknown]\nx = 1\n", r":2: rules\.field-unknown\.x is no option: the rule has no options"),
        ("select = [\n", r"kubetrial\.toml: "),
    ],
)
def test_mistakes_are_named_with_their_place(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        settings_of(text)


def test_the_line_is_found_in_our_table_only() -> None:
    write("pyproject.toml", "[tool.other]\nselct = 1\n\n[tool.kubetrial]\nselct = []\n")
    with pytest.raises(ConfigError, match=r"pyproject\.toml:5: selct"):
        load()


def test_options_of_a_rule_are_checked_against_its_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    from kubetrial.lint.settings import config_reader

    monkeypatch.setattr(config_reader, "options_of", lambda rule: {"longest_delay": 60, "names": ("a",)})
    settings = settings_of("[rules.job-one]\nlongest-delay = 5\nnames = ['b']\n")
    assert settings.rules == {"job-one": {"longest_delay": 5, "names": ("b",)}}
    with pytest.raises(ConfigError, match="longest-dely is no option; did you mean longest-delay"):
        settings_of("[rules.job-one]\nlongest-dely = 5\n")
    with pytest.raises(ConfigError, match="has to be a whole number"):
        settings_of("[rules.job-one]\nlongest-delay = '5'\n")


def test_the_command_line_lies_over_it() -> None:
    settings = settings_of('select = ["all"]\nignore = ["job-one"]\nexclude = ["a/"]\nfail-on = "never"\n')
    laid = overlaid(settings, select=["risky"], ignore=["job-two"], kubernetes_version="v1.30.2", fail_on="info")
    assert (laid.select, laid.ignore, laid.minor, laid.fail_on) == (("risky",), ("job-one", "job-two"), 30, "info")
    assert overlaid(settings) is settings
    assert overlaid(settings, exclude=["b"]).exclude == ("a/", "b")
    with pytest.raises(ConfigError, match="--select names 'jb-one'"):
        overlaid(settings, select=["jb-one"], entries=NAMES)


def test_patterns_of_the_prompt_are_meant_from_the_working_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of("")
    os.mkdir("sub")
    monkeypatch.chdir("sub")
    assert overlaid(settings, exclude=["x", "y/z", "w/"]).exclude == ("x", "/sub/y/z", "w/")


@pytest.mark.parametrize("version", ["", "1", "2.30", "1.24", "1.38", "1.x", "1.30.1.2", "latest", "1.٣٠"])
def test_unknown_versions_are_refused(version: str) -> None:
    with pytest.raises(ConfigError, match="there is no Kubernetes version"):
        minor_of(version)


def test_what_is_shown_can_be_read_again() -> None:
    settings = settings_of("""
select = ["all"]
kubernetes-version = "1.33"
[[overrides]]
files = ["a b"]
ignore = ["risky"]
[cluster]
workers = 2
storage-classes = { fast = "Immediate" }
""")
    again = settings_of(show(settings))
    assert (again.select, again.minor, again.overrides, again.cluster) == (
        settings.select,
        settings.minor,
        settings.overrides,
        settings.cluster,
    )


def test_a_rule_runs_where_any_file_wants_it() -> None:
    settings = settings_of('[[overrides]]\nfiles = ["a/"]\nselect = ["security"]\n')
    entry = Entry("run-as-root", Category.SECURITY, ("object",), "", 0, 99)
    assert settings.selects(entry)
    assert not settings.selected("run-as-root", Category.SECURITY, "b/x.yaml")
    assert settings.selected("run-as-root", Category.SECURITY, "a/x.yaml")


def test_what_is_excluded_may_be_written_as_a_path() -> None:
    settings = settings_of('exclude = ["./a", "!./a/b//"]\n[[overrides]]\nfiles = ["./c/"]\nignore = ["all"]\n')
    assert settings.exclude == ("/a", "!/a/b/")
    assert settings.overrides[0].files == ("/c/",)
