"""`--fix`: applies the edits of findings to texts, and writes files back as they were otherwise.

    texts -> check -> findings with a fix -> edits that do not touch one another -> texts, until nothing more can be fixed

The bytes around an edit never change: comments, quotes, indentation, line ends, byte order mark and encoding stay.
"""

from __future__ import annotations

import bisect
import codecs
import os
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kubetrial.lint.finding import Category, Edit, Finding, ObjectRef
from kubetrial.lint.values.records import dataclass, field
from kubetrial.lint.yaml.edits import has_odd_breaks

if TYPE_CHECKING:
    from kubetrial.lint.files.discover import SourceFile

_Span = tuple[int, int, str]
"""An edit as offsets: where it begins, where it ends, and what is written there."""

PASSES = 20
"""So many times a text is fixed and checked again, at most; fixes that do not settle by then are left."""


MOST_LEFT_OUT = 10
"""So many fixes of one pass may go wrong in a file before all of the pass are left."""


@dataclass(slots=True)
class Fixed:
    """The texts after fixing by name (only those that changed), how many findings were fixed in each, and what was not done."""

    texts: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


Check = Callable[[Mapping[str, str]], Sequence[Finding]]


@dataclass(slots=True)
class _Step:
    """What one pass did to a file, so that it can be taken back: the text and the findings before, and those that it fixed."""

    text: str
    findings: list[Finding]
    mended: Counter[_Identity]
    count: int
    built: bool  # whether kustomizations or charts are built of the file


def until_stable(texts: Mapping[str, str], check: Check, *, unsafe: bool = False) -> Fixed:
    """Fix texts, check them again, and so on until no fix is left.

    `check` gives the findings of the texts that it is given. In one pass a file gets the fixes of one kind only, the surest that
    it has: after a key is renamed, the field that seemed to be missing is there. What leaves a file no better than before is
    taken back and said: a document that is lost or can no longer be read, a key that stands twice, a finding that stays, a
    refusal of what was taken before, be it a kustomization or chart that is made of the file.
    """
    fixed = Fixed()
    now = dict(texts)
    closed = {name for name, text in texts.items() if has_odd_breaks(text)}
    steps: dict[str, _Step] = {}
    refused: set[ObjectRef] = set()
    for number in range(PASSES + 1):
        every = check(now)
        found: dict[str, list[Finding]] = {}
        for finding in every:
            for name in {finding.file, mended_in(finding)}:
                if name in now:
                    found.setdefault(name, []).append(finding)
        before, refused = refused, _units_refused(every)
        for name, step in steps.items():
            after = [*found.get(name, []), *(one for one in every if _stays_behind(step, name, one))]
            if (step.built and not refused <= before) or _is_no_better(step, after):
                _take_back(name, step, now, fixed, closed)
        steps = {}
        for name, findings in found.items() if number < PASSES else ():
            mending = (one for one in findings if mended_in(one) == name)
            if name not in closed and (chosen := _surest(mending, unsafe)):
                _advance(name, chosen, findings, now, fixed, closed, steps)
        if not steps:
            break
    fixed.texts = {name: text for name, text in now.items() if text != texts[name]}
    fixed.counts = {name: fixed.counts[name] for name in fixed.texts}
    return fixed


def _advance(
    name: str,
    chosen: list[Finding],
    findings: list[Finding],
    now: dict[str, str],
    fixed: Fixed,
    closed: set[str],
    steps: dict[str, _Step],
) -> None:
    """Apply the chosen fixes to one file, or close it where they cannot be."""
    before = now[name]
    text, done = _applied_well(before, chosen)
    if text is None or text == before:
        closed.add(name)
        if text is None:
            fixed.notes.append(f"{name}: a fix would have lost a document or a key, so nothing more was fixed in it")
        return
    now[name] = text
    fixed.counts[name] = fixed.counts.get(name, 0) + len(done)
    steps[name] = _Step(before, findings, Counter(map(_identity, done)), len(done), any(f.unit for f in done))


