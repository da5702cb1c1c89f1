"""The words of schemas/constraints/*.toml: what each checks, and how it is said.

Each word becomes a small function that is made once for a field and returns its findings, or None where all is well. The rules
that speak here (field-unknown, value-unsupported ...) have their manual pages in rules/, like every other rule.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kubetrial.lint.api import fields as types
from kubetrial.lint.values.digits import whole
from kubetrial.lint.values.nearest import nearest
from kubetrial.lint.yaml.node import Found, Node

if TYPE_CHECKING:
    from kubetrial.lint.finding import Fix

Several = tuple[Found, ...] | None
"""What a check finds; None, and not an empty tuple, where it finds nothing."""

Check = Callable[[Any, Node, "str | int"], "Several"]

FORMATS = {
    # word of the tables -> module in kubetrial.lint.values, function: None when good, else the reason in plain words
    "dns-label": ("names", "dns_label"),
    "dns-subdomain": ("names", "dns_subdomain"),
    "dns1035-label": ("names", "dns1035_label"),
    "qualified-name": ("names", "qualified_name"),
    "label-value": ("names", "label_value"),
    "env-var-name": ("names", "env_var_name"),
    "config-map-key": ("names", "config_map_key"),
    "port-name": ("names", "port_name"),
    "http-header-name": ("names", "http_header_name"),
    "wildcard-subdomain": ("names", "wildcard_subdomain"),
    "path-segment": ("names", "path_segment"),
    "fully-qualified-name": ("names", "fully_qualified_name"),
    "c-identifier": ("names", "c_identifier"),
    "ip": ("addresses", "ip_problem"),
    "ip-of-any-form": ("addresses", "ip_problem_of_old"),
    "percent": ("names", "percent"),
    "domain-prefixed-path": ("names", "domain_prefixed_path"),
    "signer-name": ("names", "signer_name"),
    "sysctl-name": ("names", "sysctl_name"),
    "windows-user-name": ("names", "windows_user_name"),
    "csi-driver-name": ("drivers", "csi_driver"),
    "provisioner-name": ("drivers", "provisioner"),
    "extended-resource-name": ("resources", "extended_problem"),
    "container-resource-name": ("resources", "container_problem"),
    "device-pool": ("devices", "pool"),
    "device-attribute": ("devices", "attribute"),
    "device-attribute-full": ("devices", "full_attribute"),
    "semantic-version": ("devices", "version"),
    "relative-path": ("references", "relative_path_problem"),
    "path-without-backsteps": ("references", "backsteps_problem"),
    "name-or-prefix": ("references", "name_or_prefix_problem"),
}

_TYPE_WORDS = {
    "s": "text", "b": "true or false", "i": "a whole number", "l": "a whole number", "n": "a number", "y": "base64 text",
    "q": "a quantity", "x": "a whole number or text", "t": "a time", "u": "a time with a fraction of a second", "o": "a mapping",
}  # fmt: skip


def of_value(code: str, table: Mapping[str, Any]) -> tuple[Check, ...]:
    """The checks of a field's constraints, in the order in which they are said."""
    return tuple(_MAKERS[word](argument, code, table) for word, argument in table.items() if word in _MAKERS)


def of_struct(table: Mapping[str, Any]) -> tuple[Callable[[Node], Several], ...]:
    """The checks of a struct's `"*"` table: sets of fields that exclude one another."""
    checks: list[Callable[[Node], Several]] = []
    for word, sets in table.items():
        checks.extend(_exclusive(fields, word == "exactlyOne") for fields in sets)
    return tuple(checks)


MOST_FIELDS = 400
"""More fields in one place are no schema that people write: to look for a slip among them, for each unknown one, takes for ever."""


def unknown_field(node: Node, name: str, fields: Iterable[str]) -> Found:
    """The server decodes strictly: a field that its type does not have is refused."""
    known = list(fields)
    close = nearest(name, known) if len(known) <= MOST_FIELDS else None
    where = node.path or "the object"
    help_text = f"write `{close}`" if close else f"remove it; {where} has {_listed(sorted(known))}"
    message = f"unknown field `{name}`" + (f" in {node.path}" if node.path else "")
    child = Node(node.document, node, name, node.value[name])
    fix = (
        _renaming(child, name, close, fields)
        if close and node.value.get(close) is None and close not in node.value
        else None
    )
    return child.found(message, help=help_text, key=True, fix=fix).by("field-unknown")


