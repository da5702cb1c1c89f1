"""Writes docs/peers.md from docs/peers.toml: what linters for manifests look for, and our rule: `python docs/peers.py`."""

from __future__ import annotations

from pathlib import Path

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib  # type: ignore[import-not-found,no-redef]

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "peers.toml"
PAGE = ROOT / "docs" / "peers.md"

Answer = list[str] | str


def table() -> dict[str, dict[str, Answer]]:
    """Group -> concept -> the names of our rules, or why there is none."""
    groups: dict[str, dict[str, Answer]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return groups


def page() -> str:
    """The page: a table for each group, and how many concepts have a rule."""
    groups = table()
    answers = [answer for group in groups.values() for answer in group.values()]
    covered = sum(isinstance(answer, list) for answer in answers)
    lines = [
        "# What other linters look for",
        "",
        "Generated from docs/peers.toml. The checks of sixteen linters and validators for Kubernetes manifests, put together",
        f"as concepts: {len(answers)} in all, and kubetrial has rules for {covered} of them. The others are not here, for the",
        "reason that stands beside them. [Coming from another linter](migration.md) has their checks by name.",
    ]
    for group, concepts in groups.items():
        lines += ["", f"## {group}", "", "| what is looked for | here |", "| --- | --- |"]
        lines += [f"| {concept} | {_here(answer)} |" for concept, answer in concepts.items()]
    return "\n".join(lines) + "\n"


def _here(answer: Answer) -> str:
    if isinstance(answer, str):
        return f"not here, because {answer}"
    return ", ".join(f"[{name}](rules/{name}.md)" for name in answer)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
