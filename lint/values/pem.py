"""PEM blocks, as Go's encoding/pem finds them, and the outermost shape of what is in them (DER).

Signatures and names are not looked at: a text that passes here may still be no certificate, one that fails is none.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from kubetrial.lint.values.records import dataclass

_BEGIN = re.compile(r"(?:^|(?<=\n))-----BEGIN ([^\n]*?)-----[ \t\r]*\n")
_END = re.compile(r"-----END ([^\n]*?)-----[ \t\r]*(?=\n|\Z)")
_HEADER = re.compile(r"[^\n:]*:[^\n]*\n")


@dataclass(frozen=True, slots=True)
class Block:
    """One PEM block."""

    kind: str
    headers: bool
    content: bytes


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a text; broken ones are passed over, as Go does."""
    at = 0
    while (begin := _BEGIN.search(text, at)) is not None:
        at = begin.end()
        stop = text.find("-----END ", at)
        if stop < 0:
            return
        end = _END.match(text, stop)
        if end is None or end[1] != begin[1]:
            continue
        at, body = end.end(), begin.end()
        headers = False
        while (header := _HEADER.match(text, body, stop)) is not None:
            body, headers = header.end(), True
        try:
            content = base64.b64decode("".join(text[body:stop].split()).encode("latin-1", "replace"), validate=True)
        except (binascii.Error, ValueError):
            continue
        yield Block(begin[1], headers, content)


def request_problem(text: str) -> str | None:
    """Why a text is no PEM certificate request, or None."""
    first = next(blocks(text), None)
    if first is None:
        return "holds no PEM block CERTIFICATE REQUEST"
    if first.kind != "CERTIFICATE REQUEST":
        return f"holds a PEM block {first.kind}, not CERTIFICATE REQUEST"
    return None if _is_signed(first.content) else "holds a PEM block that is no certificate request"


def bundle_problem(text: str) -> str | None:
    """Why a text is no bundle of PEM certificates, or None."""
    seen = set()
    for block in blocks(text):
        if block.kind != "CERTIFICATE":
            return f"holds a PEM block {block.kind}; only CERTIFICATE is allowed"
        if block.headers:
            return "holds a PEM block with headers"
        if not _is_signed(block.content):
            return "holds a PEM block that is no certificate"
        if block.content in seen:
            return "holds the same certificate twice"
        seen.add(block.content)
    return None if seen else "holds no PEM certificate"


def _is_signed(der: bytes) -> bool:
    """Whether it has the shape of all that X.509 signs: a sequence, an algorithm and a bit string in a sequence."""
    outer = _element(der, 0x30)
    if outer is None or outer[1] != len(der):
        return False
    inner = der[outer[0] : outer[1]]
    for tag in (0x30, 0x30, 0x03):
        element = _element(inner, tag)
        if element is None:
            return False
        inner = inner[element[1] :]
    return not inner


def _element(der: bytes, tag: int) -> tuple[int, int] | None:
    """Where the content of the first element begins and ends, if it has the tag."""
    if len(der) < 2 or der[0] != tag:
        return None
    size, start = der[1], 2
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(der[2:start], "big")
    return (start, start + size) if start + size <= len(der) else None
