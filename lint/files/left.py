"""What was left alone because it is not written out yet, said once for each chart and each file."""

from __future__ import annotations

from collections.abc import Mapping

from kubetrial.lint.values.records import dataclass, field

LEFT_OPEN = "value that a chart leaves to its user"
MOST_VALUES = 5
"""So many values of a chart are named."""


@dataclass(slots=True)
class Left:
    """Counts of templates by chart or file, and of placeholders by file, in the order in which they were met."""

    templates: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    placeholders: dict[str, tuple[int, str]] = field(default_factory=dict)
    waits: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)  # chart -> place -> values that it needs

    def template(self, name: str, reason: str) -> None:
        """Count a document that is a template."""
        self.templates.setdefault((chart_of(name), reason), []).append(name)

    def placeholder(self, name: str, part: str) -> None:
        """Count a value that is replaced before it is applied."""
        count, first = self.placeholders.get(name, (0, part))
        self.placeholders[name] = (count + 1, first or part)

    def waiting(self, unit: str, place: str, values: tuple[str, ...]) -> None:
        """Remember a place of a chart that needs values which it does not bring, by the name of the chart's unit.

        Where nothing is to be told, because another rendering gives them, it is none.
        """
        if values:
            chart = unit.partition(" (")[0]
            self.waits.setdefault(chart, {}).setdefault(place, values)

    def add(self, other: Left) -> None:
        """Count what was met later, in another share of the work."""
        for key, names in other.templates.items():
            self.templates.setdefault(key, []).extend(names)
        for name, (count, first) in other.placeholders.items():
            before, part = self.placeholders.get(name, (0, first))
            self.placeholders[name] = (before + count, part or first)
        for chart, places in other.waits.items():
            for place, values in places.items():
                self.waits.setdefault(chart, {}).setdefault(place, values)

    def notes(self) -> list[str]:
        """A line for each chart and file."""
        said = []
        for (chart, reason), names in self.templates.items():
            many = f" ({len(names)} documents)" if len(names) > 1 else ""
            said.append(f"{chart if many else names[0]}: {reason}{many}, left alone; check what it renders to")
        for name, (count, part) in self.placeholders.items():
            what = f"{count} value{'s' * (count > 1)} with a placeholder" + (f" such as {part[:60]}" if part else "")
            said.append(f"{name}: {what}, not judged; check what is applied in the end")
        said.extend(_needs(chart, places) for chart, places in self.waits.items())
        return said


def _needs(chart: str, places: Mapping[str, tuple[str, ...]]) -> str:
    values = list(dict.fromkeys(name for named in places.values() for name in named))
    more = f" and {len(values) - MOST_VALUES} more" if len(values) > MOST_VALUES else ""
    needs = "place needs" if len(places) == 1 else "places need"
    return (
        f"{chart}: {len(places)} {needs} values that values.yaml does not give: {', '.join(values[:MOST_VALUES])}{more}; "
        "give them with --values or in ci/*-values.yaml"
    )


def chart_of(name: str) -> str:
    """The folder of the chart whose template a file is by its path; else the file itself."""
    parts = name.split("/")
    if "templates" in parts[:-1]:
        at = parts.index("templates")
        return "/".join(parts[:at]) or "."
    return name
