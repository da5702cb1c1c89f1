"""Writes docs/rules/*.md, docs/rules.md and docs/migration.md from the rules, their fixtures and tables: `python docs/generate.py`."""

from __future__ import annotations

import re
from pathlib import Path

from kubetrial.lint import explain, migration
from kubetrial.lint.rule import Entry, index

ROOT = Path(__file__).resolve().parent.parent
MARK = re.compile(r"\s*# expect(-next)?:.*$", re.M)
NOTE = re.compile(r"^# assume:.*\n", re.M)


def documents(name: str) -> list[str]:
    """The documents of a rule's fixture, marks included."""
    fixture = ROOT / "tests" / "rules" / f"{name.replace('-', '_')}.yaml"
    if not fixture.exists():
        return []  # what no manifest can show, such as a file that cannot be read
    text = fixture.read_text(encoding="utf-8")
    parts = re.split(r"^---[^\n]*\n", NOTE.sub("", text), flags=re.M)
    return [part for part in parts if re.search(r"^\s*[^#\s]", part, re.M)]


def clean(document: str) -> str:
    """A document as a reader should see it: without marks and without the comment above it."""
    return MARK.sub("", document).strip("\n") + "\n"


def page(entry: Entry) -> str:
    """A manual page: the docstring, then the first flagged and the first clean document."""
    found = documents(entry.name)
    flagged = next((d for d in found if re.search(rf"# expect(-next)?:.*\b{re.escape(entry.name)}\b", d)), None)
    fine = next((d for d in found if not MARK.search(d)), None)
    text = explain.markdown(entry)
    if flagged:
        text += f"\n## Flagged\n\n```yaml\n{clean(flagged)}```\n"
    if fine:
        text += f"\n## Clean\n\n```yaml\n{clean(fine)}```\n"
    return text


def migration_page() -> str:
    """What the checks of other linters are called here."""
    lines = [
        "# Coming from another linter",
        "",
        "Generated from schemas/migration.toml. `kubetrial explain kube-linter:dangling-service` answers with our manual page.",
        "",
        "With `--honour-foreign-ignores` (or `honour-foreign-ignores = true` in the configuration) their annotations silence our rules of",
        "the same meaning, on the object or on its pod template: `ignore-check.kube-linter.io/<check>`, `kube-linter.io/ignore-all`,",
        "`kube-score/ignore`, `checkov.io/skip<N>`, `polaris.fairwinds.com/<check>-exempt` and `polaris.fairwinds.com/exempt`.",
        "",
        "Rules of the categories security and advice run with `--select rejected,broken,risky,security,advice` (or `all`).",
    ]
    for linter, checks in migration.table().items():
        lines += ["", f"## {linter}", "", "| check | here |", "| --- | --- |"]
        for check, answer in checks.items():
            names = [] if isinstance(answer, str) else [f"[{rule}](rules/{rule}.md)" for rule in answer]
            lines.append(f"| `{check}` | {', '.join(names) or f'not here, because {answer}'} |")
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """File name below docs/ -> content."""
    entries = index()
    made = {f"rules/{name}.md": page(entry) for name, entry in entries.items()}
    lines = ["# Rules", "", "Generated from the rules; `kubetrial explain RULE` shows the same page.", ""]
    for category in ("rejected", "broken", "risky", "security", "advice"):
        of_category = [e for _, e in sorted(entries.items()) if e.category.value == category]
        if of_category:
            default = "on by default" if of_category[0].category.on_by_default else f"`--select {category}`"
            lines += [
                f"## {category} ({of_category[0].category.level}, {default})",
                "",
                "| rule | finds |",
                "| --- | --- |",
            ]
            lines += [f"| [{e.name}](rules/{e.name}.md) | {e.summary} |" for e in of_category] + [""]
    made["rules.md"] = "\n".join(lines)
    made["migration.md"] = migration_page()
    return made


def write() -> None:
    """Write all pages; pages of rules that are gone are removed."""
    made = pages()
    folder = ROOT / "docs" / "rules"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.md"):
        if f"rules/{old.name}" not in made:
            old.unlink()
    for name, text in made.items():
        (ROOT / "docs" / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
