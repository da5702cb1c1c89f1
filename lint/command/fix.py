"""`--fix`: applies the edits of findings to texts, and writes files back as they were otherwise.

    texts -> check -> findings with a fix -> edits that do not touch one another -> texts, until nothing more can be fixed

The bytes around an edit never change: comments, quotes, indentation, line ends, byte order mark and encoding stay.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kubetrial.lint.finding import Edit, Finding
from kubetrial.lint.yaml.edits import has_odd_breaks

if TYPE_CHECKING:
    from kubetrial.lint.files.discover import SourceFile

PASSES = 20
"""So many times a text is fixed and checked again, at most; fixes that do not settle by then are left."""


@dataclass(slots=True)
class Fixed:
    """The texts after fixing by name (only those that changed), how many findings were fixed in each, and what was not done."""

    texts: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def until_stable(
    texts: Mapping[str, str], check: Callable[[Mapping[str, str]], Sequence[Finding]], *, unsafe: bool = False
) -> Fixed:
    """Fix texts, check them again, and so on until no fix is left.

    `check` gives the findings of the texts that it is given. A fix that makes a document unreadable, or a document or object of
    it disappear, is taken back with everything else of that file, and said.
    """
    fixed = Fixed()
    now = dict(texts)
    closed = {name for name, text in texts.items() if has_odd_breaks(text)}
    for _ in range(PASSES):
        chosen: dict[str, list[Finding]] = {}
        for finding in check(now):
            if finding.file in now and finding.file not in closed and wanted(finding, unsafe):
                chosen.setdefault(finding.file, []).append(finding)
        if not chosen:
            break
        for name, findings in chosen.items():
            text, count = apply(now[name], findings)
            if not count or text == now[name]:
                closed.add(name)
            elif not _keeps_objects(now[name], text):
                closed.add(name)
                fixed.notes.append(f"{name}: a fix would have lost a document, so nothing more was fixed in it")
            else:
                now[name] = text
                fixed.counts[name] = fixed.counts.get(name, 0) + count
    fixed.texts = {name: text for name, text in now.items() if text != texts[name]}
    fixed.counts = {name: fixed.counts[name] for name in fixed.texts}
    return fixed


def wanted(finding: Finding, unsafe: bool) -> bool:
    """Whether a finding is to be fixed: it has a fix, is not silenced, and the fix is safe or unsafe ones are asked for."""
    return finding.fix is not None and finding.suppressed is None and (unsafe or finding.fix.applicability == "safe")


def apply(text: str, findings: Iterable[Finding]) -> tuple[str, int]:
    """The text with the fixes of the findings in it, and how many were applied; what overlaps waits for the next pass."""
    starts = _line_starts(text)
    taken: list[tuple[int, int, str]] = []
    count = 0
    for finding in sorted(findings, key=lambda f: (f.range, f.rule)):
        assert finding.fix is not None
        spans = _spans(finding.fix.edits, starts, len(text))
        if spans is None:
            continue
        new = [span for span in spans if span not in taken]
        if any(_touch(span, other) for span in new for other in taken):
            continue
        taken.extend(new)
        count += 1
    return _replaced(text, taken), count


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """The text with these edits in it, which do not touch one another; raises ValueError for one outside of the text."""
    spans = _spans(edits, _line_starts(text), len(text))
    if spans is None:
        raise ValueError("an edit lies outside of the text")
    return _replaced(text, spans)


def _replaced(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    for begin, end, replacement in sorted(spans, reverse=True):
        text = text[:begin] + replacement + text[end:]
    return text


def _line_starts(text: str) -> list[int]:
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts


def _spans(edits: Sequence[Edit], starts: list[int], length: int) -> list[tuple[int, int, str]] | None:
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


def _touch(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    """Whether two edits overlap or meet; two that meet could be read in two orders."""
    return one[0] <= other[1] and other[0] <= one[1]


def _keeps_objects(before: str, after: str) -> bool:
    """Whether the fixed text has as many documents and items of Lists, and is as readable, as before."""
    from kubetrial.lint.yaml import source

    def shape(text: str) -> tuple[int, int, list[int]]:
        read = source.read("", text)
        sizes = [
            len(d.value["items"]) if d.value.__class__ is dict and d.value.get("items").__class__ is list else 1
            for d in read.documents
        ]
        return len(read.documents), len(read.unread), sizes

    return shape(before) == shape(after)


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
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".kubetrial-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(encode(after, old))
            out.flush()
            os.fsync(out.fileno())
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
