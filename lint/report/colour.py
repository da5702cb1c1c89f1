"""Terminal colours: whether they are wanted, and painting with them."""

from __future__ import annotations

import os
from collections.abc import Callable

_CODES = {"bold": "1", "error": "1;31", "warning": "1;33", "info": "1;36", "frame": "1;34"}


def wanted(wish: str, terminal: bool) -> bool:
    """Whether to use colours: `--color` says so, else NO_COLOR, FORCE_COLOR and what the terminal can do."""
    if wish != "auto":
        return wish == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (terminal and os.environ.get("TERM") != "dumb")


def painter(colour: bool) -> Callable[[str, str], str]:
    """A function (text, style) -> text, with escapes when `colour` holds."""
    if not colour:
        return lambda text, style: text
    return lambda text, style: f"\x1b[{_CODES.get(style, '1')}m{text}\x1b[0m"


def paint_level(paint: Callable[[str, str], str], text: str, level: str) -> str:
    """Text in the colour of a level."""
    return paint(text, level if level in _CODES else "bold")
