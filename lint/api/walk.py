"""Would the API server decode it, and are its values ones that it takes? Node x catalogue -> `rejected` findings.

One walk over a document does everything that is data: unknown and missing fields, types, enums, ranges, formats, list keys,
exclusive sets. What spans fields is a rule; the walk notes which rules want to see which nodes.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any

from kubetrial.lint.api import dropped, statefulsets
from kubetrial.lint.api.checked import Walked
from kubetrial.lint.api.fields import (
    BYTES,
    CODES,
    FITS,
    FOLDER,
    LIST,
    MAP,
    STRING,
    STRUCT,
    Check,
    Field,
    Type,
    is_bytes_in_a_list,
)
from kubetrial.lint.objects import views
from kubetrial.lint.rule import EVERY, Rule
from kubetrial.lint.values.records import replace
from kubetrial.lint.yaml.node import Found, Node
from kubetrial.schemas.minors import NEWEST


@functools.cache
def _read(name: str) -> Any:
    """A file of the catalogue: read once, whoever asks, and never changed."""
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return json.load(file)


class Catalogue:
    """The types of one Kubernetes minor; package files are read and types compiled on demand.

    `rules_for` gives the rules that visit a type, of those that can tell something about an object (the engine decides which are
    selected, and loads them). `enabled` are apiVersions that the cluster's API server serves though by default it does not. A `bare`
    one knows types and what the server drops, and no constraints: of objects that are only seen by others.
    """

    def __init__(
        self,
        minor: int = NEWEST,
        rules_for: Callable[[str, int], tuple[Rule, ...]] = lambda name, telling: (),
        enabled: Container[str] = (),
        bare: bool = False,
    ) -> None:
        self.minor = minor
        self._bare = bare
        self._enabled = enabled
        self.rules_for = rules_for
        self._packages: dict[str, dict[str, Any]] = {}
        self._types: dict[str, Type] = {}
        self._kinds: dict[str, dict[str, Any]] | None = None

    def kinds(self) -> dict[str, dict[str, Any]]:
        """apiVersion -> kind -> {type, since, until, namespaced, served} over all minors."""
        if self._kinds is None:
            self._kinds = _read("kinds.json")
        return self._kinds

    def kind(self, api_version: str, kind: str) -> dict[str, Any] | None:
        """The entry of a kind that this minor's server serves, or None."""
        entry = self.kinds().get(api_version, {}).get(kind)
        if (
            entry is None
            or not (entry["served"] or api_version in self._enabled)
            or not entry["since"] <= self.minor <= entry["until"]
        ):
            return None
        return dict(entry)

    def type(self, name: str) -> Type:
        """A compiled type by its name, such as `core.v1.PodSpec`."""
        found = self._types.get(name)
        if found is None:
            found = self._types[name] = Type(name)
            self._compile(found)
        return found

    def raw(self, name: str) -> dict[str, Any]:
        """A type as the catalogue's file has it."""
        package = name.rsplit(".", 1)[0]
        if package not in self._packages:
            self._packages[package] = _read(package + ".json")
        entry: dict[str, Any] = self._packages[package][name]
        return entry

    def _compile(self, into: Type) -> None:
        into.fields.compiled_by(self._field)
        written = into.fields.written
        if into.name[0] == UNREAD:
            for name, code, _ in self._entries(into.name[1:]):
                written[name] = _unread(code), _NO_CONSTRAINTS
            return
        is_kept = into.name[0] == dropped.KEPT
        bare = into.name.removeprefix(dropped.KEPT)
        required = []
        for name, code, table in self._entries(bare):
            if dropped.is_off(table, self.minor):
                if "gate" in table:
                    into.dropped[name] = dropped.gated(table, self.minor)
                if not is_kept:
                    written[name] = _unread(code), _NO_CONSTRAINTS
                    continue
            if self.minor <= dropped.KEPT_UNTIL.get((bare, name), 0):
                code = dropped.KEPT + code
            written[name] = code, table
            if table.get("required") and not self._bare:
                required.append((name, "absent" if table["required"] == "present" else "empty"))
        if bare == "core.v1.Container" and self.minor in dropped.RESTART_POLICIES:
            into.dropped["restartPolicy"] = dropped.RESTART_POLICIES[self.minor][1]
        into.required = tuple(required)
        into.visited = bare
        into.view = views.of_part(bare)
        if "*" in self.raw(bare) and not self._bare:
            from kubetrial.lint.api import constraints

            into.checks = constraints.of_struct(self.raw(bare)["*"])

    def _entries(self, bare: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """(name, code of the type, constraints) of the fields of a type that this minor has."""
        for name, entry in self.raw(bare).items():
            if name != "*":
                code, table = (entry, _NO_CONSTRAINTS) if entry.__class__ is str else entry
                if table.get("since", 0) <= self.minor <= table.get("until", 99):
                    yield name, code, table

    def _field(self, code: str, table: Mapping[str, Any]) -> Field:
        checks: tuple[Check, ...] = ()
        if table is not _NO_CONSTRAINTS and not self._bare:
            from kubetrial.lint.api import constraints

            if "before" in table:
                table = _as_of(table, self.minor)
            checks = constraints.of_value(code, table)
        if code[0] == "[" or code[0] == "{":
            inner = self._field(code[1:], table.get("each", _NO_CONSTRAINTS))
            return Field(code, LIST if code[0] == "[" else MAP, inner, checks)
        return Field(code, CODES.get(code, STRUCT), None, checks)


_NO_CONSTRAINTS: Mapping[str, Any] = {}

UNREAD = "~"
"""Before a type's name: the server decodes such a value and drops it before it validates, so only its types are checked."""


def _as_of(table: Mapping[str, Any], minor: int) -> Mapping[str, Any]:
    """The constraints of a minor: `before = { 36 = { format = "ip-of-old" } }` says what held in the minors before 36."""
    earlier = [int(first) for first in table["before"] if minor < int(first)]
    return {**table, **table["before"][str(min(earlier))]} if earlier else table


def _unread(code: str) -> str:
    """The code of the same type in a value that the server drops."""
    bare = code.lstrip("[{")
    return f"{code[: len(code) - len(bare)]}{UNREAD}{bare}" if "." in bare else code


def check(root: Node, type_name: str, catalogue: Catalogue, telling: int = EVERY) -> Walked:
    """Walk an object: everything that the catalogue says about it; `telling` are the rules that can tell something about it."""
    checked, plan = Walked(), catalogue.type(type_name)
    if not isinstance(root, plan.view):
        root = plan.view(root.document, root.parent, root.key, root.value)
    _Walk(catalogue, checked, telling).struct(root, plan)
    if type_name == "apps.v1.StatefulSet":
        _forget_shadowed_volumes(root, checked)
    checked.dropped += dropped.of_kind(root, type_name, catalogue.minor)
    if checked.dropped:
        _say_dropped(checked, catalogue.minor)
    if type_name == "apps.v1.StatefulSet" and catalogue.minor < statefulsets.TEMPLATES_READ:
        statefulsets.judge_template(checked, root, catalogue.minor)
    return checked


def _say_dropped(checked: Walked, minor: int) -> None:
    """Say what the server drops, and take back what was found in it but for types; follows dropDisabledFields."""
    gone = {node.steps for one in checked.dropped for node in one.judged_no_more()}

    def is_kept(node: Node) -> bool:
        steps = node.steps
        return not any(steps[:length] in gone for length in range(1, len(steps) + 1))

    checked.found = [f for f in checked.found if f.rule in ("field-unknown", "value-wrong-type") or is_kept(f.node)]
    checked.found += (dropped.found(one, minor) for one in checked.dropped)


def _forget_shadowed_volumes(root: Node, checked: Walked) -> None:
    """Take back what was found in volumes that a claim template replaces: the server only decodes those."""
    spec = root["spec"]
    made = [node.at("metadata", "name").value for node in spec["volumeClaimTemplates"].items()]
    names = [name for name in made if name.__class__ is str]
    volumes = spec.at("template", "spec", "volumes")
    shadowed = {node.key for node in volumes.items() if node.get("name") in names} if names else ()
    if not shadowed:
        return

    def is_read(node: Node) -> bool:
        steps = node.steps
        return steps[:4] != ("spec", "template", "spec", "volumes") or len(steps) < 5 or steps[4] not in shadowed

    checked.found = [f for f in checked.found if f.rule in ("field-unknown", "value-wrong-type") or is_read(f.node)]
    checked.visits = [(rules, node) for rules, node in checked.visits if is_read(node)]


def check_metadata(root: Node, catalogue: Catalogue, telling: int = EVERY) -> Walked:
    """Walk only the metadata: of an object whose own schema is not known."""
    checked = Walked()
    plan = catalogue.type("meta.v1.ObjectMeta")
    metadata = root.view(plan.view, "metadata")
    walk = _Walk(catalogue, checked, telling)
    if metadata.value.__class__ is dict:
        walk.struct(metadata, plan)
    elif metadata.value is not None:
        walk._wrong(root, "metadata", catalogue.type("core.v1.ConfigMap").fields["metadata"], metadata.value)
    return checked


class _Walk:
    """The walk's constants, so that its innermost calls pass only what changes."""

    __slots__ = ("catalogue", "checked", "telling", "types")

    def __init__(self, catalogue: Catalogue, checked: Walked, telling: int) -> None:
        self.catalogue = catalogue
        self.checked = checked
        self.telling = telling
        self.types = catalogue._types

    def struct(self, node: Node, plan: Type) -> None:
        value = node.value
        if plan.telling is not self.telling and plan.visited:
            plan.rules, plan.telling = self.catalogue.rules_for(plan.visited, self.telling), self.telling
        if plan.rules:
            self.checked.visits.append((plan.rules, node))
        fields = plan.fields
        for name, inner in value.items():
            try:
                field = fields[name]
            except KeyError:
                self.checked.found.append(_unknown(node, name, plan))
                continue
            if inner is None:
                continue
            if field.kind != STRING:
                self._value(node, name, field, inner)
            elif inner.__class__ is not str:
                self._wrong(node, name, field, inner)
            else:
                for check in field.checks:
                    found = check(inner, node, name)
                    if found is not None:
                        self.checked.found += found
        if plan.required:
            self._required(node, plan)
        stored = node
        if plan.dropped and any(name in value for name in plan.dropped):
            stored = self._drop(node, plan)
        for struct_check in plan.checks:
            found = struct_check(stored)
            if found is not None:
                self.checked.found += found

    def _required(self, node: Node, plan: Type) -> None:
        """Say which required fields a struct does not have."""
        for name, missing in plan.required:
            inner = node.value.get(name)
            if inner is None or (missing == "empty" and inner in ("", [], {})):
                if inner is not None and any(one.parent is node and one.key == name for one in self.checked.broken):
                    continue  # it has been said to have a wrong type
                self.checked.found.append(_missing(node, name))

    def _drop(self, node: Node, plan: Type) -> Node:
        """Note the fields of a struct that the server drops; returns it without them."""
        kept = plan.name[0] == dropped.KEPT
        left = dict(node.value)
        for name, gated in plan.dropped.items():
            one = dropped.field(node, name, gated, self.catalogue.minor) if left.get(name) is not None else None
            if one is not None:
                self.checked.dropped.append(replace(one, kept=True) if kept else one)
                if not (kept or one.kept):
                    left[name] = one.becomes
        return type(node)(node.document, node.parent, node.key, left)

    def _value(self, parent: Node, key: str | int, field: Field, value: Any) -> None:
        """Check a value that is not null against its field."""
        kind = field.kind
        if not FITS[kind](value):
            if kind == BYTES and is_bytes_in_a_list(value):
                # Go reads a list of numbers as bytes; rules expect text, so they see none.
                self.checked.broken.append(Node(parent.document, parent, key, value))
            else:
                self._wrong(parent, key, field, value)
            return
        if kind == STRUCT:
            plan = self.types.get(field.code) or self.catalogue.type(field.code)
            self.struct(plan.view(parent.document, parent, key, value), plan)
        elif kind == LIST:
            self._list(Node(parent.document, parent, key, value), field)
        elif kind == MAP:
            self._map(Node(parent.document, parent, key, value), field)
        for check in field.checks:
            found = check(value, parent, key)
            if found is not None:
                self.checked.found += found

    def _list(self, node: Node, field: Field) -> None:
        """Check the items of a list."""
        inner = field.inner
        assert inner is not None
        if inner.kind != STRUCT:
            for index, item in enumerate(node.value):
                if item is not None:
                    self._value(node, index, inner, item)
                elif inner.kind == STRING and inner.checks:
                    # The server reads a null item as an empty text.
                    self._value(node, index, inner, "")
            return
        plan = self.types.get(inner.code) or self.catalogue.type(inner.code)
        for index, item in enumerate(node.value):
            if item.__class__ is dict:
                self.struct(plan.view(node.document, node, index, item), plan)
            elif item is None:
                # The server reads a null item as an item with nothing in it.
                self.struct(plan.view(node.document, node, index, {}), plan)
            else:
                self._wrong(node, index, inner, item)

    def _map(self, node: Node, field: Field) -> None:
        """Check the values of a mapping."""
        inner = field.inner
        assert inner is not None
        plain = inner.kind == STRING and not inner.checks
        for name, item in node.value.items():
            if item is not None and not (plain and item.__class__ is str):
                self._value(node, name, inner, item)
            elif item is None and inner.kind == STRUCT:
                self._value(node, name, inner, {})

    def _wrong(self, parent: Node, key: str | int, field: Field, value: Any) -> None:
        from kubetrial.lint.api import constraints

        node = Node(parent.document, parent, key, value)
        self.checked.broken.append(node)
        self.checked.found.append(constraints.wrong_type(node, field.code))


def _unknown(node: Node, name: str, plan: Type) -> Found:
    from kubetrial.lint.api import constraints

    return constraints.unknown_field(node, name, plan.fields.all())


def _missing(node: Node, name: str) -> Found:
    from kubetrial.lint.api import constraints

    return constraints.missing_field(node, name)
