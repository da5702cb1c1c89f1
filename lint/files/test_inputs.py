"""Which files of a folder are inputs of a test: what a tool applies and expects to be refused, or only compares with a cluster;
and which belong to a proposal, whose manifests are of an API that is not there yet.

Follows the conventions of the test tools themselves: chainsaw (a folder with `chainsaw-test.yaml`), KUTTL (steps `NN-name.yaml` beside
`NN-assert.yaml` or `NN-errors.yaml`), the CLIs of Kyverno (`kyverno-test.yaml` lists its resources) and of Gatekeeper (`suite.yaml` lists
its cases), and the word `invalid` in a name.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Collection

from kubetrial.lint.files.read import read
from kubetrial.lint.values.pattern import pattern

NOT_OURS = frozenset(
    [
        "testdata",
        "test-data",
        "test_data",
        "test_fixtures",
        "testing-manifests",
        "testfiles",
        "test-files",
        "test-fixtures",
        "test-resources",
        "fixtures",
        "__fixtures__",
        "__snapshots__",
        "golden",
        "goldens",
        "vendor",
        "_vendir",
        "_site",
        "_ytt_lib",
        "node_modules",
        "third_party",
        "proposal",
        "proposals",
        "design-doc",
        "design-docs",
        "design-proposals",
        "enhancements",
        "keps",
        "rfcs",
    ]
)
"""Folders whose manifests are by convention inputs of tests, copies of other repositories or drafts; one that is named is read."""

_CHAINSAW = ("chainsaw-test.yaml", "chainsaw-test.yml", ".chainsaw-test.yaml")
_KYVERNO = ("kyverno-test.yaml", "kyverno-test.yml")
_GATOR = ("suite.yaml", "suite.yml")
_EXPECTED = pattern(r"\d+-(?:assert|errors?)\b.*\.ya?ml\Z")
_STEP = pattern(r"\d+-.*\.ya?ml\Z")
_ASSERTION = pattern(r"(?:^|[-_.])assert(?:ion)?s?[-_.]")
_INVALID = pattern(
    r"(?:.*[-_.])?(?:invalid|malformed|broken)(?:[-_.].*)?\Z|(?=.*test).*[-_.]negative(?:[-_.].*)?\Z|should[-_]fail(?:[-_.].*)?\Z"
    r"|(?:.*[-_.])?(?:bad|wrong|incorrect|faulty)[-_](?:specs?|yamls?|manifests?|configs?|fields?|types?|kinds?|names?|values?|examples?)"
    r"(?:[-_.].*)?\Z"
)
_DATA = pattern(
    r"(?i)file[-_]?tests?\Z|(?:.*[-_a-z0-9])?test[-_]?(?:data|files?|fixtures?|resources?|inputs?|cases?|manifests?|assets?)\Z"
)
_VERDICT = pattern(r"(?:.*[-_.])?(pass|fail|good|bad)(?:[-_.]?\d+)?(?:\.ya?ml)?\Z", re.I)
_LISTED = pattern(r"(?m)^[ \t]*-[ \t]+[\"']?(?:\./)?([\w./-]{1,200}\.ya?ml)\b")
_MOST = 1 << 20


@functools.lru_cache(maxsize=4096)  # the same few names in every corner of a repository
def is_archive(name: str) -> bool:
    """Whether a folder keeps what was applied once, by its name: `old`, `app.old`, `manifests-old`, `_archive`, `BACKUP-2024`.

    A folder `backup` alone holds what makes backups, and `legacy` what still runs.
    """
    return _ARCHIVE.match(name) is not None


_ARCHIVE = pattern(
    r"(?i)[_.]?(?:archived?|attic|graveyard|obsolete|deprecated|disabled|old)\Z|.+(?:[-_.](?:disabled|archived?)|\.(?:old|bak))\Z|(?:.*[-_])?(?:manifests?|yamls?|k8s|kubernetes|backups?|deploy(?:ments?)?)[-_.]?old\Z"
    r"|old[-_.]?(?:manifests?|yamls?|k8s|kubernetes|deploy(?:ments?)?)\Z"
    r"|(?:.*[-_])?backups?[-_](?:(?:.*[-_])?\d{4}|\d{1,2}[a-z]{3,9}\d{2,4}|before)(?:[-_].*)?\Z"
)


def is_folder_of_tests(name: str, inside: str) -> bool:
    """Whether a folder holds inputs of tests by its name; `inside` is the path of the folder that it stands in, in its repository."""
    if _is_called_test(name):
        return True
    if name not in _ASKED_ABOVE:
        return False
    above = inside.replace(os.sep, "/").split("/")
    if name == "design":
        return above[-1] in (os.curdir, "docs")  # of the program itself
    if name == "resources":
        return above[-1] in ("test", "tests")
    if name == "errors":
        return above[-1] in (
            "example",
            "examples",
            "sample",
            "samples",
        )  # of what is refused; alone it may hold pages for errors
    return name in _WANTED and any(_OF_TESTS.search(part) for part in above)


_WANTED = ("data", "compare", "expected", "expect", "outputs")
_ASKED_ABOVE = frozenset(("design", "resources", "errors", *_WANTED))
"""Names of folders that say nothing without those of the folders above."""
_OF_TESTS = pattern(r"(?:^|[-_])(?:e2e|tests?|testing)(?:[-_]|\Z)")


@functools.lru_cache(maxsize=4096)
def _is_called_test(name: str) -> bool:
    return name in NOT_OURS or _INVALID.match(name) is not None or _DATA.match(name) is not None


def folders_of_tests(names: Collection[str], inside: str) -> frozenset[str]:
    """Of the names in a folder, those of folders that hold the tests of a program; `inside` is the path of the folder in its repository.

    Their manifests go to a cluster that is made for a test, often changed by it first, and many are wrong for a purpose. `test` alone
    is also the name of an environment: it counts beside the sources of a program. Tests of a chart are part of it.
    """
    above = inside.replace(os.sep, "/").split("/")
    if not _TESTS.isdisjoint(above) or "templates" in above:
        return frozenset()  # the tests were asked for, or are those of a chart
    found = {name for name in names if name in _TESTS}
    if "test" in names and (above[-1] == "src" or not _PROGRAM.isdisjoint(names)):
        found.add("test")
    if "assets" in names and any(name.endswith(".go") for name in names):
        found.add("assets")  # a program embeds them, and completes them before it applies them
    beside = _ENVIRONMENTS.intersection(names)
    if _SOURCES.intersection(names):
        beside -= _OF_WORK  # `dev` beside the sources of a program holds what its people work with
    if beside or not _ENVIRONMENTS.isdisjoint(above):
        found -= {"test", "e2e"}
    return frozenset(found)


_TESTS = frozenset(
    (
        "tests",
        "e2e",
        "e2e-test",
        "e2e-tests",
        "e2e_test",
        "e2e_tests",
        "__tests__",
        "terratest",
        "unit-tests",
        "unittests",
        "unittest",
        "integration-test",
        "integration-tests",
        "integration_tests",
        "acceptance-tests",
        "conformance-tests",
        "smoke-tests",
    )
)
NAMES_OF_TESTS = _TESTS | {"test", "assets"}
_ENVIRONMENTS = frozenset(
    (
        "prod",
        "production",
        "prd",
        "dev",
        "develop",
        "development",
        "staging",
        "stage",
        "stg",
        "uat",
        "qa",
        "live",
        "preprod",
        "overlays",
        "environments",
        "envs",
        "clusters",
    )
)
_OF_WORK = frozenset(("dev", "develop", "development"))
_SOURCES = frozenset(("go.mod", "package.json", "pyproject.toml", "setup.py", "pom.xml", "build.gradle", "Cargo.toml"))
_PROGRAM = frozenset(
    (
        "go.mod",
        "go.work",
        "package.json",
        "pyproject.toml",
        "setup.py",
        "setup.cfg",
        "requirements.txt",
        "pom.xml",
        "build.gradle",
        "build.gradle.kts",
        "Cargo.toml",
        "CMakeLists.txt",
        "Gemfile",
        "composer.json",
        "mix.exs",
        "Makefile",
        "pkg",
        "cmd",
        "src",
    )
)


def expected(folder: str, names: Collection[str]) -> Collection[str]:
    """Of the names in a folder, those that a test tool reads; all of them where the folder is one test."""
    found = {
        name
        for name in names
        if (name.endswith((".yaml", ".yml")) and _ASSERTION.search(name))
        or (name.endswith(_YAML) and _INVALID.match(name))
    }
    if any(name in names for name in _CHAINSAW):
        return names
    every = "\n".join(names).lower()
    if "expected" in every or "golden" in every or "result." in every:
        found.update(name for name in names if _is_output(name, names))
    if ("pass" in every and "fail" in every) or ("good" in every and "bad" in every):
        found.update(_verdicts(names))
    if any(_EXPECTED.match(name) for name in names):
        found.update(name for name in names if _STEP.match(name))
    for name in _KYVERNO:
        if name in names:
            found |= _listed(os.path.join(folder, name)) & set(names)
    for name in _GATOR:
        if name in names:
            found |= _cases(os.path.join(folder, name)) & set(names)
    return found


def _is_output(name: str, names: Collection[str]) -> bool:
    """Whether a file is what a program is expected to print, or printed of a file beside it: `config-result.yml` of `config.yml`."""
    output = _OUTPUT.match(name)
    return output is not None and (output[2] != "result" or f"{output[1]}{output[3]}" in names)


_OUTPUT = pattern(r"(?:(.*)[-_.])?(expected|golden|result)(\.ya?ml)\Z")


def _verdicts(names: Collection[str]) -> set[str]:
    """The files and folders for a check that lets one kind pass and stops the other, where both are there."""
    said = {name: match.group(1).lower() for name in names if (match := _VERDICT.match(name))}
    return set(said) if len(set(said.values())) > 1 else set()


_YAML = (".yaml", ".yml", ".json")


def _cases(path: str) -> set[str]:
    """The files, or the folders of the files, that a suite of Gatekeeper's gator holds against a policy; nothing where it is none."""
    try:
        text = read(path)[:_MOST].decode("utf-8", "replace")
    except OSError:
        return set()
    return set(_CASE.findall(text)) if _SUITE.search(text) else set()


_SUITE = pattern(r"(?m)^apiVersion:[ \t]*[\"']?test\.gatekeeper\.sh/")
_CASE = pattern(r"(?m)^[ \t]*(?:-[ \t]+)?object:[ \t]*[\"']?(?:\./)?([\w.-]{1,200})")


def _listed(path: str) -> set[str]:
    """The files that a test of Kyverno's CLI names, but for the policies themselves; nothing where it cannot be read."""
    try:
        text = read(path)[:_MOST].decode("utf-8", "replace")
    except OSError:
        return set()
    before, _, after = text.partition("\nresources:")
    return set(_LISTED.findall(after)) - set(_LISTED.findall(before))
