"""The files of a chart: a folder as Helm walks it, or an archive, with bounds on both.

Follows helm.sh/helm/v3/pkg/chart/loader (directory, archive).
"""

from __future__ import annotations

import posixpath
import re
import zlib
from collections.abc import Callable, Iterator

from kubetrial.lint.build.chart import ignore
from kubetrial.lint.build.chart.refusal import FIRST, HelmRefused
from kubetrial.lint.build.chart.sources import SourceText
from kubetrial.lint.build.origin import Origin, Tree
from kubetrial.lint.finding import Position, Range
from kubetrial.lint.values.records import dataclass

MAX_FILE = 5 << 20
"""Bytes of one file of a chart; Helm's own bound."""
MAX_CHART = 100 << 20
"""Bytes of an unpacked archive; Helm's own bound."""
MAX_FILES = 20_000
MAX_FOLDERS = 5_000
_BOM = b"\xef\xbb\xbf"
_DRIVE = re.compile(r"[a-zA-Z]:/")


@dataclass(frozen=True)
class ChartFile:
    """One file: its name in the chart, how to get what it holds, and what reports call it.

    `archive`: the archive that it lies in; what stands there is shown at `stands_at`.
    """

    name: str
    load: Callable[[], bytes]
    file: str
    stands_at: Origin | None = None

    def data(self) -> bytes:
        """What the file holds, without a byte order mark."""
        return self.load().removeprefix(_BOM)

    def text(self) -> str:
        """The text; bytes that are no UTF-8 are kept as lone surrogates, so that encoding gives them back."""
        return self.data().decode("utf-8", "surrogateescape")

    def source(self) -> SourceText:
        """The text with its places."""
        return SourceText(self.file, self.text(), self.stands_at, self.name)

    def below(self, folder: str) -> ChartFile:
        """The same file of a chart in a folder of this one."""
        return ChartFile(self.name[len(folder) :], self.load, self.file, self.stands_at)


def of_folder(tree: Tree, folder: str, unreached: list[str]) -> list[ChartFile]:
    """The files of a chart's folder without those that .helmignore leaves out; raises Refused.

    Into `unreached` go the paths of what is no file to read: links that lead nowhere or out of the tree.
    """
    ignored = _ignored(tree, folder)
    found: list[ChartFile] = []
    for name, is_there in _walk(tree, folder, ignored):
        path = _joined(folder, name)
        if not is_there:
            unreached.append(path)
            continue
        found.append(ChartFile(name, lambda path=path: _read(tree, path), path))  # type: ignore[misc]
        if len(found) > MAX_FILES:
            raise HelmRefused(
                f"the chart has more than {MAX_FILES} files; name those that do not belong to it in .helmignore",
                Origin(_joined(folder, "Chart.yaml"), FIRST, None, False),
            )
    if tree.is_file(_joined(folder, "Chart.yaml")):
        _refuse_ignored_chart(ignored, _joined(folder, ".helmignore"))
    return found


def _refuse_ignored_chart(ignored: tuple[ignore.IgnorePattern, ...], path: str) -> None:
    """Raises Refused where `.helmignore` leaves out Chart.yaml itself, so that Helm finds no chart."""
    pattern = ignore.left_out_by(ignored, "Chart.yaml", folder=False)
    if pattern is not None:
        raise HelmRefused(
            "this line leaves out Chart.yaml, so Helm finds no chart here",
            Origin(path, Range(Position(pattern.line, 1), Position(pattern.line, 2)), None, False),
            help="remove the line: to Helm, `!NAME` leaves out every file but NAME"
            if pattern.negated
            else "narrow the line",
        )


def _joined(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name))


def _read(tree: Tree, path: str) -> bytes:
    data = tree.read(path)
    if data is None:
        raise HelmRefused("the file cannot be read", Origin(path, FIRST, None, False))
    if len(data) > MAX_FILE:
        raise HelmRefused("Helm takes no file of a chart above 5 MiB", Origin(path, FIRST, None, False))
    return data


