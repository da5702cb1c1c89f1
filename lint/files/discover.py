"""Paths -> sources: files, folders, globs and standard input, as the user names them.

In folders, hidden files, what git ignores and what is neither YAML nor JSON is left alone; git itself is never run.
A file that is named explicitly is read whatever it is called.
"""

from __future__ import annotations

import errno
import functools
import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from kubetrial.lint.files import kept, looks, witness
from kubetrial.lint.files.patterns import Patterns, read_patterns, relative
from kubetrial.lint.files.read import MOST_SETTINGS, STREAMS, is_inside, read, read_given
from kubetrial.lint.files.test_inputs import NAMES_OF_TESTS, expected, folders_of_tests, is_archive, is_folder_of_tests
from kubetrial.lint.values.records import dataclass, field

ENDINGS = (".yaml", ".yml", ".json")
"""What is read in folders."""
CONTEXT_FILES = 20_000
"""So many files of a repository are read beside the given ones, at most."""
CONTEXT_BYTES = 128 << 20
"""So many bytes of them."""
_CONTEXT_ENTRIES = 100_000

Scope = list[tuple[str, Patterns]]
"""What git ignores at a place: folders from the outermost inwards, and the patterns that each brings."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """Something to read. `path` is how reports name it: relative to the working directory, with `/`."""

    path: str
    full: str = ""
    explicit: bool = False  # named by the user, not found in a folder
    is_stdin: bool = False
    reader: Callable[[], bytes] | None = field(default=None, compare=False, repr=False)
    real: str = field(default="", compare=False)  # with links resolved

    def read(self) -> bytes:
        """The content; raises OSError (see `why`)."""
        if self.reader is not None:
            return self.reader()
        return read_given(self.full)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A path that cannot be read, and why, in plain words."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """What the paths stand for. `complete`: the whole set is known, because a folder or a stream was given."""

    files: tuple[SourceFile, ...]
    problems: tuple[Unreadable, ...] = ()
    skipped: dict[str, int] = field(default_factory=dict)
    complete: bool = False
    excluded: tuple[str, ...] = ()  # what `exclude` left out, relative to its folder


@dataclass(frozen=True, slots=True)
class Context:
    """The other files of the repository; `note` says what of it was not read. `statuses` are those of the files."""

    files: tuple[SourceFile, ...] = ()
    note: str = ""
    statuses: tuple[os.stat_result, ...] = ()


def discover(
    paths: Sequence[str],
    *,
    stdin: Callable[[], bytes] = lambda: b"",
    stdin_filename: str | None = None,
    exclude: Sequence[str] = (),
    exclude_root: str = "",
    force_exclude: bool = False,
) -> Discovery:
    """The files that the paths stand for, each once, sorted by name.

    `exclude` are patterns as in a .gitignore file, relative to `exclude_root` (default: the working directory); they
    hold in folders, and with `force_exclude` for named files too. `stdin_filename` names standard input in reports;
    where a file of that name exists, an editor asks about that one file, and the set is not taken to be complete.
    """
    finder = _Finder(Patterns(exclude), os.path.abspath(exclude_root or os.curdir))
    # Folders last: a file that is also named by itself counts as named.
    for path in sorted(paths, key=os.path.isdir):
        if path != "-":
            finder.add(path, force_exclude)
        elif stdin_filename is None:
            finder.stream("<stdin>", "", stdin)
        else:
            full = os.path.abspath(stdin_filename)
            finder.stream(_shown(full, finder.here), full if witness.is_file(full) else "", stdin)
    finder.finish()
    # A stream stands where the user put it: before everything else.
    files = sorted(finder.files, key=lambda file: (not file.is_stdin, file.path))
    return Discovery(tuple(files), tuple(finder.problems), finder.skipped, finder.complete, tuple(finder.left_out))


def context_files(
    given: Iterable[SourceFile],
    *,
    most_files: int = CONTEXT_FILES,
    most_bytes: int = CONTEXT_BYTES,
    cache: str | None = None,
) -> Context:
    """The rest of the repositories that hold the given files, and what was left out of it: what is farthest, where that is too much.

    The repository is the nearest folder above with a `.git`; without one, only the file's own folder is read. `cache` is the folder
    in which it is kept what was found.
    """
    given = [file for file in given if file.full]
    folders = sorted({os.path.dirname(os.path.abspath(file.full)) for file in given})
    seen = {file.real for file in given}
    found: list[tuple[SourceFile, os.stat_result]] = []
    whole = True
    for start in dict.fromkeys(repository_of(folder) or folder for folder in folders):
        below, all_of_it = files_below(start, cache)
        whole = whole and all_of_it
        for file in below:
            if file.real not in seen:
                seen.add(file.real)
                try:
                    found.append((file, os.stat(file.full)))
                except OSError:
                    continue
    files, note = found, ""
    if len(found) > most_files or sum(status.st_size for _, status in found) > most_bytes:
        files = _bounded(folders, found, most_files, most_bytes)
    if len(files) < len(found) or not whole:
        note = f"the repository is large: {len(files)} of its other YAML and JSON files were read to resolve references"
    return Context(tuple(file for file, _ in files), note, tuple(status for _, status in files))


def _bounded(
    folders: Sequence[str], found: Sequence[tuple[SourceFile, os.stat_result]], most_files: int, most_bytes: int
) -> list[tuple[SourceFile, os.stat_result]]:
    """The files that are nearest to some folders, as many as may be read."""
    statuses = {file.full: status for file, status in found}
    files: list[tuple[SourceFile, os.stat_result]] = []
    total = 0
    for file in nearest_first(distances(folders), (file for file, _ in found)):
        size = statuses[file.full].st_size
        if len(files) == most_files or total + size > most_bytes:
            continue  # a smaller one behind it may fit
        total += size
        files.append((file, statuses[file.full]))
    return files


def nearest_first(distance: Callable[[str], int], files: Iterable[SourceFile]) -> list[SourceFile]:
    """Files in the order of the distance of their folders."""
    return sorted(files, key=lambda file: (distance(os.path.dirname(file.full)), file.path))


def files_below(root: str, cache: str | None = None) -> tuple[list[SourceFile], bool]:
    """All manifests of a repository, or those in a folder that is none, and whether it was looked through to its end.

    `cache` is the folder in which it is kept what was found.
    """

    def work() -> bytes:
        finder = _Finder(Patterns(()), root)
        finder.budget = _CONTEXT_ENTRIES
        finder.walk(root, recursive=repository_of(root) is not None)
        finder.finish()
        rows = [b"1" if finder.budget > 0 else b"0"]
        for file in finder.files:
            rows += os.fsencode(file.full), b"" if file.real == file.full else os.fsencode(file.real)
        return b"\0".join(rows)

    whole, *rows = looks.answer(kept.entry(cache, b"files below", os.fsencode(root)), work).split(b"\0")
    here = os.path.abspath(os.curdir)
    below = here if here.endswith(os.sep) else here + os.sep
    found = []
    for full, real in zip(map(os.fsdecode, rows[::2]), map(os.fsdecode, rows[1::2]), strict=True):
        name = full[len(below) :].replace(os.sep, "/") if full.startswith(below) else _shown(full, here)
        found.append(SourceFile(name, full, real=real or full))
    return found, whole == b"1"


def repository_of(folder: str) -> str | None:
    """The nearest folder, from this one upwards, that is the root of a git repository."""
    while True:
        if witness.exists(os.path.join(folder, ".git")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def outside_of(path: str, folder: str) -> str | None:
    """What a path leads out of that a file in a folder names: the repository, or the folder where there is none; None: nothing.

    The file may be a stranger's, who has no say about what lies elsewhere.
    """
    top = repository_of(os.path.abspath(folder))
    if is_inside(path, top or folder):
        return None
    return "the repository" if top else "its folder"


def why(error: OSError) -> str:
    """In plain words why a file cannot be read."""
    if error.errno == errno.ENOENT:
        return "no such file or folder"
    if error.errno in (errno.EACCES, errno.EPERM):
        return "no permission to read it"
    if error.errno == errno.ELOOP:
        return "its symbolic links lead back to itself"
    if error.errno == errno.EISDIR:
        return "it is a folder"
    said = error.strerror or str(error)
    return said[:1].lower() + said[1:]


@dataclass(frozen=True, slots=True)
class _Scopes:
    """What holds in a folder and below it: what git ignores, and what is taken over from elsewhere."""

    ignored: Scope
    vendored: Scope


class _Finder:
    """Collects files; each real file once, plain paths before symbolic links."""

    def __init__(self, exclude: Patterns, exclude_root: str) -> None:
        self.here = os.path.abspath(os.curdir)
        self.exclude = exclude
        self.exclude_root = exclude_root
        self.files: list[SourceFile] = []
        self.problems: list[Unreadable] = []
        self.skipped: dict[str, int] = {}
        self.complete = False
        self.left_out: list[str] = []
        self.seen: set[str] = set()
        self.folders: set[str] = set()
        self.links: list[tuple[str, bool, str]] = []
        self.budget = -1  # entries that may still be looked at; below zero: any number
        self.streamed = False
        self.root = ""
        self.start = ""
        self.real: dict[str, str] = {}  # a folder -> it with links resolved

    def stream(self, name: str, full: str, reader: Callable[[], bytes]) -> None:
        """Standard input, once; `full` is the file that it is an unsaved version of."""
        if self.streamed:
            return
        self.streamed = True
        self.complete = self.complete or not full
        if full:
            self.seen.add(os.path.realpath(full))
        self.files.append(SourceFile(name, full, True, True, reader, os.path.realpath(full) if full else ""))

    def add(self, path: str, force_exclude: bool) -> None:
        """A path of the command line: a file, a folder or a glob."""
        try:
            mode = os.stat(path).st_mode
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno == errno.ENOENT and _is_glob(path):
                self._add_glob(path, force_exclude)
            else:
                reason = why(error) if isinstance(error, OSError) else "a path cannot hold a NUL character"
                self.problems.append(Unreadable(path.replace("\0", "\\0"), reason))
            return
        full = os.path.abspath(path)
        if stat.S_ISDIR(mode):
            self.complete = True
            self.walk(full)
        elif stat.S_ISREG(mode) or (stat.S_ISFIFO(mode) and path.startswith(STREAMS)):
            # A stream of the shell, such as <(helm template .), holds a whole set.
            self.complete = self.complete or not stat.S_ISREG(mode)
            if force_exclude and self._excluded(full, whole=True):
                self._skip("excluded")
                return
            self._take(full, explicit=True, real=None)
        else:
            self.problems.append(Unreadable(_shown(full, self.here), "it is no regular file"))

    def walk(self, folder: str, recursive: bool = True, root: str = "") -> None:
        """All manifests below a folder; links lead no further than its root (the repository, else the folder)."""
        self.root = root or repository_of(folder) or folder
        self.start = folder
        patterns = _patterns_above(folder)
        real = os.path.realpath(folder)
        pending = [(folder, real, _Scopes(patterns, []))]
        while pending:
            folder, real, scopes = pending.pop()
            if real in self.folders:
                continue
            self.folders.add(real)
            for name, inside, within in self._enter(folder, real, scopes):
                if recursive:
                    pending.append((name, inside, within))

    def finish(self) -> None:
        """Follow the symbolic links that were met, now that everything has been seen by its own name."""
        while self.links:
            links, self.links = sorted(self.links), []
            for full, is_folder, root in links:
                real = os.path.realpath(full)
                witness.exists(full)  # where it leads, too
                if not is_inside(real, root):
                    self._skip("symbolic link that leads out of the repository")
                elif not is_folder:
                    self._take(full, explicit=False, real=real)
                elif not _holds(real, os.path.dirname(full)):
                    self.walk(full, root=root)

    def _enter(self, folder: str, real: str, scopes: _Scopes) -> Iterator[tuple[str, str, _Scopes]]:
        """Take the files of one folder and return the folders in it that are to be entered."""
        try:
            with os.scandir(folder) as listing:
                entries = list(listing)
        except OSError as error:
            self.problems.append(Unreadable(_shown(folder, self.here), why(error)))
            return
        scopes = _within(folder, {entry.name for entry in entries if entry.name[0] == "."}, scopes)
        # What stands directly in a folder that was named is read, whatever it is called.
        every = [entry.name for entry in entries]
        tested = expected(folder, every) if folder != self.start else ()
        if not NAMES_OF_TESTS.isdisjoint(every):
            tested = {*tested, *folders_of_tests(every, self._inside(folder))}
        prefix = folder if folder.endswith(os.sep) else folder + os.sep
        real_prefix = real if real.endswith(os.sep) else real + os.sep
        for entry in entries:
            name = entry.name
            if self.budget == 0:
                return
            self.budget -= 1
            wanted = name.endswith(ENDINGS)
            if name[0] == ".":
                self._hidden(entry, wanted)
                continue
            try:
                is_folder = entry.is_dir()
                if not is_folder and not wanted:
                    continue
                linked = entry.is_symlink()
                if linked:
                    witness.exists(prefix + name)
                regular = is_folder or entry.is_file()
            except OSError as error:
                if wanted:
                    self.problems.append(Unreadable(_shown(prefix + name, self.here), why(error)))
                continue
            full = prefix + name
            if self._left_alone(full, name, is_folder, scopes, name in tested):
                continue
            if linked:
                self.links.append((full, is_folder, self.root))
            elif is_folder:
                yield full, real_prefix + name, scopes
            elif regular:
                self._take(full, explicit=False, real=real_prefix + name)
            else:
                self.problems.append(Unreadable(_shown(full, self.here), "it is no regular file"))

    def _inside(self, folder: str) -> str:
        """The path of a folder from the root; a dot for the root itself."""
        return relative(folder, self.root) or os.curdir

    def _hidden(self, entry: os.DirEntry[str], wanted: bool) -> None:
        """Count what a hidden file or folder hides; not while the rest of a repository is looked through."""
        if wanted:
            self._skip("hidden")
        elif entry.name != ".git" and self.budget < 0 and entry.is_dir(follow_symlinks=False):
            self._skip("hidden", _manifests_below(entry.path))

    def _left_alone(self, full: str, name: str, is_folder: bool, scopes: _Scopes, tested: bool) -> bool:
        """Whether something is not read because of what git ignores, the user excludes, or whose it is; counts it."""
        if scopes.ignored and _ignored(full, is_folder, scopes.ignored):
            self._skip("ignored by git")
            return True
        if self.exclude and self._excluded(full, is_folder):
            self._skip("excluded")
            return True
        if is_folder and is_archive(name):
            if self.budget < 0:
                self._skip("kept from earlier", _manifests_below(full))
            return True
        if not tested and is_folder:
            tested = is_folder_of_tests(name, self._inside(os.path.dirname(full)))
        if tested or (scopes.vendored and _ignored(full, is_folder, scopes.vendored)):
            if not is_folder:
                self._skip("of tests or of others")
            elif self.budget < 0:
                self._skip("of tests or of others", _manifests_below(full))
            return True
        return False

    def _take(self, full: str, *, explicit: bool, real: str | None) -> None:
        real = real or self._real(full)
        if real in self.seen:
            return
        if not explicit:
            # A link's target was not looked at before.
            try:
                mode = stat.S_IFREG if real == full else os.stat(full).st_mode
            except OSError as error:
                self.problems.append(Unreadable(_shown(full, self.here), why(error)))
                return
            if not stat.S_ISREG(mode):
                self.problems.append(Unreadable(_shown(full, self.here), "it is no regular file"))
                return
        self.seen.add(real)
        self.files.append(SourceFile(_shown(full, self.here), full, explicit, real=real))

    def _real(self, full: str) -> str:
        """A path with its links resolved: of a file beside another one, the folder's are known."""
        folder, name = os.path.split(full)
        if not name or os.path.islink(full):
            return os.path.realpath(full)
        if folder not in self.real:
            self.real[folder] = os.path.realpath(folder)
        return os.path.join(self.real[folder], name)

    def _add_glob(self, pattern: str, force_exclude: bool) -> None:
        matches = sorted(set(_expand(pattern)))
        if not matches:
            self.problems.append(Unreadable(pattern, "no file matches"))
        for match in matches:
            self.add(match, force_exclude)

    def _excluded(self, full: str, is_folder: bool = False, *, whole: bool = False) -> bool:
        inside = relative(full, self.exclude_root)
        if not inside:
            return False
        out = self.exclude.cover(inside) if whole else bool(self.exclude.decide(inside, is_folder))
        if out:
            self.left_out.append(inside)
        return out

    def _skip(self, reason: str, count: int = 1) -> None:
        if count:
            self.skipped[reason] = self.skipped.get(reason, 0) + count


