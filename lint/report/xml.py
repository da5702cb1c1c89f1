"""Text for XML 1.0 reports: escaped, without the characters that XML cannot hold at all.

Written here because xml.sax.saxutils imports an HTTP client: 35 ms for four replacements.
"""

from __future__ import annotations

import re

_FORBIDDEN = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_CONTENT = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#13;"}
# Parsers turn bare line breaks and tabs of attributes into spaces.
_ATTRIBUTE = {**_CONTENT, ord('"'): "&quot;", ord("\n"): "&#10;", ord("\t"): "&#9;"}


def content(text: str) -> str:
    """Text between tags."""
    return re.sub(_FORBIDDEN, "", text).translate(_CONTENT)


def attributes(**values: object) -> str:
    """` name="value"` for each value."""
    return "".join(f' {name}="{_attribute(str(value))}"' for name, value in values.items())


def _attribute(text: str) -> str:
    return re.sub(_FORBIDDEN, "", text).translate(_ATTRIBUTE)
