"""The objects of units that are built, and the patches that no unit is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kubetrial.lint.build.document import BuiltDocument
from kubetrial.lint.engine.checked import Checked
from kubetrial.lint.engine.placing import via_of
from kubetrial.lint.engine.reading import objects_of_document, view_of
from kubetrial.lint.files import left, template
from kubetrial.lint.files.text import Text
from kubetrial.lint.finding import Finding, ObjectRef
from kubetrial.lint.objects.views import Object
from kubetrial.lint.rule import Entry

if TYPE_CHECKING:
    from kubetrial.lint.build.division import Division
    from kubetrial.lint.build.origin import Unit


def objects_of_units(division: Division, entries: Mapping[str, Entry], result: Checked) -> Iterator[Object]:
    """The objects of the kustomizations, and what is wrong with or unknown of the sources of all units."""
    for unit in division.kustomizations:
        yield from objects_of_unit(unit, entries, result, division.text_of)
    if division.unlisted:
        result.skip(UNLISTED_PATCH, len(division.unlisted))
    if division.unapplied:
        result.skip("left out by an Application of Argo CD", division.unapplied)
    for unit, problem in division.problems():
        if problem.rule in entries:
            category = entries[problem.rule].category
            result.findings.append(
                Finding(
                    rule=problem.rule,
                    category=category,
                    message=problem.message,
                    file=problem.origin.file,
                    range=problem.origin.value,
                    consequence=problem.consequence or (_NOT_BUILT[unit.kind] if problem.fatal else ""),
                    help=problem.help,
                    object=ObjectRef(*_API_OF[unit.kind], "", unit.name),
                    related=via_of(problem.origin),
                    unit=unit.name if unit.kind == "chart" else "",
                )
            )
    if division.silent:
        result.skip("chart template that prints no object with these values", division.silent)
    result.notes.extend(division.notes)
    said: set[tuple[str, str]] = set()
    for unit, unknown in division.unknown():
        at = f"{unknown.origin.file}:{unknown.origin.value.start.line}"
        if (at, unknown.reason) in said:
            continue  # said once for all values of a chart, and for all overlays of a base
        said.add((at, unknown.reason))
        if unknown.waits_for is not None:
            result.skip(left.LEFT_OPEN)
            result.reading.left.waiting(unit.name, at, unknown.waits_for)
            continue
        result.notes.append(f"{at}: {unknown.reason}; {unit.name} is checked without it")
        result.skip(f"part of a {unit.kind} that cannot be built offline")


UNLISTED_PATCH = "patch that no kustomization lists"


_NOT_BUILT = {
    "kustomization": "kustomize refuses to build it, so nothing of it is applied",
    "chart": "helm refuses the chart, so nothing of it is applied",
}


_API_OF = {"kustomization": ("kustomize.config.k8s.io/v1beta1", "Kustomization"), "chart": ("", "Chart")}


def objects_of_unit(
    unit: Unit,
    entries: Mapping[str, Entry],
    result: Checked,
    text_of: Callable[[str], str | None] = lambda _: None,
) -> Iterator[Object]:
    """The objects of a unit; what has no kind is told, for helm sends it as it stands."""
    text = Text(unit.path, "")
    for position, built in enumerate(unit.objects):
        for obj in objects_of_document(
            BuiltDocument(unit.path, position, unit.name, built, text_of), text, entries, result, among=True
        ):
            if obj.api_version == template.OF_KUSTOMIZE:
                result.skip(template.TOOL)  # a kustomization of transformers, which others run
            elif template.is_encrypted(obj.value):
                # The block goes when the values are decrypted, before the object is applied.
                result.skip(template.ENCRYPTED)
                plain = {name: inner for name, inner in obj.value.items() if name != "sops"}
                yield view_of(obj.document, obj.key if isinstance(obj.key, tuple) else (), plain)
            else:
                yield obj


def beside_kustomizations(texts: Sequence[Text], division: Division | None) -> frozenset[str]:
    """The files that are judged as they stand and lie in or below the folder of a kustomization."""
    if division is None or not division.kustomizations:
        return frozenset()
    folders = {unit.path.rpartition("/")[0] for unit in division.kustomizations}
    for unit in division.kustomizations:
        folders.update(file.rpartition("/")[0] for file in unit.read)
    found = set()
    for text in texts:
        parts = text.name.split("/")[:-1]
        if any("/".join(parts[:length]) in folders for length in range(len(parts), 0, -1)):
            found.add(text.name)
    return frozenset(found)


def is_part_of_another(obj: Object, objects: Sequence[Object], whole: dict[tuple[str, str], list[str]]) -> bool:
    """Whether a kustomization builds an object of this kind and name, a prefix or suffix of the name aside; `whole` keeps their names."""
    if not whole:
        for one in objects:
            if isinstance(one.document, BuiltDocument):
                whole.setdefault((one.group, one.kind), []).append(one.name)
    name = obj.name
    return name != "" and any(
        other == name or other.endswith(f"-{name}") or other.startswith(f"{name}-")
        for other in whole.get((obj.group, obj.kind), ())
    )