def _ignored(tree: Tree, folder: str) -> tuple[ignore.IgnorePattern, ...]:
    path = _joined(folder, ".helmignore")
    data = tree.read(path) or b""
    text = data.decode("utf-8", "replace")
    try:
        return ignore.read(text)
    except ignore.BadPattern as error:
        place = Range(Position(error.line, 1), Position(error.line, 2))
        raise HelmRefused(str(error), Origin(path, place, None, False)) from None


def _walk(tree: Tree, top: str, ignored: tuple[ignore.IgnorePattern, ...]) -> Iterator[tuple[str, bool]]:
    """The names of files below a folder in order, and whether each can be read.

    Links are followed; those that lead in circles multiply folders, which are counted as files are.
    """
    pending: list[tuple[str, bool | None]] = [("", True)]
    folders = 0
    while pending:
        inside, is_folder = pending.pop()
        if not is_folder:
            yield inside, is_folder is False
            continue
        folders += 1
        if folders > MAX_FOLDERS:
            at = Origin(_joined(top, "Chart.yaml"), FIRST, None, False)
            raise HelmRefused(f"the chart has more than {MAX_FOLDERS} folders; do links lead in a circle?", at)
        found: list[tuple[str, bool | None]] = []
        for name, below in tree.entries(_joined(top, inside)):
            path = f"{inside}/{name}" if inside else name
            if name != ".git" and not ignore.ignored(ignored, path, folder=bool(below)):
                found.append((path, below))
        pending.extend(reversed(found))


def of_archive(data: bytes, file: str, stands_at: Origin, most: int = MAX_CHART) -> list[ChartFile]:
    """The files of an archive; nothing is unpacked to disk. Raises Refused, at `stands_at`, for what Helm refuses.

    `most` are the bytes that it may unpack to, where it lies in another one.
    """
    import io
    import tarfile

    found: list[ChartFile] = []
    left = most
    try:
        with tarfile.open(fileobj=io.BytesIO(_unpacked(data, file, stands_at, most))) as archive:
            for entry in archive:
                if entry.isdir():
                    continue
                name = _inner_name(entry.name, file, stands_at)
                if entry.size > MAX_FILE:
                    raise HelmRefused(f"{file}: `{name}` has more than the 5 MiB that Helm takes", stands_at)
                stream = archive.extractfile(entry) if entry.isreg() else None
                held = stream.read() if stream is not None else b""
                left -= len(held)
                found.append(ChartFile(name, lambda held=held: held, file, stands_at))  # type: ignore[misc]
                if len(found) > MAX_FILES or left < 0:
                    raise HelmRefused(f"{file}: the archive holds more than Helm takes", stands_at)
    except (tarfile.TarError, EOFError, ValueError, OSError, KeyError):
        raise HelmRefused(f"{file} is no archive of a chart (tar and gzip)", stands_at) from None
    if not found:
        raise HelmRefused(f"{file}: the archive holds no files", stands_at)
    return found


def _unpacked(data: bytes, file: str, stands_at: Origin, most: int) -> bytes:
    """The tar inside of a gzip, up to the bound."""
    unzip = zlib.decompressobj(wbits=31)
    try:
        made = unzip.decompress(data, most + 1)
    except zlib.error:
        raise HelmRefused(f"{file} is no archive of a chart (tar and gzip)", stands_at) from None
    if len(made) > most:
        raise HelmRefused(f"{file}: the archive unpacks to more than the 100 MiB that Helm takes", stands_at)
    return made


def _inner_name(written: str, file: str, stands_at: Origin) -> str:
    """The name of an entry inside of its chart; raises Refused where it leaves the chart's folder."""
    delimiter = "\\" if "\\" in written else "/"
    first, *parts = written.split(delimiter)
    name = "/".join(parts)
    if first == "Chart.yaml":
        raise HelmRefused(f"{file}: Chart.yaml lies outside of the chart's folder", stands_at)
    if name.startswith("/"):
        raise HelmRefused(f"{file}: `{written}` is an absolute path", stands_at)
    name = posixpath.normpath(name) if name else "."
    if name == "." or name.startswith("..") or _DRIVE.match(name):
        raise HelmRefused(f"{file}: `{written}` lies outside of the chart's folder", stands_at)
    return name
