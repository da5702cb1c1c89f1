"""Numbers in texts that strangers write: `int` hangs on long ones, fails on longer ones, and takes the digits of every script."""

from __future__ import annotations

_MOST = 18  # digits of a number that fits into 64 bits, as everything does that the API holds

BEYOND = 1 << 63
"""What a number of more digits comes to: above everything that it is compared with."""


def whole(text: object) -> int | None:
    """The number that decimal digits say; None for any other text, and BEYOND where they are too many."""
    if not isinstance(text, str) or not text.isascii() or not text.isdecimal():
        return None
    digits = text.lstrip("0") if len(text) > _MOST else text
    return int(digits or "0") if len(digits) <= _MOST else BEYOND
