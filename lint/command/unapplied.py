"""Findings about files that nobody applies as they stand, by what else is in the repository: they are counted and not told.

A file is judged by the evidence of the repository around it only where it was found in a folder: one that is named is always judged.
"""

from __future__ import annotations

import functools
import itertools
import os
import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kubetrial.lint.api.versions import is_own_kind
from kubetrial.lint.command import forms, older
from kubetrial.lint.files import commands, discover, embedding, runtime_config, witness
from kubetrial.lint.finding import Category, Finding
from kubetrial.lint.values.pattern import pattern

if TYPE_CHECKING:
    from kubetrial.lint.build.origin import Built
    from kubetrial.lint.command.gather import Gathered

FILLED_IN = "value that a script writes first"
OF_A_TOOL = "object that another tool than kubectl reads"
COMPLETED = "object that a controller would complete"
PART = "part of an object that is laid over a whole one"
POD_TEMPLATE = "template of pods that a program names"
COMPLETED_BY_A_PROGRAM = "manifest that a program reads and completes"
OF_A_TEST = "manifest that a test of a program reads"
EMBEDDED = "manifest in the sources of a program"
IN_A_NAMESPACE = "reference in a namespace that a script sets first"
_OF_SUBJECTS = "role-binding-unresolvable"
_NOT_BY_DEFAULT = "is not served by default"
_OF_WHOLES = ("field-missing", "object-name-missing")
"""Rules about what is not there, and may be added."""


def unapplied(findings: Sequence[Finding], given: Gathered) -> dict[int, str]:
    """The findings about what is not applied as it stands, by their ids: why that is so. The repository is looked through once."""
    found = (
        dict(_of_patched(findings, given))
        | dict(_of_shared_nodes(findings, given))
        | dict(_of_flux(findings, given))
        | dict(_of_bundles(findings, given))
        | dict(_of_other_definitions(findings))
    )
    files = {file.path: file.real for file in given.discovery.files if file.real and not file.explicit}
    charts = {unit.name for unit in given.division.charts} if given.division is not None else ()
    of_files = [f for f in findings if f.file in files and f.unit not in charts]
    lines = _reader_of_lines(given)
    repository = _repository_around(files[f.file] for f in of_files if _is_candidate(f))
    found |= dict(_of_exercises(of_files, files, lines)) | dict(_of_parts(of_files, lines, repository is not None))
    found |= dict(_of_tools(of_files, given))
    if repository is not None:
        found |= {
            id(f): FILLED_IN for f in of_files if f.rule == "secret-incomplete" and _is_emptied_text(f, lines(f.file))
        }
    found |= dict(_of_bootstrap(of_files, lines))
    found |= older.of_older(of_files, files, given, lines) | dict(forms.of_forms(of_files, lines))
    left = [f for f in findings if id(f) not in found and f.file in files and _is_candidate(f)]
    if not left:
        return found
    nameless = [f for f in left if f.unit and f.rule == _OF_SUBJECTS and f.path.endswith(".namespace")]
    full = {f.file: files[f.file] for f in left}
    if repository is None:
        return found
    root = os.path.realpath(repository)
    below = {name: os.path.relpath(path, root).replace(os.sep, "/") for name, path in full.items()}
    embedded = embedding.embedded(root, below.values())
    told = commands.told_of(root, embedded.union(below[f.file] for f in left if _may_be_changed(f)))
    found |= dict(_of_enabled(left, root))
    if nameless and commands.sets_namespace(root):
        found |= {id(finding): IN_A_NAMESPACE for finding in nameless}
    for finding in left:
        file = below[finding.file]
        if id(finding) in found:
            continue
        reason = _reason(finding, told.get(file, _NOTHING), file in embedded, lines(finding.file))
        if reason is not None:
            found[id(finding)] = reason
    return found


def _repository_around(paths: Iterable[str]) -> str | None:
    """The repository that some files lie in; None where they lie in none, or in several, or there are no files."""
    folders = {os.path.dirname(path) for path in paths}
    return discover.repository_of(os.path.commonpath(folders)) if folders else None


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


