"""Patches in themselves: parts of an object, held against its schema with everything optional.

A strategic merge patch names fields as the object does, so a misspelt one or one of a wrong type is wrong whatever it is laid over. What
is missing, and what several fields together say, only shows in the object that comes out. Follows strategicpatch of apimachinery.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from kubetrial.lint.yaml.node import Found

_SAID = frozenset(("field-unknown", "value-wrong-type"))
_DIRECTIVES = ("$patch", "$retainKeys", "$setElementOrder", "$deleteFromPrimitiveList")
_DEEPEST = 100


def without_directives(value: Any, depth: int = 0) -> Any:
    """A patch without the keys that say how to lay it over; in place of what it deletes stands null, so that places stay."""
    if depth > _DEEPEST:
        return value
    if value.__class__ is dict:
        return {
            name: without_directives(inner, depth + 1)
            for name, inner in value.items()
            if not (name.__class__ is str and name.startswith(_DIRECTIVES))
        }
    if value.__class__ is list:
        return [without_directives(inner, depth + 1) for inner in value]
    return value


def said_of_patch(found: Iterable[Found]) -> list[Found]:
    """Of what is wrong with a patch as an object, what is wrong in any object."""
    return [one for one in found if one.rule in _SAID and one.node.value is not None and not _is_directive(one)]


def has_directive(found: Iterable[Found]) -> bool:
    """Whether an object says how it is laid over another one, which only a patch does."""
    return any(map(_is_directive, found))


def _is_directive(found: Found) -> bool:
    if found.rule != "field-unknown" or found.node.steps[-1:] != ("$patch",):
        return False
    return found.node.value in ("delete", "merge", "replace")


def is_part(found: Iterable[Found]) -> bool:
    """Whether an object lacks so much that it was written as a part of another one, not as one with a mistake."""
    return sum(one.rule == "field-missing" for one in found) > 1


def is_called_patch(path: str, found: Iterable[Found]) -> bool:
    """Whether a file is a patch by its name, as `kubectl patch --patch-file` takes it, and its object lacks what a whole one has."""
    return _PATCH.search(path) is not None and any(one.rule == "field-missing" for one in found)


_PATCH = re.compile(r"(?:^|[-_./])patch(?:es)?(?:[-_.][^/]*)?\.(?:ya?ml|json)\Z")


def is_bare(found: Iterable[Found]) -> bool:
    """Whether a workload has neither the selector nor the image that every one has: it was never meant to be applied alone."""
    missing = {one.node.steps[-1:] for one in found if one.rule == "field-missing"}
    return {("selector",), ("image",)} <= missing
