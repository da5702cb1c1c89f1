"""Events of YAML texts: the only module that knows ruamel.yaml, whose C parser (libyaml) scans."""

from __future__ import annotations

from typing import Any

from kubetrial.lint.yaml.scalars import NotReadable
from ruamel.yaml.cyaml import CParser
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

__all__ = [
    "AliasEvent",
    "DocumentEndEvent",
    "DocumentStartEvent",
    "MappingEndEvent",
    "MappingStartEvent",
    "ScalarEvent",
    "SequenceEndEvent",
    "SequenceStartEvent",
    "StreamEndEvent",
    "YAMLError",
    "events",
    "syntax",
]


class _EventParser(CParser):  # type: ignore[misc]
    """libyaml's parser without composer and constructor."""


def events(text: str) -> Any:
    """The function that returns the next event of a text; parser errors arrive as NotReadable."""
    try:
        return _EventParser(text).get_event
    except YAMLError as error:
        raise syntax(error, text) from None
    except UnicodeEncodeError as error:  # a chart's bytes that are no UTF-8 come as surrogates
        raise NotReadable("it is no UTF-8 text", error.start) from None


def syntax(error: YAMLError, text: str) -> NotReadable:
    """An error of the parser in our words, at its mark."""
    if isinstance(error, MarkedYAMLError):
        from kubetrial.lint.yaml.errors import in_words

        mark = error.problem_mark or error.context_mark
        begun = error.context_mark or mark
        message, help, at = in_words(error.problem or "", error.context or "", text, mark.index, begun.index)
        return NotReadable(message, at, help)
    return NotReadable(str(getattr(error, "reason", error)), getattr(error, "position", None))
