"""Ignores: comments and annotations that silence a rule at one place, for a reason.

    replicas: 1  # kubetrial: ignore[rule, other-*] the reason     this line
    # kubetrial: ignore[rule] the reason                           alone on a line: the field or item below, with its
                                                                   block; above a document's first field: all of it
    # kubetrial: ignore-file[rule] the reason                      the file
    kubetrial.dev/ignore: "rule,other-*: the reason"               annotation: the object, or the pod of its template

An ignore without a reason, with a rule that does not exist, or that silences nothing is itself a finding.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kubetrial.lint.finding import Category, Edit, Finding, Fix, ObjectRef, Position, Range
from kubetrial.lint.settings.ignored import FOREIGN, VALUE, Ignore, matches
from kubetrial.lint.values.records import dataclass, replace

if TYPE_CHECKING:
    from kubetrial.lint.objects.views import Object
    from kubetrial.lint.rule import Entry
    from kubetrial.lint.settings.config import Settings
    from kubetrial.lint.yaml.document import Document
    from kubetrial.lint.yaml.source import Source

ANNOTATION = "kubetrial.dev/ignore"
WITHOUT_REASON = "ignore-without-reason"
UNKNOWN_RULE = "ignore-unknown-rule"
UNUSED = "ignore-unused"
OWN_RULES = (WITHOUT_REASON, UNKNOWN_RULE, UNUSED)

_MARK = "kubetrial:"
_NEAR = re.compile(
    r"(?<![^ \t])#[ \t]*kubetrial\b[ \t]*(?:[:=-][ \t]*)?((?:ignore|disable|skip|suppress|noqa|nolint|allow)(?:-[a-z-]+)?)[ \t]*[\[(:]",
    re.I,
)
"""What looks like an ignore, and may be written in a way that is none."""


def _may_ignore(text: str) -> bool:
    """Whether a text has anything that is an ignore or looks like one; most have not even the word."""
    return "kubetrial" in text.lower() and (_MARK in text or _NEAR.search(text) is not None)


_DIRECTIVE = r"#[ \t]*kubetrial:[ \t]*([A-Za-z-]+)[ \t]*(?:\[([^\]\n]*)\])?[ \t]*:?[ \t]*([^\n]*)"


def parse(source: Source, file: str) -> tuple[Ignore, ...]:
    """The ignores in the comments of a file; texts in quotes and block scalars are no comments."""
    text = source.text
    if not _may_ignore(text):
        return ()
    page = _Page(source)
    found = []
    for number, line in enumerate(page.lines):
        match = _comment(line, number, page.scalars) if _MARK in line else None
        one = None if match is None else _ignore(match, number, page, file)
        if one is not None:
            found.append(one)
        elif (near := _NEAR.search(line)) is not None and not page.scalars.hold(number, near.start()):
            found.append(_near_miss(near, number, line, page, file))
    return tuple(found)


def annotated(objects: Iterable[Object]) -> list[Ignore]:
    """The ignores in the annotations of objects and of their pod templates."""
    found: list[Ignore] = []
    for obj in objects:
        pod = getattr(obj, "pod_path", ("spec",))[:-1]
        for path in ((), pod) if pod else ((),):
            metadata = obj.at(*path, "metadata")
            annotations = metadata.mapping().get("annotations")
            if annotations.__class__ is not dict or annotations.get(ANNOTATION).__class__ is not str:
                continue
            from kubetrial.lint.yaml.node import place_of

            node = metadata["annotations"][ANNOTATION]
            rules, _, reason = node.value.partition(":")
            found.append(
                Ignore(
                    file=obj.document.file,
                    document=obj.document.index,
                    rules=_names(rules),
                    reason=" ".join(reason.split()),
                    place=place_of(node),
                    object=ObjectRef(obj.api_version, obj.kind, obj.namespace, obj.name),
                    path=".".join(path),
                    is_built=not obj.document.text,
                )
            )
    return found


def apply(
    findings: Sequence[Finding],
    sources: Mapping[str, str],
    checked: Sequence[Object],
    settings: Settings,
    entries: Mapping[str, Entry] | None = None,
) -> list[Finding]:
    """The findings, those that are silenced with the reason for it, and new ones about the ignores themselves.

    `sources` are the texts of the files by name, `checked` the objects in them that were checked.
    """
    ignores = annotated(checked)
    if settings.honour_foreign_ignores:
        from kubetrial.lint.settings import migration

        ignores += migration.ignores(checked)
    for file, text in sources.items():
        if _may_ignore(text):
            ignores.extend(_of_file(file, text))
    if not ignores:
        return list(findings)
    entries = settings.entries() if entries is None else entries
    documents = {(obj.document.file, obj.document.index) for obj in checked}

    def ran(rule: str, file: str) -> bool:
        category = entries[rule].category if rule in entries else Category.RISKY
        return settings.selected(rule, category, file)

    kept, said = judge(findings, ignores, [*entries, *OWN_RULES], ran, documents)
    return [*kept, *said]


def _of_file(file: str, text: str) -> tuple[Ignore, ...]:
    """The ignores in the comments of a file, of YAML or of templates."""
    from kubetrial.lint.settings import template_ignores
    from kubetrial.lint.yaml import source

    if template_ignores.is_template(file, text):
        return parse(source.Source(template_ignores.as_yaml(text), (), ()), file)
    return parse(source.read(file, text), file)


def judge(
    findings: Sequence[Finding],
    ignores: Sequence[Ignore],
    known: Collection[str],
    ran: Callable[[str, str], bool] = lambda rule, file: True,
    documents: set[tuple[str, int]] | None = None,
) -> tuple[list[Finding], list[Finding]]:
    """The findings with the reasons of ignores on those that are silenced, and new findings about the ignores.

    `ran` says whether a rule ran on a file: an ignore for one that did not is not called unused. `documents` are the
    (file, index) that were checked (None: all); an ignore in another one (a template, say) is not called unused either.
    """
    used: set[tuple[int, str]] = set()
    whole = [part for finding in findings for part in (finding, *finding.each)]
    places = _IgnorePlaces(ignores, whole)
    kept = [_silenced(one, places.of(one), used) for one in _parted(findings, places)]
    ours = [ignore for ignore in ignores if ignore.word != FOREIGN]
    said = [one for ignore in ours for one in _mistakes(ignore, known) if ran(one.rule, ignore.file)]
    for number, ignore in enumerate(ignores):
        if ignore.word == FOREIGN or not ignore.reason or not ran(UNUSED, ignore.file):
            continue
        if not _was_checked(ignore, documents):
            continue
        idle = [
            pattern
            for pattern in ignore.rules
            if (number, pattern) not in used
            and not pattern.startswith("ignore-")
            and pattern.strip("*")
            and any(matches(rule, pattern) and ran(rule, ignore.file) for rule in known)
        ]
        if idle:
            said.append(_unused(ignore, idle))
    places = _IgnorePlaces(ignores, said)
    return kept, [_silenced(one, places.of(one), used) for one in said]


# --- comments ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Scalars:
    """Where texts stand, sorted: (line, column) of their starts and ends, from 0; a comment is in none of them."""

    starts: list[tuple[int, int]]
    ends: list[tuple[int, int]]

    def hold(self, line: int, column: int) -> bool:
        """Whether a place is inside of a text."""
        at = bisect.bisect_right(self.starts, (line, column)) - 1
        return at >= 0 and (line, column) < self.ends[at]

    def continue_on(self, line: int) -> bool:
        """Whether a text that began on an earlier line reaches into this one."""
        at = bisect.bisect_left(self.starts, (line, 0)) - 1
        return at >= 0 and (line, 0) < self.ends[at]


class _Page:
    """The lines of a file, and where its texts, documents and blocks stand; each is worked out once for all ignores."""

    __slots__ = ("_begins", "_blocks", "_next", "lines", "scalars")

    def __init__(self, source: Source) -> None:
        self.lines = source.text.removesuffix("\n").split("\n")
        self.scalars = _scalars(source.documents)
        self._begins = sorted(
            [(document.line, document.index) for document in source.documents]
            + [(line, index) for index, line, _ in source.unread]
        )
        self._next = self._next_values()
        self._blocks: dict[int, tuple[int, int, int]] = {}

    def _next_values(self) -> list[tuple[int, bool]]:
        """For each line the next one from it on that holds a part of a value, and whether a separator stands before that."""
        found = [(len(self.lines), False)] * (len(self.lines) + 1)
        for number in range(len(self.lines) - 1, -1, -1):
            line = self.lines[number]
            if _is_blank(line):
                begin, crossed = found[number + 1]
                found[number] = begin, crossed or line.startswith("---")
            else:
                found[number] = number, False
        return found

    def document_at(self, number: int) -> tuple[int, int, int]:
        """(index, first line, line after the last) of the document that holds a line, from 0."""
        begins, count = self._begins, len(self.lines)
        at = bisect.bisect_right(begins, (number, 1 << 60)) - 1
        if at < 0:
            return (begins[0][1] if begins else 0), 0, (begins[0][0] if begins else count)
        end = begins[at + 1][0] if at + 1 < len(begins) else count
        return begins[at][1], begins[at][0], end

    def block(self, number: int) -> tuple[int, int, int]:
        """(document, first line, last line from 1) of what stands below a comment that is alone on its line."""
        begin, crossed = self._next[number + 1]
        if begin >= len(self.lines):
            return self.document_at(number)[0], number + 1, number + 1
        index, start, end = self.document_at(begin)
        if crossed or self._next[start][0] >= begin:
            return index, begin + 1, end
        if begin not in self._blocks:
            self._blocks[begin] = index, begin + 1, self._end_of_block(begin, end)
        return self._blocks[begin]

    def _end_of_block(self, begin: int, end: int) -> int:
        """The line after the field or item that begins on a line."""
        indent, is_item = _indent(self.lines[begin]), _is_item(self.lines[begin])
        stop = begin + 1
        while stop < end:
            line = self.lines[stop]
            inside = self.scalars.continue_on(stop) or not line.strip() or line.lstrip().startswith("#")
            if not inside and not _indent(line) > indent and (is_item or _indent(line) < indent or not _is_item(line)):
                break
            stop += 1
        return stop


def _scalars(documents: Iterable[Document]) -> _Scalars:
    spans: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for document in documents:
        base = document.line
        pending, seen = [document.places], set()
        while pending:
            place = pending.pop()
            if place.key_start is not None:
                key_start, key_end = place.key_start, place.key_end
                spans.append(((key_start.line + base, key_start.column), (key_end.line + base, key_end.column)))
            if place.children is None:
                start, end = place.start, place.end
                # The line of a block scalar's | or > may end in a comment; its text begins on the next one.
                begin = (start.line + 1, 0) if place.style in ("|", ">") else (start.line, start.column)
                spans.append(((begin[0] + base, begin[1]), (end.line + base, end.column)))
            elif id(place.children) not in seen:
                seen.add(id(place.children))
                pending.extend(place.children.values())
    spans.sort()
    return _Scalars([start for start, _ in spans], [end for _, end in spans])


def _comment(line: str, number: int, scalars: _Scalars) -> re.Match[str] | None:
    """The directive in a comment of this line."""
    for match in re.finditer(_DIRECTIVE, line):
        at = match.start()
        if (at == 0 or line[at - 1] in " \t") and not scalars.hold(number, at):
            return match
    return None


def _ignore(match: re.Match[str], number: int, page: _Page, file: str) -> Ignore | None:
    word, rules, reason = match.group(1), match.group(2), match.group(3)
    if word not in ("ignore", "ignore-file") and rules is None:
        return None  # a remark that happens to begin like a directive
    line = page.lines[number].rstrip("\r")
    alone = not line[: match.start()].strip(" \t\ufeff")
    index = page.document_at(number)[0]
    first = last = number + 1
    if word == "ignore-file":
        index, first, last = -1, 1, 1 << 60
    elif alone:
        index, first, last = page.block(number)
    behind = len(line[: match.start()].rstrip(" \t")) + 1
    remove = Range(Position(number + 1, behind), Position(number + 1, len(line) + 1))
    if alone and number + 1 < len(page.lines):
        remove = Range(Position(number + 1, 1), Position(number + 2, 1))
    return Ignore(
        file=file,
        document=index,
        rules=_names(rules or "") if word in ("ignore", "ignore-file") else (),
        reason=" ".join(reason.split()),
        place=Range(Position(number + 1, match.start() + 1), Position(number + 1, len(line.rstrip()) + 1)),
        first=first,
        last=last,
        word=word,
        remove=remove,
    )


def _near_miss(match: re.Match[str], number: int, line: str, page: _Page, file: str) -> Ignore:
    """A comment that looks like an ignore and is none, so that it is told; it silences nothing."""
    return Ignore(
        file=file,
        document=page.document_at(number)[0],
        rules=(),
        reason="",
        place=Range(Position(number + 1, match.start() + 1), Position(number + 1, len(line.rstrip()) + 1)),
        first=0,
        last=0,
        word=match.group()[:-1].rstrip().lstrip("# \t"),
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in text.replace(",", " ").split() if name))


def _is_blank(line: str) -> bool:
    """Whether a line holds no part of a value: empty, a comment, a separator or a directive."""
    bare = line.strip()
    return (
        not bare
        or bare[0] == "#"
        or line.startswith("%")
        or re.match(r"(?:---|\.\.\.)(?:\s+#.*|\s*)$", line) is not None
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _is_item(line: str) -> bool:
    bare = line.strip()
    return bare == "-" or bare.startswith("- ")


# --- findings ----------------------------------------------------------------------


MOST_OVER_A_LINE = 100
"""So many comments may hold for one line; who writes more of them above one another gets no answer to the rest."""


class _IgnorePlaces:
    """Ignores, to be found by the findings that they may stand for: by line, or by object."""

    __slots__ = ("_by_line", "_by_object", "_of_files")

    def __init__(self, ignores: Sequence[Ignore], findings: Iterable[Finding]) -> None:
        lines: dict[str, set[int]] = {}
        for finding in findings:
            for file, line in _spots(finding):
                lines.setdefault(file, set()).add(line)
        ordered = {file: sorted(numbers) for file, numbers in lines.items()}
        self._of_files: dict[str, list[tuple[int, Ignore]]] = {}
        self._by_line: dict[tuple[str, int], list[tuple[int, Ignore]]] = {}
        self._by_object: dict[tuple[str, int, ObjectRef], list[tuple[int, Ignore]]] = {}
        for number, ignore in enumerate(ignores):
            if ignore.object is not None:
                file = "" if ignore.is_built else ignore.file
                self._by_object.setdefault((file, ignore.document, ignore.object), []).append((number, ignore))
            elif ignore.word == "ignore-file":
                self._of_files.setdefault(ignore.file, []).append((number, ignore))
            else:
                numbers = ordered.get(ignore.file, [])
                for line in numbers[
                    bisect.bisect_left(numbers, ignore.first) : bisect.bisect_right(numbers, ignore.last)
                ]:
                    over = self._by_line.setdefault((ignore.file, line), [])
                    if len(over) < MOST_OVER_A_LINE:
                        over.append((number, ignore))

    def of(self, finding: Finding) -> list[tuple[int, Ignore]]:
        """The ignores that may cover a finding, in their order."""
        spots = _spots(finding)
        found = [
            *(one for file in dict.fromkeys(file for file, _ in spots) for one in self._of_files.get(file, ())),
            *(one for spot in dict.fromkeys(spots) for one in self._by_line.get(spot, ())),
            *self._by_object.get((finding.file, finding.document, finding.object), ()),
            *self._by_object.get(("", finding.document, finding.object), ()),
        ]
        return sorted(dict(found).items()) if len(found) > 1 else found


def _spots(finding: Finding) -> list[tuple[str, int]]:
    """(file, line) where a finding stands, and of the values that a chart's template printed there."""
    values = [(one.file, one.range.start.line) for one in finding.related if one.message == VALUE]
    return [(finding.file, finding.range.start.line), *values]