def _take_back(name: str, step: _Step, now: dict[str, str], fixed: Fixed, closed: set[str]) -> None:
    now[name] = step.text
    fixed.counts[name] -= step.count
    closed.add(name)
    fixed.notes.append(f"{name}: a fix did not make it better and was taken back, so nothing more was fixed in it")


def mended_in(finding: Finding) -> str:
    """The file that the fix of a finding changes; its own where it has none."""
    return (finding.fix.file if finding.fix is not None else "") or finding.file


def _stays_behind(step: _Step, name: str, finding: Finding) -> bool:
    """Whether a finding of another file, which prints what was mended in this one, is there still and has no fix any more."""
    return (
        finding.file != name
        and mended_in(finding) != name
        and _identity(finding) in step.mended
        and any(one.file == name for one in finding.related)
    )


_Identity = tuple[str, object, str]


def _identity(finding: Finding) -> _Identity:
    return finding.rule, finding.object, finding.path


def _units_refused(findings: Iterable[Finding]) -> set[ObjectRef]:
    """The kustomizations and charts that cannot be built: a patch finds no field that was renamed, a schema wants a text."""
    return {
        f.object for f in findings if f.category is Category.REJECTED and f.object.kind in ("Kustomization", "Chart")
    }


def _is_no_better(step: _Step, after: Iterable[Finding]) -> bool:
    """Whether a fixed finding is there as often as before, or an object is refused that was taken."""
    was, left = Counter(map(_identity, step.findings)), Counter(map(_identity, after))
    if any(left[identity] >= was[identity] for identity in step.mended):
        return True
    unread = {f.document for f in step.findings if f.rule == "yaml-syntax"}
    if unread:
        return False  # what could not be read before is judged for the first time
    refused = {f.object for f in step.findings if f.category is Category.REJECTED or f.rule == "key-duplicate"}
    known = {f.object for f in step.findings}
    return any(f.category is Category.REJECTED and f.object in known - refused for f in after)


def _surest(findings: Iterable[Finding], unsafe: bool) -> list[Finding]:
    """Of the findings to fix those whose fixes are surest: safe before unsafe, and what changes a text before what adds to it.

    Keys that stand twice are mended by themselves, for nothing may be lost then.
    """
    ranked: dict[tuple[bool, bool, bool], list[Finding]] = {}
    for finding in findings:
        if wanted(finding, unsafe):
            assert finding.fix is not None
            adds = all(edit.range.start == edit.range.end for edit in finding.fix.edits)
            rank = (finding.fix.applicability != "safe", finding.rule != "key-duplicate", adds)
            ranked.setdefault(rank, []).append(finding)
    return ranked[min(ranked)] if ranked else []


def _applied_well(text: str, findings: list[Finding]) -> tuple[str | None, list[Finding]]:
    """The text with the fixes that it takes without losing anything, and the findings that were fixed.

    The text is None where it takes none. A fix that goes wrong beside those in front of it is left out.
    """
    ordered = sorted(findings, key=lambda f: (f.range, f.rule))
    shape = _shape(text, of_keys=all(f.rule == "key-duplicate" for f in findings))
    for _ in range(MOST_LEFT_OUT):
        made, done = _applied(text, ordered)
        if not done or _keeps(shape, made):
            return made if done else None, done
        low, high = 0, len(done)  # so many of them are known to go well, and to go wrong
        while high - low > 1:
            middle = (low + high) // 2
            if _keeps(shape, _applied(text, done[:middle])[0]):
                low = middle
            else:
                high = middle
        ordered.remove(done[high - 1])
    return None, []


def wanted(finding: Finding, unsafe: bool) -> bool:
    """Whether a finding is to be fixed: it has a fix, is not silenced, and the fix is safe or unsafe ones are asked for."""
    return finding.fix is not None and finding.suppressed is None and (unsafe or finding.fix.applicability == "safe")


def apply(text: str, findings: Iterable[Finding]) -> tuple[str, int]:
    """The text with the fixes of the findings in it, and how many were applied; what overlaps waits for the next pass."""
    made, done = _applied(text, sorted(findings, key=lambda f: (f.range, f.rule)))
    return made, len(done)


