"""What is kept from earlier, or for another version than the one that is judged: of it a count is kept.

The evidence is in the repository: the file or folder is called after a version, a newer release or a newer version of the same object
stands beside it, or the comment above says what it is for.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kubetrial.lint.command.forms import OF_VERSIONS, is_custom
from kubetrial.lint.finding import Category, Finding
from kubetrial.lint.values.pattern import pattern

if TYPE_CHECKING:
    from kubetrial.lint.command.gather import Gathered

OF_OLDER = "version for an older Kubernetes, beside a newer one"
OF_OTHER_VERSION = "object for another version of its definition"
OF_OLDER_RELEASE = "file of a release that a newer one follows"
OF_BUNDLE = "field that the lifecycle manager of operators leaves out"
FOR_OLDER = "version for an older Kubernetes, as its comment says"


def of_older(
    findings: Sequence[Finding], files: Collection[str], given: Gathered, lines: Callable[[str], Sequence[str]]
) -> dict[int, str]:
    """The findings about what is kept for other versions, by their ids: what shows it. `lines` gives those of a file."""
    removed = [finding for finding in findings if finding.rule == "api-removed" and not finding.unit]
    found = dict(_by_name(removed, files)) | dict(_by_newer_objects(removed, given)) | dict(_by_comment(removed, lines))
    return found | dict(_of_older_docs(findings, given)) | dict(_of_releases(findings, files, given))


def _by_name(removed: Sequence[Finding], files: Collection[str]) -> Iterator[tuple[int, str]]:
    """A removed version in a file that is called after it, beside one of the same name with another version or none."""
    old = {finding.file for finding in removed}
    newer = {_MARK.sub("", file) for file in files if file not in old} if removed else set()
    for finding in removed:
        version = finding.object.api_version.rpartition("/")[2]
        if version in _MARK.findall(finding.file) and _MARK.sub("", finding.file) in newer:
            yield id(finding), OF_OLDER


_MARK = pattern(r"[-_.]?(?<![a-z0-9])(v\d+(?:(?:alpha|beta)\d+)?)(?![a-z0-9])")
"""A version in the name of a file or folder."""


def _by_newer_objects(removed: Sequence[Finding], given: Gathered) -> Iterator[tuple[int, str]]:
    """A removed version of an object that stands elsewhere in a served one: a definition, or what lies below a number of a release.

    A definition has a name that no other one has. Two Ingresses of one name may be those of two applications.
    """
    asked = [f for f in removed if f.object.kind == _DEFINITION or _NUMBERED.search(f.file)]
    wanted = {(f.object.kind, f.object.name) for f in asked}
    served = _served(wanted, given) if wanted else {}
    for finding in asked:
        if served.get((finding.object.kind, finding.object.name), set()) - {finding.file}:
            yield id(finding), OF_OLDER


_DEFINITION = "CustomResourceDefinition"
_NUMBERED = pattern(r"(?<!\d)v?\d{1,3}[._]\d{1,3}(?:(?:[.-]|_+)[^\W_]+)*")


def _served(wanted: Collection[tuple[str, str]], given: Gathered) -> Mapping[tuple[str, str], set[str]]:
    """The files in which some objects stand in a version that is neither alpha nor beta, by (kind, name)."""
    found: dict[tuple[str, str], set[str]] = {}
    kinds = {kind for kind, _ in wanted}
    for text in given.texts:
        if not any(kind in text.text for kind in kinds):
            continue
        api = kind = name = ""
        for match in _HEAD.finditer(text.text + "\n---"):
            if match[1]:
                if (kind, name) in wanted and _STABLE.search(api):
                    found.setdefault((kind, name), set()).add(text.name)
                api = kind = name = ""
            elif match[2]:
                api, kind = (match[3], kind) if match[2] == "apiVersion" else (api, match[3])
            elif not name:
                name = match[4]
    return found


_HEAD = pattern(
    r"(?m)^(---)|^(apiVersion|kind):[ \t]*[\"']?([\w./-]+)"
    r"|^(?:[ ]{1,2}|metadata:[ \t]*\{(?:[^{}\n]{0,200}[ ,])?)name:[ \t]*[\"']?([\w.:-]+)"
)
_STABLE = pattern(r"(?:\A|/)v\d+\Z")


def _by_comment(removed: Sequence[Finding], lines: Callable[[str], Sequence[str]]) -> Iterator[tuple[int, str]]:
    """A removed version below a comment that says what it is for: `# for clusters older than 1.19`; and what follows it in its file."""
    said: dict[tuple[str, str], int] = {}
    for finding in sorted(removed, key=lambda one: one.range.start.line):
        key, line = (finding.file, finding.object.api_version), finding.range.start.line
        if _is_for_older(lines(finding.file), line - 1):
            said.setdefault(key, line)
        if key in said:
            yield id(finding), FOR_OLDER


def _is_for_older(own: Sequence[str], at: int) -> bool:
    for line in reversed(own[max(0, at - _ABOVE) : at]):
        bare = line.strip()[:_LONGEST]
        if not bare.startswith("#") and bare != "---" and bare:
            return False
        if _FOR_OLDER.search(bare):
            return True
    return False


_ABOVE = 4
_LONGEST = 300
_FOR_OLDER = pattern(
    r"(?i)^#(?!.*\buse\b).*?(?:\b(?:for|with|on)\b.{0,30}?\b(?:older|legacy|earlier|previous)\b.{0,20}?\b(?:versions?|clusters?|k8s|kubernetes)\b"
    r"|\b(?:k8s|kube|kubernetes)\b.{0,12}?(?:<=?|\b(?:before|below|until|older[ ]than|prior[ ]to|up[ ]to)\b)[ ]*v?1\.\d)"
)


def _of_older_docs(findings: Iterable[Finding], given: Gathered) -> Iterator[tuple[int, str]]:
    """What is said of custom objects in the folder of a version (`versions/v0.6.0`) whose definition is not in it: it is another one's."""
    defined: dict[tuple[str, str], bool] = {}
    for finding in findings:
        folder = _VERSION_FOLDER.match(finding.file)
        if folder is None or finding.unit or not is_custom(finding):
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