def _within(folder: str, hidden: Collection[str], outer: _Scopes) -> _Scopes:
    """What holds in a folder, by the hidden files in it, where `outer` holds in the one above."""
    ignored, vendored = outer.ignored, outer.vendored
    if ".git" in hidden and folder not in (place for place, _ in ignored):
        ignored = []  # another repository inside of this one: the outer one's patterns do not hold
    if ".gitattributes" in hidden:
        found = _vendored(os.path.join(folder, ".gitattributes"))
        vendored = [*vendored, (folder, found)] if found else vendored
    if ".gitignore" in hidden:
        found = read_patterns(os.path.join(folder, ".gitignore"))
        ignored = [*ignored, (folder, found)] if found else ignored
    return _Scopes(ignored, vendored)


def _vendored(file: str) -> Patterns:
    """What a .gitattributes file marks as taken over from elsewhere (`linguist-vendored`)."""
    try:
        rows = [row.split() for row in read(file, MOST_SETTINGS).decode("utf-8", "replace").splitlines()]
    except OSError:
        return Patterns(())
    return Patterns(row[0] for row in rows if {"linguist-vendored", "linguist-vendored=true"} & set(row[1:]))


def _manifests_below(folder: str, most: int = 2_000) -> int:
    """How many YAML and JSON files lie in a folder, of its first entries; links are not followed."""
    count, pending = 0, [folder]
    while pending and most > 0:
        try:
            with os.scandir(pending.pop()) as listing:
                for entry in listing:
                    most -= 1
                    if most <= 0:
                        break
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
                    elif entry.name.endswith(ENDINGS):
                        count += 1
        except OSError:
            continue
    return count