def _applied(text: str, findings: Iterable[Finding]) -> tuple[str, list[Finding]]:
    starts = _line_starts(text)
    taken: list[_Span] = []  # sorted; no two of them touch
    repeats: set[_Span] = set()  # of those what takes away a key that stands twice
    done = []
    for finding in findings:
        assert finding.fix is not None
        spans = _spans(finding.fix.edits, starts, len(text))
        if spans is None:
            continue
        new = [span for span in spans if not _holds(taken, span)]
        repeated = finding.rule == "key-duplicate"
        if any(_touches(taken, span, repeats if repeated else ()) for span in new):
            continue
        for span in new:
            bisect.insort(taken, span)
        if repeated:
            repeats.update(new)
        done.append(finding)
    return _replaced(text, taken), done


def _holds(taken: list[_Span], span: _Span) -> bool:
    at = bisect.bisect_left(taken, span)
    return at < len(taken) and taken[at] == span


def _touches(taken: list[_Span], span: _Span, beside: Container[_Span]) -> bool:
    """Whether an edit overlaps or meets one of sorted others; two that meet could be read in two orders.

    Of those `beside`, which take something away as it does, it may meet one: lines that stand twice often follow one another, and
    their first ones stay.
    """
    at = bisect.bisect_left(taken, span)
    return any(
        one[0] <= span[1]
        and span[0] <= one[1]
        and not (one in beside and not one[2] and not span[2] and (one[1] == span[0] or span[1] == one[0]))
        for one in taken[max(at - 1, 0) : at + 1]
    )


def _replaced(text: str, spans: Iterable[_Span]) -> str:
    parts: list[str] = []
    at = 0
    for begin, end, replacement in sorted(spans):
        parts += text[at:begin], replacement
        at = end
    return "".join([*parts, text[at:]])


def _line_starts(text: str) -> list[int]:
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts


