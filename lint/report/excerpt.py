"""Lines of manifests as a terminal shows them, and where a range stands under them."""

from __future__ import annotations

from collections.abc import Callable

from kubetrial.lint.finding import Result
from kubetrial.lint.report.text import harmless
from kubetrial.lint.values.records import dataclass

WIDTH = 120
"""At most so many cells of a terminal are shown of a line."""

TAB = 4
"""Columns between tab stops."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What to print, and how many cells stand left of the marked range and under it."""

    text: str
    before: int
    under: int


def lines_of(result: Result) -> Callable[[str, int], str | None]:
    """A function (file, line from 1) -> the text of that line, None where there is none.

    Keeps the lines of the few files that were asked for last: findings come sorted by file.
    """
    cache: dict[str, list[str]] = {}

    def line(file: str, number: int) -> str | None:
        if file not in cache:
            if len(cache) > 3:
                cache.pop(next(iter(cache)))
            text = result.sources.get(file)
            cache[file] = [] if not text else text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        lines = cache[file]
        return lines[number - 1] if 0 < number <= len(lines) else None

    return line


def excerpt(line: str, start: int, end: int) -> Excerpt:
    """A line with the range from column `start` up to `end`, from 1 in characters, marked.

    Tabs are expanded, wide characters counted, and a long line is cut with `…` around the range.
    """
    reach = 4 * WIDTH  # more can never be shown, and a line may hold megabytes
    start = min(max(start, 1), len(line) + 1)
    end = min(max(end, start + 1), start + reach)
    skipped = max(0, start - 1 - reach)
    cells = _cells(line[skipped : end + reach])
    first, last = start - 1 - skipped, min(end - 1 - skipped, len(cells))
    offset, marked = _size(cells[:first]), _size(cells[first:last])
    if not skipped and offset + _size(cells[first:]) <= WIDTH:
        return Excerpt(_text(cells).rstrip(), offset, max(marked, 1))

    begin = 0
    if skipped or offset + min(marked, WIDTH // 2) > WIDTH - 1:
        room, begin = WIDTH // 3, first
        while begin > 0 and room >= cells[begin - 1][1]:
            begin -= 1
            room -= cells[begin][1]
    cut = "…" if begin or skipped else ""
    room, stop = WIDTH - len(cut) - 1, begin
    while stop < len(cells) and room >= cells[stop][1]:
        room -= cells[stop][1]
        stop += 1
    text = cut + _text(cells[begin:stop]) + ("…" if stop < len(cells) else "")
    return Excerpt(text, len(cut) + _size(cells[begin:first]), max(_size(cells[first : min(last, stop)]), 1))


def _text(cells: list[tuple[str, int]]) -> str:
    return "".join(text for text, _ in cells)


def _size(cells: list[tuple[str, int]]) -> int:
    return sum(size for _, size in cells)


def _cells(line: str) -> list[tuple[str, int]]:
    """What is printed for each character, and how many cells of a terminal it takes."""
    if line.isascii() and line.isprintable():
        return [(character, 1) for character in line]
    import unicodedata  # only for lines that need it

    cells: list[tuple[str, int]] = []
    column = 0
    for character in line:
        if character == "\t":
            size = TAB - column % TAB
            cell = " " * size
        elif not harmless(character):
            # one cell wide, so that ranges stay under their text: control pictures, else the replacement character
            cell, size = (chr(0x2400 + ord(character)) if ord(character) < 0x20 else "\ufffd"), 1
        elif unicodedata.category(character) in ("Mn", "Me", "Cf"):
            cell, size = character, 0
        else:
            cell, size = character, 2 if unicodedata.east_asian_width(character) in "WF" else 1
        cells.append((cell, size))
        column += size
    return cells
