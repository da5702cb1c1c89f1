"""Which files of a folder are inputs of a test: what a tool applies and expects to be refused, or only compares with a cluster;
and which belong to a proposal, whose manifests are of an API that is not there yet.

Follows the conventions of the test tools themselves: chainsaw (a folder with `chainsaw-test.yaml`), KUTTL (steps `NN-name.yaml` beside
`NN-assert.yaml` or `NN-errors.yaml`), the CLI of Kyverno (`kyverno-test.yaml` lists its resources), and the word `invalid` in a name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection

from kubetrial.lint.files.read import read

NOT_OURS = frozenset(
    [
        "testdata",
        "test-data",
        "test_data",
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
_EXPECTED = re.compile(r"\d+-(?:assert|errors?)\b.*\.ya?ml\Z")
_STEP = re.compile(r"\d+-.*\.ya?ml\Z")
_ASSERTION = re.compile(r"(?:.*[-_.])?assert(?:ion)?s?(?:[-_.].*)?\.ya?ml\Z")
_INVALID = re.compile(
    r"(?:.*[-_.])?(?:invalid|malformed)(?:[-_.].*)?\Z|(?=.*test).*[-_.]negative(?:[-_.].*)?\Z|should[-_]fail(?:[-_.].*)?\Z"
)
_LISTED = re.compile(r"(?m)^[ \t]*-[ \t]+[\"']?(?:\./)?([\w./-]{1,200}\.ya?ml)\b")
_MOST = 1 << 20


def is_folder_of_tests(name: str, inside: str) -> bool:
    """Whether a folder holds inputs of tests by its name; `inside` is the path of the folder that it stands in, in its repository."""
    if name in NOT_OURS or _INVALID.match(name) is not None:
        return True
    above = inside.replace(os.sep, "/").split("/")
    if name == "resources":
        return above[-1] in ("test", "tests")
    return name in _WANTED and any(_OF_TESTS.search(part) for part in above)


_WANTED = ("data", "compare", "expected", "expect", "outputs")
_OF_TESTS = re.compile(r"(?:^|[-_])(?:e2e|tests?|testing)(?:[-_]|\Z)")


def expected(folder: str, names: Collection[str]) -> Collection[str]:
    """Of the names in a folder, those that a test tool reads; all of them where the folder is one test."""
    found = {name for name in names if _ASSERTION.match(name) or (_INVALID.match(name) and name.endswith(_YAML))}
    if any(name in names for name in _CHAINSAW):
        return names
    if any(_EXPECTED.match(name) for name in names):
        found.update(name for name in names if _STEP.match(name))
    for name in _KYVERNO:
        if name in names:
            found |= _listed(os.path.join(folder, name)) & set(names)
    return found


_YAML = (".yaml", ".yml", ".json")


def _listed(path: str) -> set[str]:
    """The files that a test of Kyverno's CLI names, but for the policies themselves; nothing where it cannot be read."""
    try:
        text = read(path)[:_MOST].decode("utf-8", "replace")
    except OSError:
        return set()
    before, _, after = text.partition("\nresources:")
    return set(_LISTED.findall(after)) - set(_LISTED.findall(before))
