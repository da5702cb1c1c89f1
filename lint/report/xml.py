"""Text for XML 1.0 reports: escaped, without the characters that XML cannot hold at all."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def attribute(value: object) -> str:
    """A value of an attribute, with its quotes."""
    # Parsers turn bare line breaks and tabs of attributes into spaces; quoteattr writes them as references.
    return quoteattr(_FORBIDDEN.sub("", str(value)))


def content(text: str) -> str:
    """Text between tags."""
    return escape(_FORBIDDEN.sub("", text), {"\r": "&#13;"})


def attributes(**values: object) -> str:
    """` name="value"` for each value."""
    return "".join(f" {name}={attribute(value)}" for name, value in values.items())
