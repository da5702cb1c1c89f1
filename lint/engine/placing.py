"""From what a rule found to a finding: its place in a file, the object, the sources of a built value, the order."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kubetrial.lint.build.document import BuiltDocument
from kubetrial.lint.engine.checked import Checked
from kubetrial.lint.finding import REFUSED, Category, Finding, Fix, ObjectRef, Position, Range, Related
from kubetrial.lint.objects.views import Object
from kubetrial.lint.rule import Entry
from kubetrial.lint.values.records import replace
from kubetrial.lint.yaml import source
from kubetrial.lint.yaml.document import Problem
from kubetrial.lint.yaml.node import Found, Node, file_of, place_of

if TYPE_CHECKING:
    from kubetrial.lint.build.origin import Origin


@functools.lru_cache(maxsize=1)
def ref(obj: Object) -> ObjectRef:
    """How reports name an object; its findings come one after the other."""
    return ObjectRef(obj.api_version, obj.kind, obj.namespace, obj.name)


def say_internal_error(result: Checked, what: str, error: Exception, node: Node | None) -> None:
    """One finding that names what raised, a rule or a step of the check."""
    if any(f.rule == "internal-error" and f.message.startswith(f"{what} ") for f in result.findings):
        return
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    message = f"{what} failed: {type(error).__name__}: {error}"
    result.internal_error = True
    at = Range(Position(1, 1), Position(1, 2))
    where, document, obj = "", 0, ObjectRef()
    if node is not None:
        root = node.root
        where, document = node.document.file, node.document.index
        obj = ref(root) if isinstance(root, Object) else ObjectRef()
        at = place_of(node)
    result.findings.append(
        Finding(
            rule="internal-error",
            category=Category.BROKEN,
            level="error",
            message=message,
            file=where,
            document=document,
            range=at,
            object=obj,
            path=node.path if node is not None else "",
            consequence="this part of the check did not run; everything else did",
            help="this is a mistake in kubetrial, not in the manifest: report it with the manifest",
            trace=(f"{frame.name}, line {frame.lineno}",),
        )
    )


def placed(found: Found, root: Node, entries: Mapping[str, Entry], speaker: str = "") -> Finding:
    """A finding at its place in the file; the speaker is the rule that says it, where it does not name one itself."""
    rule = found.rule or speaker
    obj = root if isinstance(root, Object) else Object(root.document, root.parent, root.key, root.value)
    category = entries[rule].category if rule in entries else Category.REJECTED
    return Finding(
        rule=rule,
        category=category,
        level=found.level or category.level,
        message=found.message,
        file=file_of(found.node, found.key),
        range=found.range(),
        document=found.node.document.index,
        consequence=found.consequence or (REFUSED if category is Category.REJECTED else ""),
        help=found.help,
        object=ref(obj),
        path=found.path or found.node.path,
        template=_template(found.node.document.text, found.node.root.value),
        related=_related(found),
        each=tuple(placed(one, root, entries, rule) for one in found.each),
        trace=found.trace,
        unit=document.unit if isinstance(document := found.node.document, BuiltDocument) else "",
        fix=_fix(found),
    )


def _fix(found: Found) -> Fix | None:
    """What mends a finding: what two objects look like as one is no ground for it, and of a built object it stands in the source
    of the finding itself, or in the one line of a values file that is printed there.
    """
    fix, document = found.fix, found.node.document
    if fix is None or document.is_torn:
        return None
    if isinstance(document, BuiltDocument):
        there = document.behind(found.node.steps) if not found.key else None
        place = there[1] if there is not None else found.range()
        mends = all(edit.range == place for edit in fix.edits)
        return replace(fix, file=there[0] if there is not None else "") if mends else None
    return fix if document.text else None


def _related(found: Found) -> tuple[Related, ...]:
    """The places that explain a finding: what the rule names, and the other sources of a built value."""
    related = [Related(text, file_of(node), place_of(node)) for text, node in found.related]
    document = found.node.document
    if isinstance(document, BuiltDocument):
        origin, exact = document.built.origin(found.node.steps)
        at_key = origin.key_at is not None and (found.key or not exact)
        related += via_of(origin.key_at if at_key and origin.key_at is not None else origin)
    return tuple(related)


def via_of(origin: Origin) -> tuple[Related, ...]:
    """The other sources of a built value."""
    return tuple(Related(via.role or "written here too", via.file, via.value) for via in origin.via)


def _template(text: str, value: Any = None) -> str:
    """The file that a rendered document names as its source.

    Helm writes `# Source: chart/templates/file.yaml` above each, kustomize the annotation config.kubernetes.io/origin
    (buildMetadata: [originAnnotations]), whose text is YAML with `path` or `configuredIn`.
    """
    at = text.find("# Source: ", 0, 400)
    if at >= 0 and (at == 0 or text[at - 1] == "\n"):
        return text[at + 10 :].split("\n", 1)[0].strip()
    metadata = value.get("metadata") if isinstance(value, dict) else None
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    origin = annotations.get("config.kubernetes.io/origin") if isinstance(annotations, dict) else None
    if origin.__class__ is str:
        rows = str(origin)[:2000].splitlines()
        # What a generator makes has no path: the kustomization that names the generator is where it is changed.
        for key in ("path: ", "configuredIn: "):
            for row in rows:
                if row.startswith(key):
                    return row[len(key) :].strip().strip("'\"")
    return ""


def text_finding(
    problem: Problem, name: str, position: int, read: source.Source, entries: Mapping[str, Entry]
) -> Finding:
    """A finding about the text of a document: it cannot be read, or has a key twice."""
    related = (Related("the key stands first here", name, problem.first),) if problem.first else ()
    obj = ObjectRef()
    for document in read.documents:
        if document.index == position and document.value.__class__ is dict:
            obj = ref(Object(document, None, "", document.value))
    return Finding(
        rule=problem.rule,
        # What stops kubectl, and not the server, is no refusal of the API server.
        category=entries[problem.rule].category if problem.refused else Category.BROKEN,
        message=problem.message,
        file=name,
        range=problem.range,
        document=position,
        path=problem.path,
        object=obj,
        related=related,
        consequence=problem.consequence or "the API server refuses the document; nothing of it is applied",
        help=problem.help,
        fix=problem.fix,
    )


def _order(finding: Finding) -> tuple[str, int, int, int, int, str, str, str]:
    """What findings are sorted by, in plain values, which compare faster than ranges."""
    start, end = finding.range.start, finding.range.end
    where = (finding.file, start.line, start.column, end.line, end.column)
    return (*where, finding.rule, finding.path, finding.message)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sorted by place, each said once, equals numbered so that every fingerprint is its own."""
    seen: set[tuple[Any, ...]] = set()
    counts: dict[tuple[Any, ...], int] = {}
    ordered = []
    for finding in sorted(findings, key=_order):
        identity = (*_order(finding), finding.document)
        if identity in seen:
            continue
        seen.add(identity)
        alike = (finding.rule, finding.file, finding.object, finding.path)
        number = counts.get(alike, 0)
        counts[alike] = number + 1
        ordered.append(replace(finding, ordinal=number) if number else finding)
    return ordered