def _parted(findings: Iterable[Finding], places: _IgnorePlaces) -> Iterator[Finding]:
    """The findings; what one says of several values at once is said of each where an ignore is meant for some of them."""
    for finding in findings:
        together = not finding.each or any(_is_meant(finding, ignore) for _, ignore in places.of(finding))
        if together or not any(_is_meant(one, ignore) for one in finding.each for _, ignore in places.of(one)):
            yield finding
        else:
            yield from (replace(one, level=finding.level) for one in finding.each)


def _is_meant(finding: Finding, ignore: Ignore) -> bool:
    return bool(ignore.reason) and ignore.covers(finding) and any(matches(finding.rule, each) for each in ignore.rules)


def _silenced(finding: Finding, ignores: Iterable[tuple[int, Ignore]], used: set[tuple[int, str]]) -> Finding:
    """The finding, with the reason of the first ignore that is meant for it; all such ignores count as used."""
    reason = None
    for number, ignore in ignores:
        if not ignore.reason or not ignore.covers(finding):
            continue
        for pattern in ignore.rules:
            if pattern.strip("*") and matches(finding.rule, pattern):
                used.add((number, pattern))
                reason = reason or ignore.reason
    return replace(finding, suppressed=reason) if reason else finding


def _was_checked(ignore: Ignore, documents: set[tuple[str, int]] | None) -> bool:
    if documents is None:
        return True
    if ignore.document >= 0:
        return (ignore.file, ignore.document) in documents
    return any(file == ignore.file for file, _ in documents)


