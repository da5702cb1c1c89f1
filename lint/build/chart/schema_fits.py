"""Whether a schema surely takes values, told for the plain words of JSON Schema alone.

Most values fit, and most schemas use few words: this answer spares loading the library that explains what does not fit. Three answers are
possible: True, False, and None for what is not known here (rarer words, references out of the schema, a schema that is none).
Follows the vocabularies "core", "applicator" and "validation" of https://json-schema.org/draft/2020-12 and the drafts 4 to 2019-09.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from kubetrial.lint.values import digits
from kubetrial.lint.values.equality import key_of, keys_of
from kubetrial.lint.values.regexp import search, syntax
from kubetrial.lint.values.remembered import remembered

MOST_STEPS = 100_000
"""Subschemas that one check may visit, and names that it may hold against patterns."""
_TYPES = frozenset(["array", "boolean", "integer", "null", "number", "object", "string"])
_RARE = frozenset(
    ["$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveAnchor", "$recursiveRef", "$vocabulary", "additionalItems", "contains",
     "dependencies", "dependentRequired", "dependentSchemas", "disallow", "divisibleBy", "exclusiveMaximum", "exclusiveMinimum",
     "extends", "id", "maxContains", "minContains", "multipleOf", "prefixItems", "unevaluatedItems", "unevaluatedProperties"]
)  # fmt: skip
_TEXTS = frozenset(["$comment", "$id", "$ref", "$schema", "description", "format", "pattern", "title"])
_COUNTS = frozenset(["maxItems", "maxLength", "maxProperties", "minItems", "minLength", "minProperties"])
_SWITCHES = frozenset(["deprecated", "readOnly", "uniqueItems", "writeOnly"])
_MAPS = frozenset(["$defs", "definitions", "patternProperties", "properties"])
_ONES = frozenset(["additionalProperties", "else", "if", "items", "not", "propertyNames", "then"])
_LISTS = frozenset(["allOf", "anyOf", "oneOf"])
ASSERTED = (
    "date", "time", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "regex", "uri", "iri", "uri-reference",
    "iri-reference", "json-pointer", "relative-json-pointer", "semver", "uuid",
)  # fmt: skip
"""Formats that drafts before 2019 assert, and on which the two readers agree."""
_LATER = {
    "draft-04": frozenset(["const", "else", "if", "propertyNames", "then"]),
    "draft-06": frozenset(["else", "if", "then"]),
}
"""Words that say nothing yet in a draft."""
_ANCHOR = re.compile(r"#[\w./-]+")
"""A name that generators give each part of a schema in drafts 6 and 7; it moves nothing that a reference says."""
_ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_LAST = "2020-12"

Answer = bool | None


def fits(schema: Any, values: Any) -> Answer:
    """Whether a schema takes values (their whole numbers as ints); None where that is not known."""
    if not isinstance(schema, dict) or not is_plain(schema):
        return None
    try:
        return _Check(schema).answer(schema, values)
    except (_Unknown, RecursionError):
        return None


class _Unknown(Exception):
    """Something that is not known here."""


def is_plain(schema: dict[str, Any], whole: dict[str, Any] | None = None) -> bool:
    """Whether a schema is well-formed and says nothing that is not known here; `whole` is that of which it is a part."""
    root = schema if whole is None else whole
    draft = schema.get("$schema", _LAST)
    if not isinstance(draft, str) or "draft-03" in draft:  # what is no known draft is read as the last
        return False
    is_first, named = "draft-04" in draft, ("draft-06" in draft or "draft-07" in draft)
    later = _later(draft)
    anchors: list[str] = []
    waiting: list[Any] = [schema]
    steps = 0
    while waiting:
        one = waiting.pop()
        steps += 1
        if steps > MOST_STEPS or not (isinstance(one, dict) or (isinstance(one, bool) and not is_first)):
            return False
        for word, said in one.items() if isinstance(one, dict) else ():
            if word in later:
                continue
            if word in _RARE or not _is_word(word, said) or (is_first and word == "required" and not said):
                return False
            if word == "$ref" and not target_of(root, said)[0]:
                return False
            if word == "$id" and one is not schema:
                if not named or _ANCHOR.fullmatch(said) is None:
                    return False
                anchors.append(said)
            waiting.extend(_inner(word, said))
    return len(set(anchors)) == len(anchors)


def target_of(root: Any, reference: str) -> tuple[bool, Any]:
    """Whether a reference leads to a place in the schema itself, and what stands there.

    (True, None) for what is not known: names, and what must be fetched.
    """
    if reference[:2] != "#/":
        return reference[:1] == "#" or _ABSOLUTE.match(reference) is not None, None
    target = root
    for part in unquote(reference[2:]).split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(target, list) and (index := digits.whole(key)) is not None and index < len(target):
            target = target[index]
        elif isinstance(target, dict) and key in target:
            target = target[key]
        else:
            return False, None
    return True, target


def missing_reference(schema: Any) -> str | None:
    """The first reference of a schema to what is not in it, nor to be fetched: Helm reads all, those that no value reaches too.

    Definitions that nothing refers to are not read. A schema with names of its own for its parts (`$id`) is not looked into.
    """
    is_old = "draft-0" in str(schema.get("$schema", "")) if isinstance(schema, dict) else False
    waiting: list[Any] = [schema]
    seen: set[int] = set()
    while waiting and len(seen) < MOST_STEPS:
        one = waiting.pop()
        if not isinstance(one, dict) or id(one) in seen:
            continue
        seen.add(id(one))
        if one is not schema and isinstance(one.get("$id", one.get("id")), str):
            return None
        said = one.get("$ref")
        if isinstance(said, str):
            is_there, target = target_of(schema, said)
            if not is_there:
                return said if said[:1] == "#" or ("$id" not in schema and "id" not in schema) else None
            waiting.append(target)
            if is_old:
                continue  # what stands beside a reference is passed over
        waiting.extend(_read_below(one))
    return None


def _read_below(schema: Mapping[str, Any]) -> Iterable[Any]:
    """The subschemas that Helm reads with a schema."""
    for word, said in schema.items():
        if word in ("patternProperties", "properties", "dependencies", "dependentSchemas") and isinstance(said, dict):
            yield from said.values()
        elif word in (*_LISTS, *_ONES, "additionalItems", "contains", "prefixItems"):
            yield from said if isinstance(said, list) else [said]


def _later(draft: str) -> frozenset[str]:
    """The words that say nothing yet in the draft that a schema names."""
    return frozenset().union(*(words for name, words in _LATER.items() if name in draft))


def _inner(word: str, said: Any) -> Iterable[Any]:
    """The subschemas that a word of a schema holds."""
    if word in _MAPS:
        return list(said.values())
    if word in _LISTS:
        return list(said)
    return [said] if word in _ONES and not (word == "additionalProperties" and isinstance(said, bool)) else []


def _is_word(word: str, said: Any) -> bool:
    """Whether what a schema says by one word has the form of it."""
    if word in _TEXTS:
        return isinstance(said, str)
    if word in _COUNTS:
        return isinstance(said, int) and not isinstance(said, bool) and said >= 0
    if word in _SWITCHES:
        return isinstance(said, bool)
    if word in _MAPS:
        return isinstance(said, dict)
    if word in _LISTS or word in ("enum", "required"):
        texts = word == "required"
        return isinstance(said, list) and (_are_texts(said) and len(set(said)) == len(said) if texts else bool(said))
    if word in ("maximum", "minimum"):
        return _is_number(said)
    if word == "examples":
        return isinstance(said, list)
    if word == "type":
        names = said if isinstance(said, list) else [said]
        return bool(names) and _are_texts(names) and len(set(names)) == len(names) and _TYPES.issuperset(names)
    return True


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(one, str) for one in values)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _all(answers: Iterable[Answer]) -> Answer:
    """True where all hold, False where one does not."""
    known = True
    for answer in answers:
        if answer is False:
            return False
        known = known and answer is True
    return True if known else None


def _any(answers: Iterable[Answer]) -> Answer:
    found = _all(None if answer is None else not answer for answer in answers)
    return None if found is None else not found


def _one(answers: Iterable[Answer]) -> Answer:
    held = list(answers)
    if held.count(True) > 1:
        return False
    return None if None in held else held.count(True) == 1


class _Check:
    """One check: the whole schema, which references lead into, and the work that is left."""

    def __init__(self, root: dict[str, Any]) -> None:
        self.root, self.left = root, MOST_STEPS
        self.later = _later(str(root.get("$schema", _LAST)))
        self.plain: set[int] = set()  # what references lead to, by identity: the schema stays as long as the check

    def answer(self, schema: Any, value: Any) -> Answer:
        """Whether a subschema takes a value."""
        self.left -= 1
        if self.left < 0:
            raise _Unknown
        if isinstance(schema, bool):
            return schema
        answers = [self.word(word, said, schema, value) for word, said in schema.items()]
        if "$ref" in schema and False in answers:
            # Older drafts pass over what stands beside a reference.
            return False if self.word("$ref", schema["$ref"], schema, value) is False else None
        return _all(answers)

    def word(self, word: str, said: Any, schema: Mapping[str, Any], value: Any) -> Answer:
        """What one word of a schema says of a value."""
        check = _WORDS.get(word) if word not in self.later else None
        return True if check is None else check(self, said, schema, value)

    def reference(self, said: str, schema: Mapping[str, Any], value: Any) -> Answer:
        """`$ref`, into the schema itself."""
        if not said.startswith("#") or "%" in said:
            raise _Unknown
        target: Any = self.root
        for part in said[1:].split("/")[1:] if len(said) > 1 else ():
            key = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(target, dict) or key not in target:
                raise _Unknown
            target = target[key]
        if said[1:2] not in ("", "/") or not isinstance(target, (dict, bool)):
            raise _Unknown
        if target is not self.root and isinstance(target, dict) and id(target) not in self.plain:
            if not is_plain({**target, "$schema": self.root.get("$schema", _LAST)}, self.root):
                raise _Unknown  # it may lie where no schema is looked for
            self.plain.add(id(target))
        return self.answer(target, value)

    def fields(self, said: Mapping[str, Any], schema: Mapping[str, Any], value: Any) -> Answer:
        """`properties`."""
        if not isinstance(value, dict):
            return True
        return _all([self.answer(inner, value[name]) for name, inner in said.items() if name in value])

    def patterns(self, said: Mapping[str, Any], schema: Mapping[str, Any], value: Any) -> Answer:
        """`patternProperties`."""
        if not isinstance(value, dict):
            return True
        self.left -= searches(said, value)
        if self.left < 0:
            raise _Unknown
        pairs = [
            (inner, held) for pattern, inner in said.items() for name, held in value.items() if _matches(pattern, name)
        ]
        return _all([self.answer(inner, held) for inner, held in pairs])

    def others(self, said: Any, schema: Mapping[str, Any], value: Any) -> Answer:
        """`additionalProperties`."""
        if not isinstance(value, dict):
            return True
        known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        self.left -= searches(patterns, value)
        if self.left < 0:
            raise _Unknown
        names = [name for name in value if name not in known and not any(_matches(one, name) for one in patterns)]
        return _all([self.answer(said, value[name]) for name in names])

    def items(self, said: Any, schema: Mapping[str, Any], value: Any) -> Answer:
        """`items`."""
        return _all([self.answer(said, item) for item in value]) if isinstance(value, list) else True

    def names(self, said: Any, schema: Mapping[str, Any], value: Any) -> Answer:
        """`propertyNames`."""
        return _all([self.answer(said, name) for name in value]) if isinstance(value, dict) else True

    def branch(self, said: Any, schema: Mapping[str, Any], value: Any) -> Answer:
        """`if`, `then` and `else`."""
        holds = self.answer(said, value)
        if holds is None:
            return None
        return self.answer(schema.get("then" if holds else "else", True), value)


def searches(patterns: Any, value: Any) -> int:
    """How many searches it takes to hold the names of a mapping against patterns."""
    return len(patterns) * len(value) if isinstance(value, dict) else 0


_problem = remembered(256)(syntax.problem)


def _matches(pattern: str, text: str) -> bool:
    """Whether a pattern is found in a text, as Go looks for it."""
    if _problem(pattern) is not None:
        raise _Unknown
    try:
        return search.matches(pattern, text)
    except search.Unsupported:
        raise _Unknown from None


def _has_type(said: Any, value: Any) -> bool:
    for name in said if isinstance(said, list) else [said]:
        if name == "null":
            found = value is None
        elif name == "boolean":
            found = isinstance(value, bool)
        elif name in ("integer", "number"):
            found = _is_number(value) and (name == "number" or isinstance(value, int))
        else:
            found = isinstance(value, {"array": list, "object": dict, "string": str}[name])
        if found:
            return True
    return False


def _is_among(said: list[Any], value: Any) -> Answer:
    """`enum`; containers are not compared."""
    if isinstance(value, (dict, list)):
        return None if any(isinstance(one, (dict, list)) for one in said) else False
    return key_of(value) in keys_of(said)


def _are_unique(value: Any) -> Answer:
    """`uniqueItems`; lists of other things than texts are not looked into."""
    if not isinstance(value, list) or len(value) < 2:
        return True
    return len(set(value)) == len(value) if _are_texts(value) else None


def _size(kind: type, least: bool) -> Callable[[_Check, Any, Mapping[str, Any], Any], Answer]:
    def run(_: _Check, said: int, schema: Mapping[str, Any], value: Any) -> Answer:
        if not isinstance(value, kind):
            return True
        size = len(value)  # type: ignore[arg-type]
        return size >= said if least else size <= said

    return run


_WORDS: dict[str, Callable[[_Check, Any, Mapping[str, Any], Any], Answer]] = {
    "$ref": _Check.reference,
    "additionalProperties": _Check.others,
    "allOf": lambda check, said, schema, value: _all([check.answer(one, value) for one in said]),
    "anyOf": lambda check, said, schema, value: _any([check.answer(one, value) for one in said]),
    "const": lambda check, said, schema, value: _is_among([said], value),
    "enum": lambda check, said, schema, value: _is_among(said, value),
    "format": lambda check, said, schema, value: None if said in ASSERTED and isinstance(value, str) else True,
    "if": _Check.branch,
    "items": _Check.items,
    "maxItems": _size(list, False),
    "maxLength": _size(str, False),
    "maxProperties": _size(dict, False),
    "maximum": lambda check, said, schema, value: not _is_number(value) or value <= said,
    "minItems": _size(list, True),
    "minLength": _size(str, True),
    "minProperties": _size(dict, True),
    "minimum": lambda check, said, schema, value: not _is_number(value) or value >= said,
    "not": lambda check, said, schema, value: _not(check.answer(said, value)),
    "oneOf": lambda check, said, schema, value: _one([check.answer(one, value) for one in said]),
    "pattern": lambda check, said, schema, value: not isinstance(value, str) or _matches(said, value),
    "patternProperties": _Check.patterns,
    "properties": _Check.fields,
    "propertyNames": _Check.names,
    "required": lambda check, said, schema, value: not isinstance(value, dict) or all(name in value for name in said),
    "type": lambda check, said, schema, value: _has_type(said, value),
    "uniqueItems": lambda check, said, schema, value: not said or _are_unique(value),
}


def _not(answer: Answer) -> Answer:
    return None if answer is None else not answer