def _renaming(node: Node, name: str, close: str, fields: Iterable[str]) -> Fix | None:
    """Rename a field to the near one: certain where only case differs, or where nothing else can be meant and the value fits."""
    from kubetrial.lint.yaml import edits

    def bare(word: str) -> str:
        return word.lower().replace("-", "").replace("_", "")

    certain = bare(name) == bare(close) and sum(bare(other) == bare(name) for other in fields) == 1
    if not certain:
        others = [other for other in fields if other != close]
        certain = (
            nearest(name, others) is None and _has_type_of(node.value, fields, close) and not _is_known_elsewhere(name)
        )
    return edits.fixed(f"rename it to {close}", edits.rename_key(node, close), safe=certain)


def _has_type_of(value: Any, fields: Iterable[str], name: str) -> bool:
    """Whether a value has the type of a field (of a struct or list, on the outside)."""
    field = fields[name] if isinstance(fields, Mapping) else None
    if not isinstance(field, types.Field) or value is None:
        return False  # of a custom kind, whose schema is judged again after the change
    return types.FITS[field.kind](value)


_field_names: set[str] = set()


def _is_known_elsewhere(name: str) -> bool:
    """Whether some type of Kubernetes has a field of this name: then it may only stand at the wrong level."""
    if not _field_names:
        import json
        import os

        for file in os.listdir(types.FOLDER):
            if file != "kinds.json":
                with open(os.path.join(types.FOLDER, file), encoding="utf-8") as stream:
                    for fields in json.load(stream).values():
                        _field_names.update(fields)
    return name in _field_names


def missing_field(node: Node, name: str) -> Found:
    """A field that the server requires is absent, null or empty."""
    where = node.path or "the object"
    child = node[name]
    state = "is empty" if child.present else "is missing"
    found = child.found(
        f"`{name}` {state} in {where}; the API server requires it", help=f"set `{name}`", key=child.present
    )
    return found.by("field-missing")


def wrong_type(node: Node, code: str) -> Found:
    """A value of another type than its field's."""
    value = node.value
    name = f"`{node.key}`" if isinstance(node.key, str) else f"item {node.key}"
    reason, hint = _type_reason(value, code)
    return node.found(f"{name} must be {reason}", help=hint, fix=_retyping(node, code)).by("value-wrong-type")


_WHOLE = "-?(0|[1-9][0-9]{0,17})"
"""Whole numbers that are the same in every base that YAML may read them in."""


def _retyping(node: Node, code: str) -> Fix | None:
    """Put quotes around what has to be text, and take them off what has to be a number, true or false."""
    import re

    from kubetrial.lint.yaml import edits

    value = node.value
    if code == "s" and value.__class__ in (int, float, bool):
        return edits.fixed("put it in quotes as it is written", edits.quote_value(node), safe=True)
    if value.__class__ is not str:
        return None
    if code in ("i", "l", "n") and re.fullmatch(_WHOLE, value) and (code != "i" or -(1 << 31) <= int(value) < 1 << 31):
        return edits.fixed(f"write {int(value)} without quotes", edits.replace_plain(node, int(value)), safe=True)
    if code == "b" and value.lower() in ("true", "false", "yes", "no", "on", "off"):
        meant = value.lower() in ("true", "yes", "on")
        word = "true" if meant else "false"
        return edits.fixed(f"write {word}", edits.replace_plain(node, meant), safe=value.lower() == word)
    return None


