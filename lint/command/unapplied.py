"""Findings about files that nobody applies as they stand, by what else is in the repository: they are counted and not told.

A file is judged by the evidence of the repository around it only where it was found in a folder: one that is named is always judged.
"""

from __future__ import annotations

import functools
import os
import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from kubetrial.lint.files import commands, discover, embedding, placeholder
from kubetrial.lint.finding import Category, Finding

if TYPE_CHECKING:
    from kubetrial.lint.command.gather import Gathered

FILLED_IN = "value that a script writes first"
OF_A_TOOL = "object that another tool than kubectl reads"
COMPLETED = "object that a controller would complete"
PART = "part of an object that is laid over a whole one"
POD_TEMPLATE = "template of pods that a program names"
OF_OLDER = "version for an older Kubernetes, beside a newer one"
COMPLETED_BY_A_PROGRAM = "manifest that a program reads and completes"
OF_A_TEST = "manifest that a test of a program reads"
EMBEDDED = "manifest in the sources of a program"
TO_FILL_IN = "value that its comment asks to replace"
OF_A_FORM = "value in capitals that somebody replaces first"

_OF_VERSIONS = ("api-removed", "kind-unknown")
"""Rules about what no script changes: whoever sends it in the end, the server does not know it."""
_NOT_BY_DEFAULT = "is not served by default"
_OF_VALUES = (
    "yaml-syntax",
    "field-missing",
    "object-name-missing",
    "secret-incomplete",
    "volume-path-invalid",
    "service-external-name-invalid",
    "storage-class-parameters-invalid",
)


def _is_of_value(rule: str) -> bool:
    """Whether a rule is about a value that another one can be written for."""
    return rule in _OF_VALUES or rule.startswith("value-") or rule.endswith("-malformed")


_OF_WHOLES = ("field-missing", "object-name-missing")
"""Rules about what is not there, and may be added."""


def unapplied(findings: Sequence[Finding], given: Gathered) -> dict[int, str]:
    """The findings about what is not applied as it stands, by their ids: why that is so. The repository is looked through once."""
    found = dict(_of_patched(findings, given)) | dict(_of_shared_nodes(findings, given))
    files = {file.path: file.real for file in given.discovery.files if file.real and not file.explicit}
    charts = {unit.name for unit in given.division.charts} if given.division is not None else ()
    of_files = [f for f in findings if f.file in files and f.unit not in charts]
    lines = _reader_of_lines(given)
    found |= dict(_of_parts(of_files)) | dict(_of_older(of_files, files)) | dict(_of_forms(of_files, lines))
    found |= dict(_of_older_docs(of_files, given)) | dict(_of_releases(of_files, files, given))
    left = [f for f in findings if id(f) not in found and f.file in files and _is_candidate(f)]
    if not left:
        return found
    full = {f.file: files[f.file] for f in left}
    repository = discover.repository_of(os.path.commonpath([os.path.dirname(path) for path in full.values()]))
    if repository is None:
        return found
    root = os.path.realpath(repository)
    below = {name: os.path.relpath(path, root).replace(os.sep, "/") for name, path in full.items()}
    embedded = embedding.embedded(root, below.values())
    told = commands.told_of(root, embedded.union(below[f.file] for f in left if _may_be_changed(f)))
    for finding in left:
        file = below[finding.file]
        reason = _reason(finding, told.get(file, _NOTHING), file in embedded, lines(finding.file))
        if reason is not None:
            found[id(finding)] = reason
    return found


def _reader_of_lines(given: Gathered) -> Callable[[str], Sequence[str]]:
    """What gives the lines of a file of the run, each file's once; none of a file that is none."""
    texts = {text.name: text.text for text in given.texts}
    return functools.cache(lambda name: texts.get(name, "").splitlines())


def _of_patched(findings: Sequence[Finding], given: Gathered) -> Iterator[tuple[int, str]]:
    """What is missing in objects that no controller applies, of kinds that controllers patch where they do."""
    division = given.division
    if division is None or not division.patched:
        return
    named = {file.path for file in given.discovery.files if file.explicit}
    for finding in findings:
        loose = finding.unit in division.loose if finding.unit else finding.file not in named
        if finding.rule == "field-missing" and finding.object.kind in division.patched and loose:
            yield id(finding), COMPLETED


