"""Names of properties as CEL has them."""

from __future__ import annotations

from kubetrial.lint.values.cel import parser

RESERVED = parser.RESERVED | {"true", "false", "null", "in"}


def escaped(name: str) -> str | None:
    """The name of a property as CEL has it (`my-key` is `my__dash__key`); None where CEL cannot reach it. Follows Escape."""
    if not name or name[0].isdigit() or not name.isascii():
        return None
    if name in RESERVED:
        return f"__{name}__"
    if name.isalnum():
        return name  # nearly every one
    if not all(sign.isalnum() or sign in "_-./" for sign in name):
        return None
    return (
        name.replace("__", "__underscores__").replace(".", "__dot__").replace("-", "__dash__").replace("/", "__slash__")
    )