def _type_reason(value: Any, code: str) -> tuple[str, str]:
    """(what the value must be and what it is, what to write instead)."""
    if code in "qytu" and value.__class__ is str:
        from kubetrial.lint.values import durations

        problem = {
            "q": _quantity_problem,
            "y": types.base64_problem,
            "t": durations.time_problem,
            "u": durations.micro_time_problem,
        }[code](value)
        return f"{_TYPE_WORDS[code]}: {shown(value)} {problem or 'is none'}", ""
    if code[0] == "[":
        want = "a list"
    elif code[0] == "{":
        want = "a mapping"
    else:
        want = _TYPE_WORDS.get(code, "a mapping")
    hint = ""
    if code == "s" and value.__class__ in (int, float, bool):
        # The document's text may be `yes` or `0644`; quoting what is written is the cure in each case.
        hint = "put it in quotes"
    elif code in ("i", "l", "n") and value.__class__ is str and value.strip("-").isdigit():
        hint = f"write {value} without quotes"
    elif code in ("i", "x") and value.__class__ is int:
        return f"{want} that fits into 32 bits, and {value} does not", ""
    elif code == "l" and value.__class__ is int:
        return f"{want} that fits into 64 bits, and {value} does not", ""
    elif code == "b" and value.__class__ is str and value.lower() in ("true", "false", "yes", "no", "on", "off"):
        hint = f"write {'true' if value.lower() in ('true', 'yes', 'on') else 'false'} without quotes"
    elif code[0] == "[" and value.__class__ is dict:
        hint = "put `- ` before its first field"
    return f"{want}, not {described(value)}", hint


def described(value: Any) -> str:
    """A value in a message: its kind, and itself when it is short."""
    if value.__class__ is dict:
        return "a mapping"
    if value.__class__ is list:
        return "a list"
    if value is True or value is False:
        return f"the boolean {'true' if value else 'false'}"
    if value.__class__ in (int, float):
        return f"the number {value}"
    return f"the text {shown(value)}"


def shown(value: Any) -> str:
    """A value quoted for a message, cut when it is long."""
    text = value if value.__class__ is str else repr(value) if value.__class__ is not bool else str(value).lower()
    text = text.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return f"`{text}`" if len(text) <= 60 else f"`{text[:57]}...`"


def _listed(words: list[str], most: int = 8) -> str:
    return ", ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")


def _quantity_problem(value: str) -> str | None:
    from kubetrial.lint.values import quantity

    try:
        quantity.parse(value)
    except quantity.QuantityError as error:
        return f"is none: {error}"
    return None


def _say(rule: str, node: Node, message: str, help_text: str = "", *, key: bool = False) -> tuple[Found, ...]:
    return (node.found(message, help=help_text, key=key).by(rule),)


def _child(parent: Node, key: str | int, value: Any) -> Node:
    return Node(parent.document, parent, key, value)


def _enum(allowed: list[str], code: str, table: Mapping[str, Any]) -> Check:
    values = frozenset(allowed)
    empty_is_unset = not table.get("emptyRefused", False)

    def check(value: Any, parent: Node, key: str | int) -> Several:
        if value in values or (value == "" and empty_is_unset):
            return None
        close = nearest(str(value), allowed)
        message = f"{_named(key)} is {shown(value)}; supported: {', '.join(allowed)}"
        node = _child(parent, key, value)
        fix = _respelling(node, close, allowed) if close else None
        help_text = f"write `{close}`" if close else f"write {_one_of(allowed)}"
        return (node.found(message, help=help_text, fix=fix).by("value-unsupported"),)

    return check


def _respelling(node: Node, close: str, allowed: list[str]) -> Fix | None:
    """Write the supported word: certain where only upper and lower case differ."""
    from kubetrial.lint.yaml import edits

    alike = [word for word in allowed if word.lower() == str(node.value).lower()]
    safe = alike == [close]
    return edits.fixed(f"write {close}", edits.replace_value(node, close), safe=safe)