def _of_shared_nodes(findings: Sequence[Finding], given: Gathered) -> Iterator[tuple[int, str]]:
    """What a taint of control-plane nodes does, where the settings of the repository's cluster take it away."""
    about = [id(finding) for finding in findings if finding.rule == _OF_TAINT]
    if about and any(_UNTAINTED.search(text.text) for text in given.texts):
        yield from ((one, SHARED_NODES) for one in about)


_OF_TAINT = "pod-control-plane-not-tolerated"
SHARED_NODES = "pod for control-plane nodes, which this cluster does not taint"
_UNTAINTED = re.compile(r"(?m)^[ \t]*allowSchedulingOn(?:ControlPlanes|Masters):[ \t]*true\b")  # of Talos


def _of_parts(findings: Sequence[Finding]) -> Iterator[tuple[int, str]]:
    """What is said of objects that lack what every whole one has: they are laid over another one, or a program completes them.

    A field that is none, and a value of a wrong type, are wrong in a part too.
    """
    objects: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        if finding.object.kind in _OF_PODS:
            objects.setdefault((*finding.about, finding.object), []).append(finding)
    for every in objects.values():
        reason = _why_part(every)
        for finding in every if reason else ():
            if reason == POD_TEMPLATE or finding.rule not in _WRONG_IN_PARTS:
                yield id(finding), str(reason)


def _why_part(findings: Sequence[Finding]) -> str | None:
    """Why an object is no whole one, by all that is wrong with it."""
    missing = {finding.path for finding in findings if finding.rule == "field-missing"}
    if any(finding.rule == "field-unknown" for finding in findings):
        return None  # what is missing may stand there under another name
    images = [path for path in missing if path.endswith(".image")]
    if images and (len(images) > 1 or "spec.selector" in missing):
        return PART
    nameless = any(finding.rule == "object-name-missing" for finding in findings)
    return POD_TEMPLATE if nameless and "spec.containers" in missing else None


_OF_PODS = frozenset(("Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"))
_WRONG_IN_PARTS = ("field-unknown", "value-wrong-type", "api-removed", "kind-unknown")


def _of_older(findings: Sequence[Finding], files: Collection[str]) -> Iterator[tuple[int, str]]:
    """A removed version in a file that is called after it, beside one of the same name with another version or none."""
    removed = [finding for finding in findings if finding.rule == "api-removed"]
    old = {finding.file for finding in removed}
    newer = {_MARK.sub("", file) for file in files if file not in old} if removed else set()
    for finding in removed:
        version = finding.object.api_version.rpartition("/")[2]
        if version in _MARK.findall(finding.file) and _MARK.sub("", finding.file) in newer:
            yield id(finding), OF_OLDER


_MARK = re.compile(r"[-_.]?(?<![a-z0-9])(v\d+(?:(?:alpha|beta)\d+)?)(?![a-z0-9])")
"""A version in the name of a file or folder."""


def _of_forms(findings: Sequence[Finding], lines: Callable[[str], Sequence[str]]) -> Iterator[tuple[int, str]]:
    """What is wrong with values that somebody is to write first, by the lines around them and by the same word in other files."""
    asked = [f for f in findings if f.category is Category.REJECTED and f.rule not in _OF_NO_VALUES]
    words = {id(f): _words_in_capitals(f, lines(f.file)) for f in asked if f.rule not in _OF_KNOWN_WORDS}
    places: dict[str, set[str]] = {}
    for finding in asked:
        for word in words.get(id(finding), ()):
            places.setdefault(word, set()).add(finding.file)
    forms: dict[str, bool] = {}
    for finding in asked:
        own, at = lines(finding.file), finding.range.start.line - 1
        if _is_of_value(finding.rule) and at < len(own) and _asks_for_another(own, at, finding.range.start.column - 1):
            yield id(finding), TO_FILL_IN
        elif told := words.get(id(finding)):
            if finding.file not in forms:
                forms[finding.file] = _is_form(own)
            is_name = finding.path in _NAMES
            if forms[finding.file] or (is_name and any(len(places[word]) >= _FEWEST_FILES for word in told)):
                yield id(finding), OF_A_FORM