def shown(full: str) -> str:
    """How reports name an absolute path."""
    return _shown(full, os.path.abspath(os.curdir))


def _shown(full: str, here: str) -> str:
    """How reports name an absolute path: relative to the working directory, or absolute when it is outside of it."""
    inside = relative(full, here)
    if inside is None:
        # The working directory may have been reached by a symbolic link.
        inside = relative(full, os.path.realpath(here))
    if inside is None:
        return full.replace(os.sep, "/")
    return inside or "."


def _patterns_above(folder: str) -> Scope:
    """What the repository around a folder ignores, outermost first; nothing where the folder itself is ignored."""
    root = repository_of(folder)
    if root is None:
        return []
    found: Scope = []
    own = read_patterns(os.path.join(root, ".git", "info", "exclude"))
    if own:
        found.append((root, own))
    if folder == root:
        return found
    inside = relative(folder, root) or ""
    at = root
    for name in inside.split("/"):
        patterns = read_patterns(os.path.join(at, ".gitignore"))
        if patterns:
            found.append((at, patterns))
        at = os.path.join(at, name)
        if _ignored(at, True, found):
            return []  # the user asks for an ignored folder by name
    return found


def ignored_by_git(full: str) -> bool:
    """Whether git ignores a path of a repository, or a folder above it; the path need not be there."""
    root = repository_of(os.path.dirname(full))
    if root is None:
        return False
    found: Scope = [(root, read_patterns(os.path.join(root, ".git", "info", "exclude")))]
    at, parts = root, (relative(full, root) or "").split("/")
    for position, name in enumerate(parts, 1):
        found.append((at, read_patterns(os.path.join(at, ".gitignore"))))
        at = os.path.join(at, name)
        if _ignored(at, position < len(parts), found):
            return True
    return False