def _spans(edits: Sequence[Edit], starts: list[int], length: int) -> list[_Span] | None:
    """Edits as offsets; None where one lies outside of the text."""
    spans = []
    for edit in edits:
        offsets = []
        for position in (edit.range.start, edit.range.end):
            if not 1 <= position.line <= len(starts):
                return None
            offset = starts[position.line - 1] + position.column - 1
            if offset > (starts[position.line] if position.line < len(starts) else length):
                return None
            offsets.append(offset)
        if offsets[0] > offsets[1]:
            return None
        spans.append((offsets[0], offsets[1], edit.text))
    return spans


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a text holds that no fix may lose: the objects of each document, and keys that stand once; and what cannot be read.

    `keys` is how many keys its mappings have, one that stands twice once; -1 where they are not counted.
    """

    sizes: list[int]
    unread: int
    twice: int
    keys: int


def _shape(text: str, *, of_keys: bool = False) -> _Shape:
    from kubetrial.lint.yaml import source

    read = source.read("", text)
    sizes = [
        len(d.value["items"]) if d.value.__class__ is dict and d.value.get("items").__class__ is list else 1
        for d in read.documents
    ]
    twice = sum(problem.rule == "key-duplicate" for _, problem in read.problems)
    keys = sum(_keys(d.value) for d in read.documents) if of_keys else -1
    return _Shape(sizes, len(read.unread), twice, keys)


def _keys(value: object) -> int:
    """How many keys the mappings in a value have, each mapping counted once."""
    ahead, seen, count = [value], set[int](), 0
    while ahead:
        one = ahead.pop()
        if not isinstance(one, (dict, list)) or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, dict):
            count += len(one)
            ahead.extend(one.values())
        else:
            ahead.extend(one)
    return count


def _keeps(before: _Shape, text: str) -> bool:
    """Whether a text holds what it held: a missing separator may be put in, and what was unreadable may become readable."""
    after = _shape(text, of_keys=before.keys >= 0)
    kept = (
        before.sizes == after.sizes if len(before.sizes) == len(after.sizes) else sum(after.sizes) > sum(before.sizes)
    )
    return kept and after.unread <= before.unread and after.twice <= before.twice and after.keys >= before.keys


# --- showing and writing ------------------------------------------------------------------------------------------------------


def diff(name: str, before: str, after: str) -> Iterator[str]:
    """The lines of a unified diff, as `patch -p1` and `git apply` take them."""
    import difflib

    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{name}", f"b/{name}")
    for line in lines:
        if line.endswith("\n"):
            yield line
        else:
            yield line + "\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """Lines with their ends, at line feeds only."""
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def encode(text: str, like: bytes) -> bytes:
    """The text in the encoding of the bytes that it was read from, with their byte order mark."""
    for mark, encoding in _MARKS:
        if like.startswith(mark):
            return mark + text.encode(encoding)
    return text.encode("utf-8")


def save(path: str, before: str, after: str) -> None:
    """Replace a file's text at once, keeping its encoding and mode; a symbolic link stays one.

    Raises OSError, also where the file no longer holds the text `before` or could not be written back byte by byte.
    """
    import tempfile

    from kubetrial.lint.yaml import source

    path = os.path.realpath(path)
    with open(path, "rb") as stream:
        old = stream.read()
    try:
        unchanged = source.decode(old) == before
    except UnicodeError:
        unchanged = False
    if not unchanged:
        raise OSError("it changed while it was checked")
    if not os.path.isfile(path) or encode(before, old) != old:
        raise OSError("it cannot be written back as it was")
    if not os.stat(path).st_mode & 0o222:
        raise OSError("it is read-only")
    new = encode(after, old)
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".kubetrial-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(new)
            out.flush()
            os.fsync(out.fileno())
        with open(temporary, "rb") as written:
            if written.read() != new:
                raise OSError("what was written does not read back")
        _like(temporary, os.stat(path))
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _like(path: str, status: os.stat_result) -> None:
    """Give a new file the mode of another, and its owner where that is allowed."""
    import contextlib
    import stat

    made = os.stat(path)
    if hasattr(os, "chown") and (made.st_uid, made.st_gid) != (status.st_uid, status.st_gid):
        with contextlib.suppress(OSError):  # only root may; the content matters more
            os.chown(path, status.st_uid, status.st_gid)
    os.chmod(path, stat.S_IMODE(status.st_mode))


def deliver(fixed: Fixed, files: Iterable[SourceFile], before: Mapping[str, str], *, only_show: bool) -> list[str]:
    """Write the fixed files, or with `only_show` print their diffs; a stream's text is printed. Returns what failed.

    Standard output takes bytes, so that line ends stay as they are.
    """
    failures = []
    for file in files:
        if file.path not in before:
            continue
        after = fixed.texts.get(file.path)
        if only_show:
            if after is not None:
                _print("".join(diff(file.path, before[file.path], after)))
        elif file.is_stdin:
            _print(before[file.path] if after is None else after)
        elif after is not None:
            try:
                _refuse_link(file.full)
                save(file.full, before[file.path], after)
            except OSError as error:
                failures.append(f"{file.path} was not fixed: {error.strerror or error}")
                fixed.counts.pop(file.path, None)
                fixed.texts.pop(file.path, None)  # what is reported is what the file holds
    return failures


def _refuse_link(path: str) -> None:
    """Raise OSError for a link that leads out of its repository: nothing beyond it is written."""
    from kubetrial.lint.files.discover import repository_of
    from kubetrial.lint.files.read import is_inside

    root = repository_of(os.path.dirname(os.path.abspath(path)))
    if os.path.realpath(path) != os.path.abspath(path) and not is_inside(path, root or os.path.dirname(path)):
        raise OSError("it is a link to a file outside of the repository")


def said(fixed: Fixed, *, only_show: bool) -> str:
    """`Fixed 3 findings in 2 files.`, or empty where nothing was fixed."""
    number, files = sum(fixed.counts.values()), len(fixed.counts)
    if not number:
        return ""
    return f"{'Would fix' if only_show else 'Fixed'} {number} finding{'s' * (number > 1)} in {files} file{'s' * (files > 1)}."


def _print(text: str) -> None:
    import sys

    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(text)
    else:
        sys.stdout.flush()
        stream.write(text.encode("utf-8", "surrogatepass"))
        stream.flush()
