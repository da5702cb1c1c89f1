"""Terminal colours, for reports that are asked for them; who asks knows about terminals and NO_COLOR."""

from __future__ import annotations

from collections.abc import Callable

_CODES = {"bold": "1", "error": "1;31", "warning": "1;33", "info": "1;36", "frame": "1;34"}


def painter(colour: bool) -> Callable[[str, str], str]:
    """A function (text, style) -> text, with escapes when `colour` holds."""
    if not colour:
        return lambda text, style: text
    return lambda text, style: f"\x1b[{_CODES.get(style, '1')}m{text}\x1b[0m"


def paint_level(paint: Callable[[str, str], str], text: str, level: str) -> str:
    """Text in the colour of a level."""
    return paint(text, level if level in _CODES else "bold")