def _of_flux(findings: Sequence[Finding], given: Gathered) -> Iterator[tuple[int, str]]:
    """Labels that are no texts, where Flux applies what is built: it writes its own labels over them, and they are gone.

    Follows SetOwnerLabels of fluxcd/pkg/ssa, to which an object with such a label has none.
    """
    if given.division is not None and given.division.by_flux:
        for finding in findings:
            if finding.unit and finding.rule == "value-wrong-type" and finding.path.startswith("metadata.labels"):
                yield id(finding), OF_FLUX


OF_FLUX = "label that Flux leaves out"


def lost_labels(findings: Iterable[Finding], apart: Mapping[int, str]) -> Iterator[str]:
    """A line for each label that is no text and that Flux applies: the object is taken, and none of its labels is left."""
    for finding in findings:
        if apart.get(id(finding)) == OF_FLUX:
            about, start = finding.object, finding.range.start
            label = finding.path.removeprefix("metadata.labels").strip(".[]")
            yield (
                f"{finding.file}:{start.line}:{start.column}: the label `{label}` of {about.kind} {about.name} is no text, "
                "and Flux applies the object without any of its labels; put the value in quotes"
            )


def _of_bootstrap(findings: Sequence[Finding], lines: Callable[[str], Sequence[str]]) -> Iterator[tuple[int, str]]:
    """Kustomizations that take in `flux-system`, which `flux bootstrap` writes into the repository first."""
    for finding in findings:
        at, own = finding.range.start.line - 1, lines(finding.file)
        if finding.rule == _OF_FILES and at < len(own) and _FLUX_SYSTEM.match(own[at], 0, _LONGEST_COMMENT):
            yield id(finding), BOOTSTRAPPED


BOOTSTRAPPED = "folder that `flux bootstrap` writes"
_OF_FILES = "kustomization-file-missing"
_FLUX_SYSTEM = pattern(r"[ \t]*-[ \t]+[\"']?(?:\.{1,2}/)*flux-system/?(?:gotk-\w+\.yaml)?[\"']?[ \t]*(?:#|$)")


def _of_bundles(findings: Sequence[Finding], given: Gathered) -> Iterator[tuple[int, str]]:
    """What `operator-sdk generate bundle` takes out of what is built for it: role bindings, and the names of examples.

    It gives the rules to the service accounts of its Deployments, and writes the examples into an annotation.
    """
    asked = [finding for finding in findings if finding.unit and finding.rule in _NOT_IN_BUNDLES]
    if asked and given.division is not None:
        bundles = {unit.name for unit in given.division.units if any(map(_is_of_bundle, unit.objects))}
        yield from ((id(finding), OF_A_BUNDLE) for finding in asked if finding.unit in bundles)


def _is_of_bundle(one: Built) -> bool:
    """Whether a built object is the description of an operator that its bundle is made around."""
    value = one.value
    return value.get("kind") == "ClusterServiceVersion" and str(value.get("apiVersion")).startswith("operators.coreos")


OF_A_BUNDLE = "part that a bundle of an operator leaves out"
_NOT_IN_BUNDLES = ("role-binding-unresolvable", "object-twice")


def _of_other_definitions(findings: Iterable[Finding]) -> Iterator[tuple[int, str]]:
    """Fields that a definition in the repository does not have, where many objects of a well-known project have many of them.

    Nobody makes slips of so many names in one kind: the objects are written for the definition of the project, and that is a cut copy.
    """
    kinds: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.rule == "field-unknown" and _OF_PROJECTS.search(finding.object.api_version):
            kinds.setdefault((finding.object.api_version, finding.object.kind), []).append(finding)
    for every in kinds.values():
        objects = {finding.object for finding in every}
        names = {finding.path.rpartition(".")[2] for finding in every}
        if len(objects) >= _FEWEST_OTHERS and len(names) >= _FEWEST_OTHERS:
            yield from ((id(finding), OF_ANOTHER) for finding in every)


