"""A terminal's output as a picture: text with colour escapes -> SVG that stands alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

WIDTH, HEIGHT = 8.4, 19
"""Of one cell, at a font size of 14: each run of text stands at its own place, so that other fonts shift nothing."""
_STYLES = {"1": "b", "1;31": "b e", "1;33": "b w", "1;36": "b i", "1;34": "f", "36": "i", "32": "o", "1;32": "o"}
_SHEET = (
    "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#e6edf3;white-space:pre}"
    ".b{font-weight:700}.e{fill:#ff7b72}.w{fill:#f2cc60}.i{fill:#79c0ff}.f{fill:#6e7fd8}.o{fill:#7ee787}.p{fill:#9198a1}"
)


def svg(command: str, output: str) -> str:
    """The picture of a command and what it prints; `output` may hold the escapes of lint/report/colour.py."""
    rows = output.rstrip("\n").split("\n")
    columns = max([len(command) + 2, *(len(re.sub(r"\x1b\[[0-9;]*m", "", row)) for row in rows)])
    width, height = round(columns * WIDTH) + 40, (len(rows) + 2) * HEIGHT + 58
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        f"<title>{_escaped(command)}</title>",
        f"<style>{_SHEET}</style>",
        f'<rect width="{width}" height="{height}" rx="10" fill="#0d1117"/>',
        *(
            f'<circle cx="{22 + 20 * at}" cy="20" r="6" fill="{fill}"/>'
            for at, fill in enumerate(("#ff5f57", "#febc2e", "#28c840"))
        ),
        _text(0, 0, "p", "$") + _text(0, 2, "b", command),
    ]
    for number, row in enumerate(rows, 2):
        lines.append("".join(_text(number, column, style, text) for column, style, text in _runs(row)))
    return "\n".join(line for line in [*lines, "</svg>"] if line) + "\n"


def _runs(row: str) -> Iterator[tuple[int, str, str]]:
    """(column, style, text) of each run of one style."""
    column, style = 0, ""
    for part in re.split(r"(\x1b\[[0-9;]*m)", row):
        if part.startswith("\x1b"):
            style = _STYLES.get(part[2:-1], "")
        elif part:
            if part.strip():
                lead = len(part) - len(part.lstrip())
                yield column + lead, style, part.strip()
            column += len(part)


def _text(row: int, column: int, style: str, text: str) -> str:
    mark = f' class="{style}"' if style else ""
    return f'<text x="{20 + column * WIDTH:.1f}" y="{62 + row * HEIGHT}"{mark}>{_escaped(text)}</text>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
