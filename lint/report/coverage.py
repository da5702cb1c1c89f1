"""The coverage of charts: which actions of their templates some values reach, as text, as JSON, or for tools that read lcov."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from kubetrial.lint.build.chart.coverage import FileCoverage

FORMATS = ("text", "json", "lcov")


def render(files: Sequence[FileCoverage], output_format: str) -> str:
    """The coverage in one of the formats, with a line's end."""
    made = {"text": _text, "json": _json, "lcov": _lcov}[output_format](files)
    return made + "\n"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"


def _text(files: Sequence[FileCoverage]) -> str:
    width = max((len(one.file) for one in files), default=8)
    rows = [f"{'template':<{width}}  actions  reached        lines that no values reach"]
    for one in files:
        missed = _lines(one)
        reached = f"{one.reached} ({_percent(one.reached, len(one.actions))})"
        rows.append(f"{one.file:<{width}}  {len(one.actions):>7}  {reached:<13}  {missed}".rstrip())
    every, reached_all = sum(len(one.actions) for one in files), sum(one.reached for one in files)
    roots = [one for one in files if one.is_root]
    prints = sum(one.prints for one in roots)
    rows.append(
        f"{reached_all} of {every} actions are reached ({_percent(reached_all, every)}); "
        f"{prints} of {len(roots)} templates print an object ({_percent(prints, len(roots))})"
    )
    return "\n".join(rows)


def _lines(one: FileCoverage) -> str:
    """`3-5, 9`: the lines of which no action is reached."""
    reached = {action.line for action in one.actions if action.hits}
    missed = sorted({action.line for action in one.actions} - reached)
    parts: list[list[int]] = []
    known = sorted({action.line for action in one.actions})
    for line in missed:
        if parts and known.index(line) == known.index(parts[-1][1]) + 1:
            parts[-1][1] = line
        else:
            parts.append([line, line])
    return ", ".join(str(begin) if begin == end else f"{begin}-{end}" for begin, end in parts)


def _json(files: Sequence[FileCoverage]) -> str:
    every = sum(len(one.actions) for one in files)
    made = {
        "actions": every,
        "reached": sum(one.reached for one in files),
        "templates": sum(one.is_root for one in files),
        "printing": sum(one.is_root and one.prints for one in files),
        "files": [
            {
                "file": one.file,
                "prints": one.prints,
                "actions": [
                    {"line": each.line, "column": each.column, "word": each.word or "print", "hits": each.hits}
                    for each in one.actions
                ],
                "branches": [
                    {
                        "line": each.line,
                        "column": each.column,
                        "word": each.word,
                        "outcome": each.outcome,
                        "hits": each.hits,
                    }
                    for each in one.branches
                ],
            }
            for one in files
        ],
    }
    return json.dumps(made, indent=2, ensure_ascii=False)


def _lcov(files: Sequence[FileCoverage]) -> str:
    return "\n".join(row for one in files for row in _lcov_of(one))


def _lcov_of(one: FileCoverage) -> Iterator[str]:
    yield "TN:"
    yield f"SF:{one.file}"
    for number, branch in enumerate(one.branches):
        yield f"BRDA:{branch.line},{branch.column},{number},{branch.hits}"
    yield f"BRF:{len(one.branches)}"
    yield f"BRH:{sum(branch.hits > 0 for branch in one.branches)}"
    lines: dict[int, int] = {}
    for action in one.actions:
        lines[action.line] = max(lines.get(action.line, 0), action.hits)
    for line in sorted(lines):
        yield f"DA:{line},{lines[line]}"
    yield f"LF:{len(lines)}"
    yield f"LH:{sum(hits > 0 for hits in lines.values())}"
    yield "end_of_record"