_FEWEST_OTHERS = 4
_OF_PROJECTS = re.compile(
    r"(?:^|\.)(?:cilium|istio|cert-manager|argoproj|fluxcd|traefik|linkerd|crossplane|longhorn|metallb|velero|karpenter|kyverno|openebs"
    r"|projectcontour|external-secrets|cnpg|knative|keda|coreos|projectcalico|gatekeeper|tekton|kafka\.strimzi|rook)\.(?:io|sh|dev|com|org)/"
)
OF_ANOTHER = "object of another version than the definition of its kind"


def _of_shared_nodes(findings: Sequence[Finding], given: Gathered) -> Iterator[tuple[int, str]]:
    """What a taint of control-plane nodes does, where the settings of the repository's cluster take it away."""
    about = [id(finding) for finding in findings if finding.rule == _OF_TAINT]
    if about and any(_UNTAINTED.search(text.text) for text in given.texts):
        yield from ((one, SHARED_NODES) for one in about)


_OF_TAINT = "pod-control-plane-not-tolerated"
SHARED_NODES = "pod for control-plane nodes, which this cluster does not taint"
_UNTAINTED = pattern(r"(?m)^[ \t]*allowSchedulingOn(?:ControlPlanes|Masters):[ \t]*true\b")  # of Talos


def _of_enabled(findings: Sequence[Finding], root: str) -> Iterator[tuple[int, str]]:
    """Versions that are off by default, and that a template of the settings of the repository's cluster turns on."""
    off = [finding for finding in findings if finding.rule == "kind-unknown" and _NOT_BY_DEFAULT in finding.message]
    turned_on = runtime_config.enabled(runtime_config.templates_below(root)) if off else ()
    yield from ((id(finding), TURNED_ON) for finding in off if finding.object.api_version in turned_on)


TURNED_ON = "version that the settings of this cluster turn on"


def _of_parts(
    findings: Sequence[Finding], lines: Callable[[str], Sequence[str]], kept: bool
) -> Iterator[tuple[int, str]]:
    """What is said of objects that lack what every whole one has: they are laid over another one, or a program completes them.

    A slip leaves one thing out; a part has what it is about. A field that is none, and a value of a wrong type, are wrong in a part too.
    `kept`: the files are kept in a repository, so what lacks its whole body is there for something else than to be applied alone.
    """
    objects: dict[tuple[object, ...], list[Finding]] = {}
    lacking: dict[tuple[str, str, str], set[str]] = {}
    for finding in findings:
        objects.setdefault((*finding.about, finding.object), []).append(finding)
        if finding.rule == "field-missing" and forms.is_custom(finding):
            for thing in _things(finding):
                lacking.setdefault(thing, set()).add(finding.file)
    often = {thing for thing, files in lacking.items() if len(files) >= _FEWEST_FILES}
    for every in objects.values():
        reason = _why_part([f for f in every if not _is_emptied(f, lines(f.file))], lines(every[0].file), kept)
        for finding in every:
            if reason == POD_TEMPLATE or (reason and finding.rule not in _WRONG_IN_PARTS):
                yield id(finding), reason
            elif finding.rule == "field-missing" and (
                not often.isdisjoint(_things(finding))
                or _is_commented_out(finding, lines(finding.file))
                or (kept and _is_left_empty(finding, lines(finding.file)))
            ):
                yield id(finding), PART


def _things(finding: Finding) -> tuple[tuple[str, str, str], ...]:
    """An object by its kind and name, and a field of it: what lacks the same in several files is shown in parts.

    Among what overlays are laid over, all objects of a kind may get one field from them.
    """
    kind = finding.object.kind
    whole = (kind, finding.object.name, finding.path)
    return (
        (whole, (kind, "", finding.path))
        if _OF_BASES.search(f"{finding.unit}/" if finding.unit else finding.file)
        else (whole,)
    )