def _one_of(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"one of {', '.join(words)}"


def _named(key: str | int) -> str:
    return f"`{key}`" if key.__class__ is str else f"item {key}"


def _minimum(low: int, code: str, table: Mapping[str, Any]) -> Check:
    high = table.get("max")
    bounds = f"from {low} to {high}" if high is not None else f"{low} or more"

    def check(value: Any, parent: Node, key: str | int) -> Several:
        if value.__class__ is str or value >= low:
            return None
        said = f"{_named(key)} is {value}; it must be {bounds}"
        return _say("value-out-of-range", _child(parent, key, value), said, f"write {low} or more")

    return check


def _maximum(high: int, code: str, table: Mapping[str, Any]) -> Check:
    low = table.get("min")
    bounds = f"from {low} to {high}" if low is not None else f"at most {high}"

    def check(value: Any, parent: Node, key: str | int) -> Several:
        if value.__class__ is str or value <= high:
            return None
        said = f"{_named(key)} is {value}; it must be {bounds}"
        return _say("value-out-of-range", _child(parent, key, value), said, f"write {high} or less")

    return check


def _format(name: str, code: str, table: Mapping[str, Any]) -> Check:
    module, function = FORMATS[name]
    reason_of: Callable[[str], str | None] | None = None
    empty_is_unset = not table.get("emptyRefused", False)

    def check(value: Any, parent: Node, key: str | int) -> Several:
        nonlocal reason_of
        if value.__class__ is not str or (value == "" and empty_is_unset):
            return None  # of a number-or-text field, a format speaks of the text
        if reason_of is None:
            reason_of = getattr(importlib.import_module(f"kubetrial.lint.values.{module}"), function)
        reason = reason_of(value)
        if reason is None:
            return None
        said = f"{_named(key)} is {shown(value)}: {reason}"
        return _say("value-malformed", _child(parent, key, value), said, _written(value, name, reason_of))

    return check


_EXAMPLES = {
    "ip": "10.9.8.7 or 2001:db8::1",
    "ip-of-any-form": "10.9.8.7 or 2001:db8::1",
    "percent": "a percentage such as 25%",
    "domain-prefixed-path": "a name such as example.com/path",
    "fully-qualified-name": "a name such as checks.example.com",
    "signer-name": "a name such as example.com/signer",
    "wildcard-subdomain": "a name such as *.example.com",
    "port-name": "a name such as http: at most 15 lower-case letters, digits and '-'",
    "csi-driver-name": "the name of a driver, such as csi.example.com",
    "provisioner-name": "the name of a driver, such as csi.example.com",
    "extended-resource-name": "a name such as example.com/gpu",
    "container-resource-name": "cpu, memory or ephemeral-storage",
    "device-pool": "a name such as node-1",
    "device-attribute": "a name such as model",
    "device-attribute-full": "a name such as example.com/model",
    "semantic-version": "a version such as 1.2.3",
    "relative-path": "a path such as conf/app.yaml",
    "path-without-backsteps": "the path without ..",
}
"""What a text of a format looks like, where the wrong one does not show what was meant."""


def _written(value: str, name: str, form: Callable[[str], str | None]) -> str:
    """What to write in place of a text of the wrong form."""
    from kubetrial.lint.values.respelled import instead

    example = _EXAMPLES.get(name)
    return instead(value, form, f"write {example}" if example else "write another name")


def _max_length(most: int, code: str, table: Mapping[str, Any]) -> Check:
    def check(value: Any, parent: Node, key: str | int) -> Several:
        length = len(value.encode("utf-8", "surrogatepass"))
        if length <= most:
            return None
        return _say(
            "value-too-long",
            _child(parent, key, value),
            f"{_named(key)} has {length} bytes; at most {most} are allowed",
            "shorten it",
        )

    return check


def _max_items(most: int, code: str, table: Mapping[str, Any]) -> Check:
    def check(value: Any, parent: Node, key: str | int) -> Several:
        if len(value) <= most:
            return None
        return _say(
            "value-too-long",
            _child(parent, key, value),
            f"{_named(key)} has {len(value)} items; at most {most} are allowed",
            f"keep {most} of them",
            key=True,
        )

    return check


def _unique(argument: Any, code: str, table: Mapping[str, Any]) -> Check:
    """`unique = true`: no item twice."""

    def check(value: Any, parent: Node, key: str | int) -> Several:
        seen = set()
        found: list[Found] = []
        for index, item in enumerate(value):
            if item.__class__ in (dict, list):
                continue  # the type is wrong, and has been said to be
            if item in seen:
                node = _child(_child(parent, key, value), index, item)
                found += _say("item-duplicate", node, f"{shown(item)} stands twice in `{key}`", "remove one of them")
            seen.add(item)
        return tuple(found) or None

    return check


def _list_key(field: str, code: str, table: Mapping[str, Any]) -> Check:
    """`key = "name"`: no two items with the same name; with `emptyRefused`, no two without one either."""
    empty_counts = table.get("emptyRefused", False)
    unset = "" if empty_counts else None

    def check(value: Any, parent: Node, key: str | int) -> Several:
        seen: dict[Any, int] = {}
        several: list[Found] = []
        for index, item in enumerate(value):
            name = item.get(field, unset) if item.__class__ is dict else None
            if name.__class__ is not str or (not name and not empty_counts):
                continue
            if name in seen:
                items = _child(parent, key, value)
                node = _child(items, index, item)[field]
                first = _child(items, seen[name], value[seen[name]])[field]
                found = node.found(
                    f"`{key}` has two items with the {field} {shown(name)}",
                    help=f"give each its own {field}, or remove one",
                    related=((f"the first {shown(name)}", first),),
                )
                several.append(found.by("item-duplicate"))
            else:
                seen[name] = index
        return tuple(several) or None

    return check


def _keys(name: str, code: str, table: Mapping[str, Any]) -> Check:
    """`keys = "qualified-name"`: the format of a map's keys; the server names the map itself."""
    module, function = FORMATS[name]

    def check(value: Any, parent: Node, key: str | int) -> Several:
        reason_of = getattr(importlib.import_module(f"kubetrial.lint.values.{module}"), function)
        found: list[Found] = []
        for entry in value:
            reason = reason_of(entry)
            if reason is not None:
                node = _child(_child(parent, key, value), entry, value[entry])
                said = f"the key {shown(entry)} in `{key}`: {reason}"
                found += _say("value-malformed", node, said, _written(entry, name, reason_of), key=True)
        return tuple(found) or None

    return check


def _sign(wanted: str, code: str, table: Mapping[str, Any]) -> Check:
    """`sign = "positive"` or `"nonnegative"`, of a quantity."""
    least = 1 if wanted == "positive" else 0

    def check(value: Any, parent: Node, key: str | int) -> Several:
        from kubetrial.lint.values import quantity

        if quantity.parse(value).unscaled >= least:
            return None
        bound = "above zero" if least else "zero or more"
        said = f"{_named(key)} is {value}; it must be {bound}"
        return _say("value-out-of-range", _child(parent, key, value), said, f"write an amount {bound}")

    return check


def _max_percent(most: int, code: str, table: Mapping[str, Any]) -> Check:
    """`maxPercent = 100`, of a number or percentage: the percentage has a limit, the number has none."""

    def check(value: Any, parent: Node, key: str | int) -> Several:
        if value.__class__ is not str or value[-1:] != "%" or (whole(value[:-1]) or 0) <= most:
            return None
        said = f"{_named(key)} is {value}; it must be at most {most}%"
        return _say("value-out-of-range", _child(parent, key, value), said, f"write {most}% or less")

    return check


def _forbidden(reason: str, code: str, table: Mapping[str, Any]) -> Check:
    def check(value: Any, parent: Node, key: str | int) -> Several:
        return _say(
            "field-forbidden",
            _child(parent, key, value),
            f"`{key}` cannot be set here: {reason}",
            "remove it",
            key=True,
        )

    return check


def _exclusive(fields: list[str], one_needed: bool) -> Callable[[Node], Several]:
    """At most one of the fields, or exactly one of them."""

    def check(node: Node) -> Several:
        present = [name for name in fields if node.value.get(name) is not None]
        if len(present) > 1:
            first = _child(node, present[0], node.value[present[0]])
            return tuple(
                _child(node, name, node.value[name])
                .found(
                    f"`{name}` and `{present[0]}` exclude one another",
                    help=f"keep one of {', '.join(present)}",
                    key=True,
                    related=((f"`{present[0]}`", first),),
                )
                .by("fields-exclusive")
                for name in present[1:]
            )
        if one_needed and not present:
            return _say("field-missing", node, f"one of {', '.join(fields)} is required in {node.path}", key=True)
        return None

    return check


_MAKERS: dict[str, Callable[[Any, str, Mapping[str, Any]], Check]] = {
    "enum": _enum,
    "min": _minimum,
    "max": _maximum,
    "format": _format,
    "maxLength": _max_length,
    "maxItems": _max_items,
    "unique": _unique,
    "key": _list_key,
    "keys": _keys,
    "sign": _sign,
    "maxPercent": _max_percent,
    "forbidden": _forbidden,
}