_VERSION_FOLDER = re.compile(r"(?:[^/]+/)*?(?:(?:version|release|rel)s?[-_])?v?\d+\.\d+(?:\.\d+)?(?:[-_.]x)?/")
"""A folder that is called after a version: `v1.2`, `version-1.2.0` of documentation that is kept for each, `release-1.2.x`."""
_OF_DEFINITIONS = ("field-missing", "field-unknown", "kind-unknown", "custom-resource-rule-broken")


def _of_releases(findings: Iterable[Finding], files: Collection[str], given: Gathered) -> Iterator[tuple[int, str]]:
    """What is said of files of a release that a newer one follows, and of fields that the lifecycle manager of operators leaves out.

    It applies what lies beside a ClusterServiceVersion, and reads it as its own types: a field that is none of theirs is gone.
    """
    newest: dict[tuple[str, str], tuple[int, ...]] = {}
    releases: dict[str, set[tuple[int, ...]]] = {}
    for file in files:
        if (found := _RELEASE.match(file)) is not None:
            key, version = (found[1], found[3]), _numbers(found[2])
            newest[key] = max(version, newest.get(key, version))
            releases.setdefault(found[1], set()).add(version)
    bundles: set[str] | None = None
    for finding in findings:
        found = _RELEASE.match(finding.file)
        if finding.unit or finding.category not in _OF_THE_CLUSTER:
            continue
        if found is not None and _is_followed(found, finding, newest, releases[found[1]]):
            yield id(finding), OF_OLDER_RELEASE
        elif finding.rule == "field-unknown":
            if bundles is None:
                bundles = {
                    posixpath.dirname(one.name) for one in given.texts if "kind: ClusterServiceVersion" in one.text
                }
            if posixpath.dirname(finding.file) in bundles:
                yield id(finding), OF_BUNDLE


def _is_followed(
    found: re.Match[str],
    finding: Finding,
    newest: Mapping[tuple[str, str], tuple[int, ...]],
    releases: Collection[tuple[int, ...]],
) -> bool:
    """Whether a newer release has the file too; where many releases are kept, it may be called otherwise there.

    Then only what its Kubernetes knew and a newer one does not says that it is an older one, or a name that all of them begin with.
    """
    version = _numbers(found[2])
    is_older = version < newest[found[1], found[3]]
    among_many = len(releases) >= _FEWEST_RELEASES and version < max(releases)
    if finding.rule in OF_VERSIONS:
        return is_older or among_many
    return among_many if found[1].endswith(_BEFORE_VERSIONS) else is_older


_BEFORE_VERSIONS = ("-", "_")
"""What stands before a version that is part of a name: `web-1.2.yaml` may lie beside `web-1.3.yaml` for other reasons than its age."""
_FEWEST_RELEASES = 3


def _numbers(version: str) -> tuple[int, ...]:
    """A version in the order of releases: `1.2.0-alpha.3` comes before `1.2.0-rc.1`, and this before `1.2.0`."""
    found = _VERSION.match(version)
    numbers, word, count = (found[1], found[2], found[3]) if found is not None else (version, None, None)
    parts = [int(part) for part in numbers.split(".")]
    padded = (*parts, *(0 for _ in range(_MOST_NUMBERS - len(parts))))
    return (*padded, 0, ord(word[0]), int(count or 0)) if word else (*padded, 1)


_MOST_NUMBERS = 4
_BEFORE_A_RELEASE = r"[-.+_]?(alpha|beta|preview|pre|rc|snapshot)[-.]?(\d{1,4})?(?![a-z0-9])"
_VERSION = re.compile(rf"([\d.]+?)(?:{_BEFORE_A_RELEASE})?\Z")


_RELEASE = re.compile(
    r"((?:[^/]+/)*?(?:[^/]{0,100}?[-_])?)v?(\d{1,6}(?:\.\d{1,6}){1,3}"
    r"(?:[-.+_]?(?:alpha|beta|preview|pre|rc|snapshot)[-.]?(?:\d{1,4})?(?![a-z0-9]))?)((?:(?:[-_.][a-z]{1,40}){0,3}\.(?:ya?ml|json))?(?:/.*)?)\Z"
)
"""A file in the folder of a version, or that is called after one: what it lies in, the version, and its path there."""

_OF_THE_CLUSTER = (Category.REJECTED, Category.BROKEN, Category.RISKY)