_OF_BASES = re.compile(r"(?:^|/)_?bases?/")
_FEWEST_FILES = 3


def _of_tools(findings: Sequence[Finding], given: Gathered) -> Iterator[tuple[int, str]]:
    """What is missing in manifests that a document of another tool names: it says what they are held against, or completes them.

    A generator of policies, a test suite, a template of a portal. What builds or applies manifests as they stand is none of these tools.
    """
    about = [finding for finding in findings if finding.rule in _OF_WHOLES]
    listed: set[str] = set()
    for text in given.texts if about else ():
        if not _is_of_tool(text.text):
            continue
        folder = posixpath.dirname(text.name)
        listed |= {posixpath.normpath(posixpath.join(folder, path)) for path in _NAMED_BY_TOOL.findall(text.text)}
    for finding in about if listed else ():
        folders = itertools.accumulate(finding.file.split("/"), posixpath.join)
        if not listed.isdisjoint(folders):
            yield id(finding), PART


def _is_of_tool(text: str) -> bool:
    """Whether a text has a document of a kind that is neither Kubernetes' own nor of what builds or applies manifests."""
    kinds = set(_KIND.findall(text)) - _APPLYING
    return any(not is_own_kind(kind) for kind in kinds)


_KIND = re.compile(r"kind:(?<![^\n]kind:)[ \t]*[\"']?([A-Z]\w{0,62})")
"""At the start of a line; it begins with letters, which are found faster than starts of lines."""
_NAMED_BY_TOOL = re.compile(
    r"(?m)^[ \t]*(?:-[ \t]+)?(?:path|file|object|manifest|resource|source|src|input|template)s?:[ \t]*[\"']?((?:\./)?\w[\w./-]{1,300})"
)
_APPLYING = frozenset(
    (
        "Kustomization", "Component", "Application", "ApplicationSet", "AppProject", "GitRepo", "Bundle", "HelmRelease", "HelmChart",
        "App", "Config", "ClusterResourceSet", "Deploy", "Project", "KluctlDeployment", "List",
    )
)  # fmt: skip
"""Kinds that name files to be applied as they stand, or as a build of them makes them."""


def _is_commented_out(finding: Finding, own: Sequence[str]) -> bool:
    """Whether the field that a custom object lacks stands in the same mapping as a comment: somebody lays it over the object."""
    if not forms.is_custom(finding):
        return False
    at = finding.range.start.line - 1
    field = re.compile(rf"[ \t]*#[# \t]*{re.escape(finding.path.rpartition('.')[2])}:")
    above = own[at] if at < len(own) else ""
    indent = len(above) - len(above.lstrip())
    for line in own[at + 1 : at + 1 + _MOST_OF_MAPPING]:
        if field.match(line, 0, _LONGEST_COMMENT):
            return True
        bare = line.lstrip()
        if bare and not bare.startswith("#") and len(line) - len(bare) <= indent:
            return False
    return False


_MOST_OF_MAPPING = 60


def _is_left_empty(finding: Finding, own: Sequence[str]) -> bool:
    """Whether the field that a custom object lacks stands there with a comment that tells of it, and nothing else: it is a form."""
    at = finding.range.start.line - 1
    if not forms.is_custom(finding) or at >= len(own):
        return False
    name = re.escape(finding.path.rpartition(".")[2])
    line = re.fullmatch(rf"[ \t-]*{name}:[ \t]*(#.*)?", own[at][:_LONGEST_COMMENT])
    return line is not None and (line[1] is not None or (at > 0 and own[at - 1].lstrip().startswith("#")))


def _is_emptied(finding: Finding, own: Sequence[str]) -> bool:
    """Whether a field is missing in a mapping of a built-in kind that somebody wrote as an empty one: a part says what it is about."""
    at = finding.range.start.line - 1
    if finding.rule != "field-missing" or forms.is_custom(finding) or at >= len(own):
        return False
    return _EMPTY.search(own[at], finding.range.start.column - 1) is not None