def _mistakes(ignore: Ignore, known: Collection[str]) -> Iterable[Finding]:
    shown = f"{ANNOTATION}" if ignore.object is not None else f"# kubetrial: {ignore.word}[...]"
    how = '"RULE: the reason"' if ignore.object is not None else f"# kubetrial: {ignore.word}[RULE] the reason"
    if ignore.word not in ("ignore", "ignore-file"):
        yield _about(
            ignore, UNKNOWN_RULE, f"`{ignore.word}` is no directive", "write ignore[RULE] or ignore-file[RULE]"
        )
        return
    if not ignore.rules:
        yield _about(ignore, UNKNOWN_RULE, "an ignore that names no rule", f"write {how}")
    for pattern in ignore.rules:
        if pattern.strip("*") and any(matches(rule, pattern) for rule in known):
            continue
        if not pattern.strip("*"):
            help = "name the rules; a pattern needs a part of a name, such as job-*"
        else:
            from kubetrial.lint.values.nearest import nearest

            close = nearest(pattern, known)
            help = f"did you mean {close}?" if close else "`kubetrial rules` lists the names"
        yield _about(ignore, UNKNOWN_RULE, f"no rule is called `{pattern}`", help)
    if ignore.rules and not ignore.reason:
        yield _about(ignore, WITHOUT_REASON, f"{shown} gives no reason", f"say why: {how}")


_CONSEQUENCES = {
    UNKNOWN_RULE: "it silences nothing",
    WITHOUT_REASON: "it silences nothing until it says why, so that others can judge whether it still holds",
    UNUSED: "it would hide the next real finding of this rule here",
}


def _unused(ignore: Ignore, idle: list[str]) -> Finding:
    whole = len(idle) == len(ignore.rules)
    names = ", ".join(idle)
    fix = Fix("remove the comment", (Edit(ignore.remove, ""),)) if whole and ignore.remove is not None else None
    return _about(
        ignore,
        UNUSED,
        f"nothing here is ignored by {names}",
        "remove the ignore" if whole else f"remove {names} from the ignore",
        fix,
    )


def _about(ignore: Ignore, rule: str, message: str, help: str, fix: Fix | None = None) -> Finding:
    return Finding(
        rule=rule,
        category=Category.RISKY,
        message=message,
        file=ignore.file,
        range=ignore.place,
        document=max(ignore.document, 0),
        consequence=_CONSEQUENCES[rule],
        help=help,
        object=ignore.object or ObjectRef(),
        path=f"{ignore.path + '.' if ignore.path else ''}metadata.annotations[{ANNOTATION}]" if ignore.object else "",
        fix=fix,
    )