def _ignored(full: str, is_folder: bool, patterns: Scope) -> bool:
    """Whether git ignores the path; the innermost .gitignore that speaks of it decides."""
    for folder, ours in reversed(patterns):
        inside = relative(full, folder)
        if inside:
            said = ours.decide(inside, is_folder)
            if said is not None:
                return said
    return False


def _holds(folder: str, path: str) -> bool:
    """Whether a real folder is the path or above it: a link to it would lead round in circles."""
    real = os.path.realpath(path)
    return real == folder or real.startswith(folder if folder.endswith(os.sep) else folder + os.sep)


def distances(folders: Iterable[str]) -> Callable[[str], int]:
    """A function from a folder to the number of steps between it and the nearest of some folders.

    What lies above a folder is noted with the steps down to it, so that an answer takes the time of the folder's own depth.
    """
    below: dict[str, int] = {}
    for folder in folders:
        for steps, above in enumerate(_upwards(folder)):
            if below.get(above, steps + 1) <= steps:
                break
            below[above] = steps

    @functools.cache
    def distance(folder: str) -> int:
        return min(steps + below[above] for steps, above in enumerate(_upwards(folder)) if above in below)

    return distance


def _upwards(folder: str) -> Iterator[str]:
    """A folder, the one above it, and so on to the root."""
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above


