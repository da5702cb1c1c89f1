"""`kubetrial rules` and `kubetrial explain RULE`: what a rule finds, why it matters, what to write instead."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from kubetrial.lint.facts import kinds
from kubetrial.lint.report import RuleInfo
from kubetrial.lint.rule import Entry, manual_of, options_of


def name_of(word: str, entries: Mapping[str, Entry]) -> str | None:
    """The rule that a pasted word means: job_never_fails, JobNeverFails, kubetrial.job-never-fails, `job-never-fails`."""
    bare = word.strip("`'\"[](), ").removeprefix("kubetrial.").removeprefix("kubetrial:").strip()
    spread = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", bare)
    for form in (bare, bare.lower().replace("_", "-"), spread.lower()):
        if form in entries:
            return form
    return None


def searched(word: str, entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """The rules of a category, those that a pattern fits, or those whose name or summary has the word."""
    from kubetrial.lint.settings.ignored import matches

    lower = word.strip("` ").lower()
    entries = about_manifests(entries)
    of_category = {name: e for name, e in entries.items() if e.category.value == lower}
    if of_category:
        return of_category
    if "*" in lower:
        return {name: e for name, e in entries.items() if matches(name, lower)}
    return narrowed(entries, None, None, [lower])


def about_manifests(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """All rules but `internal-error`, which tells of us and nothing of manifests; it is explained where it is named."""
    return {name: e for name, e in entries.items() if name != "internal-error"}


def narrowed(
    entries: Mapping[str, Entry], kind: str | None, category: str | None, words: Sequence[str]
) -> dict[str, Entry]:
    """The rules about a kind, of a category, with all of the words in their name or summary."""
    return {
        name: e
        for name, e in about_manifests(entries).items()
        if (category is None or e.category.value == category)
        and (kind is None or _is_about(e, kind.lower()))
        and all(word.lower() in f"{name} {e.summary}".lower() for word in words)
    }


def _is_about(entry: Entry, kind: str) -> bool:
    """Whether a rule visits a kind or a part of it (`IngressBackend` for Ingress, pod parts for workloads), or names it."""
    singular = kind if kind.endswith("ss") else kind.removesuffix("s")
    types = [visit.rpartition(".")[2].lower() for visit in entry.visits]
    if any(one == kind or one.startswith(singular) for one in types):
        return True
    if singular in map(str.lower, kinds.GROUPS) and any(
        one in ("podspec", "container", "podtemplatespec") for one in types
    ):
        return True
    return re.search(rf"\b{re.escape(singular)}(s|es)?\b", entry.summary.lower()) is not None


def info(entry: Entry) -> RuleInfo:
    """What reports such as SARIF show of a rule; loads its module."""
    return RuleInfo(entry.name, entry.category.value, entry.summary, markdown(entry), url(entry))


def url(entry: Entry) -> str:
    """The link of the manual page's last line."""
    links = [line[4:].strip() for line in manual_of(entry).splitlines() if line.startswith("See https://")]
    return links[-1] if links else ""


def versions(entry: Entry) -> str:
    """`1.35 and later`, or empty for a rule of every version."""
    if entry.since and entry.until < 99:
        return f"1.{entry.since} to 1.{entry.until}"
    if entry.since:
        return f"1.{entry.since} and later"
    return f"up to 1.{entry.until}" if entry.until < 99 else ""


def facts(entry: Entry) -> str:
    """`rejected · error · on by default`."""
    words = [
        entry.category.value,
        entry.category.level,
        "on by default" if entry.category.on_by_default else "off by default",
    ]
    if versions(entry):
        words.append(f"Kubernetes {versions(entry)}")
    return " · ".join(words)


def text(entry: Entry) -> str:
    """The manual page for a terminal."""
    page = f"{entry.name} ({facts(entry)})\n\n{manual_of(entry).strip()}\n"
    chosen = options_of(entry)
    if chosen:
        page += (
            f"\nOptions, under [tool.kubetrial.rules.{entry.name}]: "
            + ", ".join(f"{n} = {json.dumps(v)}" for n, v in chosen.items())
            + "\n"
        )
    return page


def markdown(entry: Entry) -> str:
    """The manual page as Markdown; the first line of the docstring is the lead."""
    body = manual_of(entry).strip().splitlines()
    lines = [f"<{line[4:].strip()}>" if line.startswith("See https://") else line for line in body]
    page = "\n".join([f"# {entry.name}", "", facts(entry), "", *lines, ""])
    chosen = options_of(entry)
    if chosen:
        rows = "".join(f"{name} = {json.dumps(value)}\n" for name, value in chosen.items())
        page += f"\nOptions:\n\n```toml\n[tool.kubetrial.rules.{entry.name}]\n{rows}```\n"
    return page


def as_json(entries: Iterable[Entry]) -> str:
    """Rules as a JSON list, manual pages included."""
    return json.dumps(
        [
            {
                "name": e.name,
                "category": e.category.value,
                "level": e.category.level,
                "default": e.category.on_by_default,
                "versions": versions(e),
                "summary": e.summary,
                "manual": manual_of(e).strip(),
                "options": options_of(e),
                "url": url(e),
            }
            for e in entries
        ],
        indent=2,
        ensure_ascii=False,
    )


def table(entries: Mapping[str, Entry]) -> str:
    """All rules, one a line, in the order of what they claim."""
    width = max((len(name) for name in entries), default=0)
    order = list(dict.fromkeys(e.category for e in sorted(entries.values(), key=lambda e: _ORDER[e.category.value])))
    lines = []
    for category in order:
        default = "on by default" if category.on_by_default else "off: --select " + category.value
        lines.append(f"{category.value} ({category.level}, {default})")
        lines.extend(f"  {name:<{width}}  {e.summary}" for name, e in sorted(entries.items()) if e.category is category)
    return "\n".join(lines) + "\n"


_ORDER = {"rejected": 0, "broken": 1, "risky": 2, "security": 3, "advice": 4}