def _is_emptied_text(finding: Finding, own: Sequence[str]) -> bool:
    """Whether a value stands there as an empty text: what it was is kept out of the repository."""
    at = finding.range.start.line - 1
    return at < len(own) and _EMPTY_TEXT.search(own[at], finding.range.start.column - 1) is not None


_EMPTY_TEXT = re.compile(r"(?:\A|:[ ]{1,20}|(?<=[ ]))(?:\"\"|'')[ ]{0,20}(?:\Z|#)")
_EMPTY = re.compile(r"\{[ ]{0,20}\}[ ]{0,20}(?:\Z|#)")


def _why_part(findings: Sequence[Finding], own: Sequence[str], kept: bool) -> str | None:
    """Why an object is no whole one, by all that is wrong with it and the comment above it; `own` are the lines of its file."""
    if any(finding.rule == "field-unknown" for finding in findings):
        return None  # what is missing may stand there under another name
    bare = any(finding.rule == "service-without-ports" and _NO_SELECTOR in finding.message for finding in findings)
    if kept and bare:
        return PART
    missing = {finding.path for finding in findings if finding.rule == "field-missing"} - {"apiVersion", "kind"}
    if not missing:
        return None
    if sum("[" not in path for path in missing) > 1 or (kept and _is_kept_as_part(findings, own, missing)):
        return PART
    images = [path for path in missing if path.endswith(".image")]
    if images and findings[0].object.kind in _OF_PODS and (len(images) > 1 or "spec.selector" in missing):
        return PART
    nameless = any(finding.rule == "object-name-missing" for finding in findings)
    return POD_TEMPLATE if nameless and "spec.containers" in missing else None


_NO_SELECTOR = "neither ports nor a selector"


def _is_kept_as_part(findings: Sequence[Finding], own: Sequence[str], missing: Collection[str]) -> bool:
    """Whether an object of a repository lacks its whole body, is called a part, or only gives labels or annotations to what is there."""
    return "spec" in missing or _is_called_part(findings, own) or _only_marks(own, findings[0].range.start.line - 1)


def _only_marks(own: Sequence[str], at: int) -> bool:
    """Whether the document around a line, a short one, has nothing but metadata, and labels or annotations in it."""
    start = _begin(own, at)
    if start is None or at >= len(own):
        return False
    end = next(
        (line for line in range(at + 1, len(own)) if own[line].startswith("---") or line > start + _MOST_ABOVE),
        len(own),
    )
    fields = {found[1] for line in own[start:end] if (found := _TOP_FIELD.match(line))}
    return fields == {"apiVersion", "kind", "metadata"} and any(map(_MARKS.match, own[start:end]))


def _begin(own: Sequence[str], at: int) -> int | None:
    """The first line of the document around a line; None where it is far above, as in a long list."""
    for line in range(min(at, len(own) - 1), max(at - _MOST_ABOVE, -1), -1):
        if own[line].startswith("---"):
            return line + 1
    return 0 if at < _MOST_ABOVE else None


_MOST_ABOVE = 300
_TOP_FIELD = re.compile(r"[\"']?([A-Za-z]\w{0,60})[\"']?:")
_MARKS = re.compile(r"[ ]{1,8}(?:labels|annotations):")


def _is_called_part(findings: Sequence[Finding], own: Sequence[str]) -> bool:
    """Whether the comments above the first line of an object, or above what it lacks something in, call it a part."""
    at = min(finding.range.start.line for finding in findings) - 1
    start = _begin(own, at)
    if start is None:
        return False
    head = own[start : min(at + 1, start + _MOST_OF_HEAD)]
    comments = (line[:_LONGEST_COMMENT] for line in head if line.lstrip().startswith("#"))
    return any(map(_CALLED_PART.search, comments))


_MOST_OF_HEAD = 60
_CALLED_PART = re.compile(
    r"(?i)\b(?:partial|fragment|skeleton|stub|server[- ]side[- ](?:apply|applied)|applied[ ]server[- ]side|strategic[ ]merge)\b"
    r"|\b(?:merged|patched|laid|overlaid)[ ](?:into|on|onto|over)\b"
)
_OF_PODS = frozenset(("Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"))
_WRONG_IN_PARTS = ("field-unknown", "value-wrong-type", "api-removed", "kind-unknown")