# --- globs ------------------------------------------------------------


def _is_glob(path: str) -> bool:
    return any(sign in path for sign in "*?[")


def _expand(pattern: str) -> Iterator[str]:
    """The paths that match, as a shell with `**` would list them: hidden ones only where the pattern names the dot."""
    drive, rest = os.path.splitdrive(pattern)
    if os.sep != "/":
        rest = rest.replace(os.sep, "/")
    start = drive + os.sep if rest.startswith("/") else drive
    parts: list[str] = []
    for part in rest.split("/"):
        if part and not (part == "**" and parts[-1:] == ["**"]):
            parts.append(part)
    return _match(start, parts)


def _match(folder: str, parts: list[str]) -> Iterator[str]:
    if not parts:
        yield folder
        return
    part, rest = parts[0], parts[1:]
    if not _is_glob(part):
        path = os.path.join(folder, part)
        if witness.exists(path) or os.path.islink(path):
            yield from _match(path, rest)
        return
    import fnmatch

    try:
        entries = sorted(os.scandir(folder or os.curdir), key=lambda entry: entry.name)
    except OSError:
        return
    if part == "**":
        if rest:
            yield from _match(folder, rest)
        for entry in entries:
            if entry.name[0] == ".":
                continue
            path = os.path.join(folder, entry.name)
            if entry.is_dir(follow_symlinks=False):
                yield from _match(path, parts)
            elif not rest:
                yield path
        return
    for entry in entries:
        if (entry.name[0] != "." or part[0] == ".") and fnmatch.fnmatchcase(entry.name, part):
            path = os.path.join(folder, entry.name)
            if not rest or entry.is_dir():
                yield from _match(path, rest)
