"""Ignores in templates of charts: in comments of the template language, and in YAML comments, which are printed too.

{{/* kubetrial: ignore[rule] the reason */}}      alone on a line: the field below, with its block
replicas: 1 {{- /* kubetrial: ignore[rule] the reason */}}
replicas: 1  # kubetrial: ignore[rule] the reason
"""

from __future__ import annotations

import re

_COMMENT = re.compile(r"\{\{-?[ \t]*/\*([ \t]*kubetrial\b(?:(?!\{\{)[^\n])*?)\*/[ \t]*-?\}\}", re.I)
_ACTIONS = re.compile(r"[ \t]*(?:\{\{(?:[^{}\n]|\{[^{}\n]*\})*\}\}[ \t]*)+\Z")
_CONTROL = re.compile(r"[ \t]*\{\{-?[ \t]*(?:if|else|end|with|range|define|block|/\*|\$\w+[ \t]*:?=)(?!\w)")
_DEEP = " " * 200 + "x"


def is_template(file: str, text: str) -> bool:
    """Whether a text is a template of a chart, by its place."""
    return "{{" in text and "templates" in file.split("/")[:-1]


def as_yaml(text: str) -> str:
    """A template with its comments as those of YAML, line for line; it is for looking up ignores, and no YAML otherwise."""
    return "\n".join(_as_yaml(line) for line in _COMMENT.sub(_as_comment, text).split("\n"))


def _as_comment(match: re.Match[str]) -> str:
    """A comment of the template language as one of YAML, of the same length."""
    opening, closing = match.start(1) - match.start(), match.end() - match.end(1)
    return "#" + " " * (opening - 1) + match.group(1) + " " * closing


def _as_yaml(line: str) -> str:
    """A line as the block of a field sees it: an action by itself ends no block, whatever its own indentation."""
    if "{{" not in line or "kubetrial" in line or not _ACTIONS.match(line):
        return line
    return "" if _CONTROL.match(line) else _DEEP