def _of_exercises(
    findings: Iterable[Finding], files: Mapping[str, str], lines: Callable[[str], Sequence[str]]
) -> Iterator[tuple[int, str]]:
    """What is wrong among exercises in finding mistakes; a removed version is nobody's exercise.

    The name of a folder says it, a page with the solution in the folder of the file or one above, or comments that count the mistakes.
    """
    asked = [f for f in findings if _is_candidate(f) and f.rule not in forms.OF_VERSIONS]
    solved: dict[str, bool] = {}
    for finding in asked:
        if finding.file not in solved:
            solved[finding.file] = _has_solution(finding.file, files[finding.file]) or any(
                _COUNTS_MISTAKES.match(line, 0, _LONGEST_COMMENT) for line in lines(finding.file)[:_MOST_LINES]
            )
        if solved[finding.file] or _EXERCISES.search(finding.file):
            yield id(finding), OF_AN_EXERCISE


def _has_solution(file: str, full: str) -> bool:
    """Whether a page with the solution stands beside a file, or in a folder above it, but not in the folder that is checked."""
    folder = full
    for _ in range(file.count("/")):
        folder = os.path.dirname(folder)
        if any(witness.exists(os.path.join(folder, name)) for name in _SOLUTIONS):
            return True
    return False


OF_AN_EXERCISE = "exercise in finding mistakes"
_EXERCISES = re.compile(r"(?i)(?:^|/)[^/]*(?:troubleshoot|fix[-_](?:me|it|the)\b)[^/]*/")
_SOLUTIONS = ("solution.md", "SOLUTION.md", "Solution.md")
_COUNTS_MISTAKES = re.compile(
    r"(?i)[ \t]*#[ \t]*(?:bug|mistake|fault)[ ]#?\d{1,2}\b"
    r"|[ \t]*#.*\b(?:intentional|deliberate)(?:ly)?[ ]+(?:wrong|broken|invalid|bad|typo|mistake|bug)"
)
_LONGEST_COMMENT = 300
_MOST_LINES = 2_000


def _is_candidate(finding: Finding) -> bool:
    return finding.category in (Category.REJECTED, Category.BROKEN, Category.RISKY)


def _may_be_changed(finding: Finding) -> bool:
    """Whether it matters for a finding what commands do with its file before it is applied, or with what is built of it."""
    return finding.category is Category.REJECTED and (not finding.unit or forms.is_of_value(finding.rule))


_NOTHING = commands.Told()


def _reason(finding: Finding, told: commands.Told, embedded: bool, own: Sequence[str]) -> str | None:
    """Why what a finding says is not so of what is applied in the end; None: it is."""
    if told.tests and not told.sends:
        return OF_A_TEST
    if embedded and not told.sends and _NOT_BY_DEFAULT in finding.message:
        return EMBEDDED  # the program asks the server whether it has this version
    if finding.rule in forms.OF_VERSIONS:
        return None
    if embedded and not told.sends:
        return EMBEDDED
    rule, at = finding.rule, finding.range.start.line - 1
    if finding.category is not Category.REJECTED:
        return None
    if forms.is_of_value(rule) and at < len(own):
        value = own[at] if rule == "yaml-syntax" else forms.value_of(finding, own)
        # What is built is applied as it is built, or through a script that replaces its own marks in it.
        fills = told.elsewhere.marks_built if finding.unit else told.fills
        if fills(own[at], value):
            return FILLED_IN
    if finding.unit:
        return None
    if (told.copied or (rule in _OF_WHOLES and (told.reads or told.forked))) and not told.sends:
        return COMPLETED_BY_A_PROGRAM
    return OF_A_TOOL if told.tools and not told.sends and forms.is_custom(finding) else None
