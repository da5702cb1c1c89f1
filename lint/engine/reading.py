"""From texts to objects; what is wrong with a text, and what is no manifest, becomes findings or counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kubetrial.lint import parallel
from kubetrial.lint.api.versions import is_own_kind, removed
from kubetrial.lint.build.document import invents
from kubetrial.lint.engine.checked import Checked
from kubetrial.lint.engine.placing import placed, text_finding
from kubetrial.lint.files import kustomize, placeholder, recognition, substitution, template
from kubetrial.lint.files.text import Text
from kubetrial.lint.objects import views
from kubetrial.lint.objects.views import Object
from kubetrial.lint.rule import Entry
from kubetrial.lint.yaml import source
from kubetrial.lint.yaml.document import Document
from kubetrial.lint.yaml.node import Found

WORTH_READING = 200_000
"""So many characters to read are."""


def parsed(texts: Sequence[Text], jobs: int) -> list[source.Source]:
    """What the texts hold, read in shares where they are much."""
    unread = [text for text in texts if text.parsed is None]

    def work(start: int, stop: int) -> list[source.Source]:
        return [source.read(text.name, text.text) for text in unread[start:stop]]

    parts = parallel.shares([len(text.text) for text in unread], jobs, work, WORTH_READING)
    read = iter([one for part in parts for one in part])
    return [next(read) if text.parsed is None else text.parsed for text in texts]


def objects_of(
    texts: Sequence[Text], entries: Mapping[str, Entry], result: Checked, jobs: int = 1, schema_dirs: Sequence[str] = ()
) -> Iterator[Object]:
    """The objects of all texts; what is wrong with a text, and what is no manifest, becomes findings or counts."""
    reads = list(zip(texts, parsed(texts, jobs), strict=True))
    roles = result.reading.kustomizations = _kustomizations(reads)
    values = [document.value for _, read in reads for document in read.documents]
    defined = recognition.defined_kinds(values) | _of_folders(values, schema_dirs)
    filled_in = substitution.substitutions(values)
    overlaid = {_folder(text.name) for text, _ in reads if template.is_ytt_overlay(text.text)}
    for text, read in reads:
        role = roles.role(text.name) if roles is not None else None
        if role is None and _folder(text.name) in overlaid:
            role = template.YTT
        if role is not None:
            _left_alone(role, text, result)
            continue
        if text.reported or text.parsed is None or filled_in:
            yield from _objects_in(text, read, defined, filled_in, entries, result)
            continue
        known = read.known.get("objects")
        if known is None or known[0] != defined:
            part = Checked()
            objects = list(_objects_in(text, read, defined, (), entries, part))
            known = read.known["objects"] = defined, objects, part.reading.unread
        result.reading.unread |= known[2]
        yield from known[1]


def _of_folders(values: Sequence[Any], schema_dirs: Sequence[str]) -> frozenset[tuple[str, str]]:
    """(group, kind) that schema folders define, of documents without metadata: others of this form are for programs."""
    bare = {
        (value["apiVersion"], value["kind"])
        for value in (values if schema_dirs else ())
        if _says_kind(value) and "metadata" not in value and "." in value["apiVersion"].rpartition("/")[0]
    }
    if not bare:
        return frozenset()
    from kubetrial.lint.api.custom import schema_files

    return schema_files.Folders(schema_dirs).defined(bare)


def _objects_in(
    text: Text,
    read: source.Source,
    defined: frozenset[tuple[str, str]],
    filled_in: Sequence[substitution.Substitution],
    entries: Mapping[str, Entry],
    result: Checked,
) -> Iterator[Object]:
    """The objects of one text."""
    templates = "{{" in text.text and template.in_chart_templates(text.name)
    whole = template.YTT if template.is_ytt(text.text) else template.SHELL if template.is_script(text.text) else None
    reasons = [whole or _reason(document, text, templates, defined) for document in read.documents]
    among = any(
        reason is None and recognition.is_object(document.value, is_own_kind)
        for document, reason in zip(read.documents, reasons, strict=True)
    )
    _problems(text, read, entries, result, among)
    for document, reason in zip(read.documents, reasons, strict=True):
        if reason is not None:
            _left_alone(reason, text, result)
            if reason == template.TOOL and text.reported:
                result.reading.configurations.append(views.Configuration(document, None, (), document.value))  # type: ignore[arg-type]
        else:
            filled = document.holding(substitution.filled(document, filled_in)) if filled_in else document
            yield from objects_of_document(filled, text, entries, result, among)


def _reason(document: Document, text: Text, templates: bool, defined: frozenset[tuple[str, str]]) -> str | None:
    """Why a document is no object for the API server; None: it may be one."""
    if templates and "{{" in document.text:
        return template.HELM
    value = document.value
    if value.__class__ is dict:
        api, kind = value.get("apiVersion"), value.get("kind")
        if api.__class__ is str and kind.__class__ is str:
            if template.is_excerpt(value, text.name) or recognition.is_skeleton(value):
                return template.EXCERPT
            if template.is_printed(value):
                return template.PRINTED
            if recognition.is_values(value, text.name):
                return recognition.NOT_A_MANIFEST
            client = recognition.client_only(api, kind)
            if client is None and recognition.is_of_catalogue(value, is_own_kind):
                client = recognition.CLIENT
            if client is not None and not _has_name(value):
                return client
            if (api.rpartition("/")[0], kind) in defined or (kind.endswith("List") and "items" in value):
                return None
            if client is not None:
                return client
    return template.other_than_manifest(value, text.name)


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


def _has_name(value: Mapping[str, Any]) -> bool:
    metadata = value.get("metadata")
    return metadata.__class__ is dict and bool(metadata.get("name") or metadata.get("generateName"))


def _kustomizations(reads: Sequence[tuple[Text, source.Source]]) -> Any:
    """What the kustomizations of the set say about the other files; None where there are none."""
    every: list[kustomize.Kustomization] = []
    for text, read in reads:
        if text.name.rpartition("/")[2] in kustomize.FILE_NAMES:
            every.extend(k for d in read.documents if (k := kustomize.read(text.name, d.value)) is not None)
    return kustomize.Kustomizations(tuple(every), frozenset(text.name for text, _ in reads)) if every else None


def _problems(text: Text, read: source.Source, entries: Mapping[str, Entry], result: Checked, among: bool) -> None:
    """Findings about the text itself: documents that cannot be read, keys that stand twice.

    `among`: other documents of the text are objects. Else a text has to look like a manifest itself.
    """
    among = among or text.name.rpartition("/")[2] in kustomize.FILE_NAMES
    meant = {
        document.index: among or recognition.is_nearly_object(document.value, is_own_kind)
        for document in read.documents
    }
    unread = {index: chunk for index, _, chunk in read.unread}
    if unread:
        result.reading.unread.add(text.name)
    for position, problem in read.problems:
        if position in unread:
            reason = template.template_reason(unread[position], text.name, text.text)
            if reason is not None:
                _left_alone(reason, text, result)
                continue
            if placeholder.unreadable(unread[position]):
                if text.reported:
                    result.reading.left.placeholder(text.name, "")
                continue
            meant[position] = among or recognition.looks_like_manifest(unread[position])
        if not meant.get(position, among):
            if text.reported and position in unread:
                result.skip(recognition.NOT_A_MANIFEST)
            continue
        if text.reported and problem.rule in entries:
            result.findings.append(text_finding(problem, text.name, position, read, entries))


_TEMPLATES = frozenset(
    (
        template.HELM,
        template.GO,
        template.JINJA,
        template.ERB,
        template.FREEMARKER,
        template.HANDLEBARS,
        template.TERRAFORM,
        template.YTT,
        template.VARIABLES,
    )
)


def _left_alone(reason: str, text: Text, result: Checked) -> None:
    """Say and count a document that is no manifest yet."""
    if reason in _TEMPLATES:
        result.reading.unread.add(text.name)
    if text.reported:
        result.skip(reason)
        if reason in _TEMPLATES:
            result.reading.left.template(text.name, reason)


def objects_of_document(
    document: Document, text: Text, entries: Mapping[str, Entry], result: Checked, among: bool = False
) -> Iterator[Object]:
    """The objects of one document: itself, or the items of a List. `among`: other documents of the text are objects."""
    value = document.value
    if value is None:
        if text.reported:
            result.skip("empty document")
        return
    root = Object(document, None, (), value)  # type: ignore[arg-type]
    if not recognition.is_object(value, is_own_kind) and not (among and _says_kind(value)):
        said = list(_no_object(root, among))
        if text.reported:
            result.findings.extend(placed(found, root, entries) for found in said if found.rule in entries)
            if not said:
                result.skip(recognition.NOT_A_MANIFEST)
        return
    for way, item in recognition.items_of(value):
        if item is not None:
            yield view_of(document, way, item)
        elif text.reported and "field-missing" in entries:
            found = root.at(*way).found("an item of this List has no apiVersion and kind", help="set both")
            result.findings.append(placed(found.by("field-missing"), root, entries))


def _says_kind(value: Any) -> bool:
    return value.__class__ is dict and all(
        value.get(name).__class__ is str and value[name] for name in ("apiVersion", "kind")
    )


def _no_object(root: Object, among: bool) -> Iterator[Found]:
    """What is wrong with a document that was meant as an object and is none; nothing where it belongs to another program."""
    value = root.value
    if recognition.is_of_programs(value, root.document.file):
        return
    if value.__class__ is list and any(
        item.__class__ is dict and "apiVersion" in item and "kind" in item for item in value
    ):
        found = root.found(
            "a manifest is a mapping, and this document is a list of objects",
            help="write each object as a document of its own (`---` between them), or wrap them in a List",
            consequence="kubectl finds no apiVersion and kind and applies nothing",
        )
        yield found.by("value-wrong-type")
    elif value.__class__ is not dict:
        if among:
            found = root.found(
                "a document among objects is no object but a plain value or list",
                help="write it as an object; a line `---` inside of a text cuts the document in two",
                consequence="kubectl stops with an error at this document",
            )
            yield found.by("value-wrong-type")
    elif among or recognition.is_nearly_object(value, is_own_kind):
        if recognition.is_unfinished(value) or template.in_documentation(root.document.file):
            return  # documentation shows parts of objects
        for name in ("apiVersion", "kind"):
            if (value.get(name).__class__ is not str or not value[name]) and not invents(root[name]):
                found = root[name].found(
                    f"`{name}` is missing or no text; without it this is no Kubernetes object",
                    help=f"set `{name}`",
                    consequence="kubectl stops with an error at this document",
                    key=True,
                )
                yield found.by("field-missing")


def view_of(document: Document, prefix: tuple[str | int, ...], value: dict[str, Any]) -> Object:
    """An object as the view of its kind; the prefix is its path in the document (inside a List)."""
    api, kind = value["apiVersion"], value["kind"]
    group, _, version = api.rpartition("/")
    cls = views.of_type(f"{(group or 'core').split('.')[0]}.{version}.{kind}") or _view_of_removed(api, kind)
    return cls(document, None, prefix, value)  # type: ignore[arg-type]


def _view_of_removed(api: str, kind: str) -> type[Object]:
    """The view of a kind in a version that was removed, where the version that took over has the same fields."""
    entry = removed().get(api, {}).get(kind)
    if entry is None or not entry.get("replacement") or not entry.get("same", True):
        return Object
    group, _, version = str(entry["replacement"]).rpartition("/")
    return views.of_type(f"{(group or 'core').split('.')[0]}.{version}.{kind}") or Object