_OF_NO_VALUES = (*_OF_VERSIONS, "field-unknown", "yaml-syntax")
_OF_KNOWN_WORDS = ("value-unsupported", "field-missing")
_FEWEST_FILES = 3
"""A word in capitals that is refused in so many names stands for something: nobody makes one slip so often."""
_NAMES = ("metadata.name", "metadata.namespace", "metadata.generateName")
_WORD = re.compile(r"(?<![A-Za-z0-9_$])(?<!\$\{)[A-Z]{2,}[0-9]*(?:_[A-Z0-9]+)*(?![A-Za-z0-9_])")
_MOST_LINES = 2_000
_LONGEST = 1_000
"""So many characters of a line are looked at for each finding on it."""


def _words_in_capitals(finding: Finding, own: Sequence[str]) -> list[str]:
    """The words in capitals in the text that a finding is about, and not in what else stands on its line: `protocol: UDP`."""
    start, end = finding.range.start, finding.range.end
    if start.line != end.line or start.line > len(own):
        return []
    value = own[start.line - 1][start.column - 1 : min(end.column - 1, start.column + _LONGEST)]
    return [] if value[:1] in ("", "{", "[") else _WORD.findall(value)


def _asks_for_another(own: Sequence[str], at: int, column: int) -> bool:
    """Whether the comment behind a column of a line, or one that is the line above it, says that another value is to be written."""
    above = own[at - 1][:_LONGEST] if at else ""
    comment = own[at].find(" #", column, column + _LONGEST)  # a line may be long and have many findings
    return (comment >= 0 and _SAYS_TO_FILL_IN.search(own[at], comment, comment + _LONGEST) is not None) or (
        above.lstrip().startswith("#") and _TO_EDIT.search(above) is not None
    )


def _is_form(own: Sequence[str]) -> bool:
    """Whether a file has values that are certainly to be filled in: `NAMESPACE`, `<name>`, `${VAR}`.

    What the containers of a pod expand, and the names of their variables, are none.
    """
    for line in own[:_MOST_LINES]:
        key, _, value = line.partition(": ")
        value = value.partition(" #")[0].strip(" \"'")
        if _OF_VARIABLE.fullmatch(key) or (value.isalnum() and not value.isupper()):
            continue
        blank = placeholder.placeholder(value, expanded=True)
        if blank is not None and not (blank[0] == "[" and blank[:2] != "[["):  # `[DELETE]` is a list
            return True
    return False


_OF_VARIABLE = re.compile(r"[ \t]*(?:-[ \t]*(?:\{[ \t]*)?(?:name|key)|key)")


_TO_EDIT = re.compile(r"#[ ]*(?:XXX|TODO|FIXME)\b|(?i:#[ ]*(?:edit|replace|change me|fill in)\b)")
_SAYS_TO_FILL_IN = re.compile(
    r"(?i)(?:\b(?:replace|change|fill|insert|enter|put|update|specify|provide|set)[ ](?:me|this|with|in|here|it|the|to|your)\b"
    r"|\b(?:must|should|to)[ ]be[ ](?:replaced|changed|filled|set|updated|configured|provided)\b"
    r"|\byour\b|\bplaceholder\b|\bbase64[- ]encoded\b|XXX|\b(?:TODO|FIXME)\b|\bedit\b)"
)


