"""Built objects as YAML that readers of YAML 1.1 and 1.2 understand alike: keys sorted, as `kustomize build` prints them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from kubetrial.lint.values.pattern import pattern

_PLAIN = pattern(r"[A-Za-z/][A-Za-z0-9_./-]*(:[A-Za-z0-9_./-]+)*\Z")
_UNSAFE = pattern("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])

Comment = Callable[[tuple["str | int", ...]], str]
"""What is said behind the line of a path."""


def yaml_text(value: Any, comment: Comment | None = None) -> str:
    """One object as YAML; with `comment`, each line says where it comes from."""
    rows: list[str] = []
    _emit(value, 0, "", (), rows, comment)
    return "\n".join(rows) + "\n"


def stream(values: Sequence[Any]) -> str:
    """Several objects as a stream of documents."""
    return "---\n".join(yaml_text(value) for value in values)


def scalar_text(value: Any) -> str:
    """A scalar on one line: plain where nobody can misread it, else as JSON."""
    if isinstance(value, str):
        if _PLAIN.match(value) and value.lower() not in _WORDS:
            return value
        text = json.dumps(value, ensure_ascii=False)
        return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return json.dumps(value)


def _emit(
    value: Any, depth: int, lead: str, path: tuple[str | int, ...], rows: list[str], comment: Comment | None
) -> None:
    """The rows of a value; `lead` is what stands before it on its first row (a dash or a key)."""
    space = "  " * depth

    def row(text: str) -> None:
        said = comment(path) if comment is not None else ""
        rows.append(f"{text}  # {said}" if said else text)

    if isinstance(value, dict) and value:
        if lead.endswith(":"):
            row(lead)
        for index, name in enumerate(sorted(value)):
            start = lead if index == 0 and lead.endswith("- ") else space
            _emit(value[name], depth + 1, f"{start}{scalar_text(name)}:", (*path, name), rows, comment)
    elif isinstance(value, list) and value:
        if lead.endswith("- "):
            row(lead.rstrip())
        elif lead:
            row(lead)
        for index, item in enumerate(value):
            _emit(item, depth + 1, f"{space}- ", (*path, index), rows, comment)
    else:
        text = (
            "{}" if value == {} and isinstance(value, dict) else "[]" if isinstance(value, list) else scalar_text(value)
        )
        row(f"{lead} {text}" if lead.endswith(":") else f"{lead}{text}")
