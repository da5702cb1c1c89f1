"""What is found and not told: it hangs on a placeholder or an invented value, or says again what is said already."""

from __future__ import annotations

import re
from typing import Any

from kubetrial.lint.build.document import BuiltDocument, about, invents
from kubetrial.lint.engine import not_applied
from kubetrial.lint.engine.checked import Checked
from kubetrial.lint.files import left, placeholder
from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.yaml.node import Found, Node, file_of, path_of, place_of


def is_judged(found: Found, result: Checked, refused: bool = True) -> bool:
    """Whether a finding is about what the manifest says, and not about a placeholder that is replaced before it is applied.

    `refused`: it says that the object is refused.
    """
    node = found.node
    about_key = found.rule == "field-unknown"
    if invents(node, about_key, found.rule == "value-wrong-type") or any(invents(other) for _, other in found.related):
        result.walk.unjudged.add(about(node.document))
        return False  # what an invented value holds says nothing
    if (reason := not_applied.reason(found)) is not None:
        result.skip(reason)
        if reason == not_applied.FILLED_IN and (blank := placeholder.at(node.root.value, node.steps, node.value)):
            result.reading.left.placeholder(node.document.file, blank)
        return False
    if _is_left_open(found, result, refused):
        return False
    # Whatever stands in a field that is none, it is none; only its name may be a placeholder.
    value = None if about_key and node.value.__class__ is str else _as_written(node)
    part = placeholder.at(
        node.root.value,
        node.steps,
        value,
        wrong_type=found.rule == "value-wrong-type",
        inside=found.rule in ("value-malformed", "custom-resource-rule-broken"),
    )
    if part is None or _is_in_other_case(part, found):
        return True
    if part == placeholder.ENCRYPTED:
        return False
    result.skip(not_applied.FILLED_IN)
    result.reading.left.placeholder(node.document.file, part)
    return False


def _as_written(node: Node) -> Any:
    """The value of a node; of what was emptied, because it cannot be read as it stands, the text that stands there."""
    if node.value is not None:
        return node.value
    value = node.document.value
    try:
        for step in path_of(node):
            value = value[step]
    except (KeyError, IndexError, TypeError):
        return None
    return value if value.__class__ is str else None


_OF_KNOWN_WORDS = ("field-unknown", "kind-unknown", "value-unsupported")
"""Rules that know all the words that may stand somewhere, and say which one is meant."""


def _is_in_other_case(part: str, found: Found) -> bool:
    """Whether a word in capitals is no placeholder but a known word, which its help names: `EXTERNALNAME`."""
    return found.rule in _OF_KNOWN_WORDS and part.isalpha() and part.lower() in re.findall("[a-z]+", found.help.lower())


_OF_ABSENCE = pattern(r"-(?:without|missing|incomplete|unclear|empty)(?:-|$)")
"""Rules that may say of a mapping or list that something is not in it."""


def _is_left_open(found: Found, result: Checked, refused: bool) -> bool:
    """Whether a finding is about what a chart leaves to its user: then it is counted, with the values that are to be given.

    What is allowed to be left out, and better is not, is said of what the chart brings: only a text may be half of one.
    """
    node = found.node
    document = node.document
    if not isinstance(document, BuiltDocument) or not hasattr(document.built, "waits_for"):
        return False
    if found.rule == "autoscaler-target-without-requests" and hasattr(document.built, "invents"):
        # Whoever turns an autoscaler on gives the requests with it, where the chart leaves them open.
        return any(_leaves_open_beside(other, "resources") for _, other in found.related)
    if not refused and node.value.__class__ is not str:
        return False
    way = path_of(node)
    is_scalar = node.value.__class__ not in (dict, list)
    if found.key and not (found.rule == "field-missing" and is_scalar) and not _OF_ABSENCE.search(found.rule):
        return False
    if is_scalar and (document.is_random(way) or _fits_another_release(found, document.release)):
        result.skip(left.LEFT_OPEN)
        result.walk.unjudged.add(about(document))
        return True
    name = ""
    if found.rule == "volume-mount-without-volume" and node.value.__class__ is str and "volumeMounts" in way:
        # What is missing is not where it is missed.
        way, name, is_scalar = (*way[: way.index("volumeMounts") - 2], "volumes"), node.value, False
    absent = not is_scalar and _OF_ABSENCE.search(found.rule) is not None
    waits_for = document.waits_for(way, absent, name) if is_scalar or not node.value or absent else None
    if waits_for is None:
        return False
    result.skip(left.LEFT_OPEN)
    result.walk.unjudged.add(about(document))
    result.reading.left.waiting(document.unit, f"{file_of(node)}:{place_of(node).start.line}", waits_for)
    return True


def _leaves_open_beside(node: Node, field: str) -> bool:
    """Whether a chart leaves what stands in a field beside this one to its user."""
    document, way = node.document, (*path_of(node)[:-1], field)
    return isinstance(document, BuiltDocument) and document.waits_for(way, True) is not None


_MOST_SIGNS = pattern(r"at most (\d{1,3}) (?:characters|are allowed)")
_SHORT_RELEASE = 3


def _fits_another_release(found: Found, release: str) -> bool:
    """Whether a text is too long only for the name of the release in it, which is one of ours, and fits with a short one."""
    text, most = found.node.value, _MOST_SIGNS.search(found.message)
    if not release or most is None or text.__class__ is not str or release not in text:
        return False
    return len(text) - len(release) + _SHORT_RELEASE <= int(most[1]) < len(text)


def hangs_on_placeholder(found: Found, result: Checked) -> bool:
    """Whether what a finding compares with is a value that is replaced before it is applied."""
    for _, node in found.related:
        value = _as_written(node)
        part = placeholder.at(node.root.value, node.steps, value) if value.__class__ is str else None
        if part is not None:
            result.skip(not_applied.FILLED_IN)
            result.reading.left.placeholder(node.document.file, part)
            return True
    return False


def is_caused(found: Found, cluster: Cluster) -> bool:
    """Whether a related place of a finding lies in a file that was asked about."""
    return any(node.document.file in cluster.reported for _, node in found.related)


def echoes(found: Found, result: Checked) -> bool:
    """Whether a finding only says again that a value has a wrong type: rules see such a value as absent, or as zero."""
    return any(_is_broken(node, result) for node in (found.node, *(other for _, other in found.related)))


def _is_broken(node: Node, result: Checked) -> bool:
    """Whether a value of a wrong type stands at a place, above it or in it."""
    broken = result.walk.broken.get((id(node.document), node.root.key), ())
    return any(node.steps[: len(way)] == way[: len(node.steps)] for way in broken)