def _of_older_docs(findings: Iterable[Finding], given: Gathered) -> Iterator[tuple[int, str]]:
    """What is said of custom objects in the folder of a version (`versions/v0.6.0`) whose definition is not in it: it is another one's."""
    defined: dict[tuple[str, str], bool] = {}
    for finding in findings:
        folder = _VERSION_FOLDER.match(finding.file)
        group = finding.object.api_version.partition("/")[0]
        if folder is None or finding.unit or "." not in group or group.endswith(".k8s.io"):
            continue
        if finding.rule not in _OF_DEFINITIONS and not finding.rule.startswith("value-"):
            continue
        key = folder.group(), finding.object.kind
        if key not in defined:
            defined[key] = _is_defined_below(*key, given)
        if not defined[key]:
            yield id(finding), OF_OTHER_VERSION


def _is_defined_below(folder: str, kind: str, given: Gathered) -> bool:
    beside = (text.text for text in given.texts if text.name.startswith(folder))
    return any("kind: CustomResourceDefinition" in text and f"kind: {kind}" in text for text in beside)


OF_OTHER_VERSION = "object for another version of its definition"
_VERSION_FOLDER = re.compile(r"(?:[^/]+/)*?v?\d+\.\d+(?:\.\d+)?/")
_OF_DEFINITIONS = ("field-missing", "field-unknown", "kind-unknown", "custom-resource-rule-broken")


def _of_releases(findings: Iterable[Finding], files: Collection[str], given: Gathered) -> Iterator[tuple[int, str]]:
    """What is said of files of a release that a newer one follows, and of fields that the lifecycle manager of operators leaves out.

    It applies what lies beside a ClusterServiceVersion, and reads it as its own types: a field that is none of theirs is gone.
    """
    newest: dict[tuple[str, str], tuple[int, ...]] = {}
    for file in files:
        if (found := _RELEASE.match(file)) is not None:
            key, version = (found[1], found[3]), _numbers(found[2])
            newest[key] = max(version, newest.get(key, version))
    bundles: set[str] | None = None
    for finding in findings:
        found = _RELEASE.match(finding.file)
        if finding.unit or not _is_candidate(finding):
            continue
        if found is not None and _numbers(found[2]) < newest[found[1], found[3]]:
            yield id(finding), OF_OLDER_RELEASE
        elif finding.rule == "field-unknown":
            if bundles is None:
                bundles = {
                    posixpath.dirname(one.name) for one in given.texts if "kind: ClusterServiceVersion" in one.text
                }
            if posixpath.dirname(finding.file) in bundles:
                yield id(finding), OF_BUNDLE


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


OF_OLDER_RELEASE = "file of a release that a newer one follows"
OF_BUNDLE = "field that the lifecycle manager of operators leaves out"
_RELEASE = re.compile(r"((?:[^/]+/)*?)v?(\d{1,6}(?:\.\d{1,6}){1,3})/(.*)\Z")
"""A file in the folder of a version: what it lies in, the version, and its path there."""


def _is_candidate(finding: Finding) -> bool:
    return finding.category in (Category.REJECTED, Category.BROKEN, Category.RISKY)


def _may_be_changed(finding: Finding) -> bool:
    """Whether it matters for a finding what commands do with its file before it is applied."""
    return finding.category is Category.REJECTED and not finding.unit


_NOTHING = commands.Told()


def _reason(finding: Finding, told: commands.Told, embedded: bool, own: Sequence[str]) -> str | None:
    """Why what a finding says is not so of what is applied in the end; None: it is."""
    if told.tests and not told.sends:
        return OF_A_TEST
    if embedded and not told.sends and _NOT_BY_DEFAULT in finding.message:
        return EMBEDDED  # the program asks the server whether it has this version
    if finding.rule in _OF_VERSIONS:
        return None
    if embedded and not told.sends:
        return EMBEDDED
    if finding.unit or finding.category is not Category.REJECTED:
        return None  # what is built is applied as it is built
    rule, at = finding.rule, finding.range.start.line - 1
    if _is_of_value(rule) and at < len(own) and told.fills(own[at]):
        return FILLED_IN
    if rule in _OF_WHOLES and told.reads and not told.sends:
        return COMPLETED_BY_A_PROGRAM
    group = finding.object.api_version.partition("/")[0]
    if told.tools and not told.sends and "." in group and not group.endswith(".k8s.io"):
        return OF_A_TOOL
    return None
