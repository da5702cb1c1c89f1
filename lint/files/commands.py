"""What the scripts, pipelines and pages of a repository do with its manifests: apply them, write values into them first, or give them
to another tool.

Only asked about a file that the API server would refuse, so that a repository whose manifests are good is not read for it.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from kubetrial.lint.files import witness
from kubetrial.lint.files.read import read
from kubetrial.lint.values.records import dataclass, field

_NAMES = (
    "makefile",
    "gnumakefile",
    "taskfile",
    "justfile",
    "tiltfile",
    "jenkinsfile",
    "rakefile",
    "vagrantfile",
    "dockerfile",
    "containerfile",
)
_OF_PROGRAMS = (".py", ".rb", ".js", ".ts", ".tf", ".go", ".java", ".kt", ".rs", ".cs")
_ENDINGS = (
    ".sh", ".bash", ".zsh", ".fish", ".bat", ".ps1", ".mk", ".make", ".just", ".groovy", ".yaml", ".yml", ".toml", ".md", ".mdx",
    ".rst", ".adoc", ".txt", ".ipynb", ".nix", ".dockerfile", *_OF_PROGRAMS,
)  # fmt: skip
_TEST = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*(?:_test|\.test|\.spec|Tests?))\.\w+\Z")
_ENTERED = (
    ".github",
    ".gitlab",
    ".circleci",
    ".ci",
    ".azure",
    ".azure-pipelines",
    ".taskfiles",
    ".tekton",
    ".justfiles",
)
_LEFT = ("node_modules", "vendor", "testdata")
_MOST_FILES = 20_000
_MOST_BYTES = 32 << 20
_LARGEST = 256 << 10
_MOST_LINES = 10_000
_LONGEST_LINE = 1_000

_REPLACES = re.compile(
    r"s(?<!\ws)([/|,#@:!~])((?:\\.|(?!\1)[^\\\n]){2,200}?)\1(?:\\.|(?!\1)[^\\\n]){0,500}?\1"
    r"|replace(?<!\wreplace)\w*\([ \t]*[rfb]?([\"'`/])((?:\\.|(?!\3)[^\\\n]){2,200}?)\3"
)
"""What sed and Perl search for, and the texts that a program hands to a function that replaces them. Both begin with a letter, not with
a look at what stands before it, so that the search goes from one such letter to the next.
"""
_PIECES = re.compile(r"\\[wWdDsSbB]|\\(?=.)|[.*+?^$|()\[\]]+")
_SHORTEST = 3
_SENDS = re.compile(
    r"(?<![\w./-])(?:kubectl|oc|k|kubecolor|microk8s|minikube|k3s|k0s|kapp|argocd|flux|kustomize|skaffold|k8s_yaml|helm|kubetrial)\b"
    r"|\bcreate_from_yaml\b"
)
_OF_SHELL = re.compile(
    r"(?:cat|bat|less|more|vi|vim|nvim|nano|code|open|edit|git|curl|wget|cp|mv|rm|ls|tee|touch|echo|diff|source|bash|sh|python3?|node"
    r"|yamllint|kubeconform|kubeval|kube-linter|kube-score|conftest)\Z"
)
"""Programs that say nothing of where a file goes."""
_TOOL = re.compile(
    r"(?:^|[!$>`\"';&|({]|\bsudo|\btime)[ \t]*([a-z][\w-]{1,30})((?:[ \t]+[\w.$-]+){1,4}?)[ \t]+(?:-f|--file|--filename)[ =]"
)


@dataclass(slots=True)
class Told:
    """What is told of one file: the texts that a script which names it replaces, whether it is applied, and the tools that read it."""

    replaced: set[tuple[str, ...]] = field(default_factory=set)
    sends: bool = False
    reads: bool = False  # a program that is none of the shell's names it
    tests: bool = False  # a test of a program names it
    copied: bool = False  # an image takes it in, for the program in it to read
    forked: bool = False  # a script makes a copy of another name of it, and goes on with that
    tools: set[str] = field(default_factory=set)
    elsewhere: Elsewhere = field(default_factory=lambda: Elsewhere())  # what scripts replace that do not name it

    def fills(self, line: str, value: str = "") -> bool:
        """Whether a script writes something else into a line of the file before it is applied.

        One that does not name the file is given it by a variable: what it replaces has to be the value, or a mark in it.
        """
        filled = self.elsewhere.fills(value) or self.elsewhere.fills_line(line)
        return filled or any(all(piece in line for piece in pieces) for pieces in self.replaced)


@dataclass(slots=True)
class Elsewhere:
    """The texts that scripts replace, whatever they are given: words, and marks that stand in no value that is meant."""

    words: set[str] = field(default_factory=set)
    marks: set[tuple[str, ...]] = field(default_factory=set)
    lines: set[str] = field(default_factory=set)  # `replicas: -1`: a key with its value

    def add(self, pieces: tuple[str, ...]) -> None:
        """Note the pieces of a pattern; a word alone has to be the whole of a value."""
        if _COMMON.fullmatch(pieces[0]):
            return
        if len(pieces) == 1 and _PAIR.fullmatch(pieces[0].strip()):
            self.lines.add(pieces[0].strip())
        elif not _ORDINARY.fullmatch(pieces[0]):
            if len(self.marks) < _MOST_MARKS:
                self.marks.add(pieces)
        elif len(pieces) == 1:
            self.words.add(pieces[0])

    def fills(self, value: str) -> bool:
        """Whether one of them is a value, or a mark in it."""
        return value in self.words or self.has_mark(value)

    def has_mark(self, value: str) -> bool:
        """Whether one of the marks stands in a value."""
        return any(all(piece in value for piece in pieces) for pieces in self.marks)

    def marks_built(self, line: str, value: str) -> bool:
        """Whether a value has a mark that is written in what is built, or its line is one that a script replaces there."""
        return self.has_mark(value) or self.fills_line(line)

    def fills_line(self, line: str) -> bool:
        """Whether a line is a key with the value that a script replaces there, and nothing else."""
        return bool(self.lines) and line.partition(" #")[0].strip(" -\t") in self.lines


_MOST_MARKS = 1_000
_ORDINARY = re.compile(r"[a-z]*|[A-Z]?[a-z]*|[a-z0-9./:-]*")
"""What may be part of any value: `port`, `v1.2`, `example.com`; `__PORT__` and `replace_port` are marks."""
_PAIR = re.compile(r"[\w./-]{1,60}:[ ]{1,4}\S{1,200}")
_COMMON = re.compile(r"(?i)true|false|yes|no|null|none|default|latest|[\W\d_]*")


def told_of(root: str, files: Collection[str]) -> dict[str, Told]:
    """What the commands of a repository do with some of its files; the paths are below its root, with `/`. A bounded look."""
    elsewhere = Elsewhere()
    told = {file: Told(elsewhere=elsewhere) for file in files}
    if not told:
        return {}
    names = frozenset(map(posixpath.basename, told))
    by_folder: dict[tuple[str, str], list[str]] = {}
    for file in told:
        folder, _, name = file.rpartition("/")
        by_folder.setdefault((posixpath.basename(folder), name), []).append(file)
    test_folders: dict[str, bool] = {}
    below = _by_prefix(told)
    for path, data in _scripts(root, frozenset(files)):
        for file in _copied(path, data, below):
            told[file].copied = True
        is_named = _names_any(data, names)
        if not is_named and not (b"sed " in data or (path.endswith(_OF_PROGRAMS) and b"replace" in data)):
            continue
        text = data.decode("utf-8", "replace")
        written = _replaced(text)
        for pieces, edited in written:
            if not edited:
                elsewhere.add(pieces)
        if not is_named:
            continue
        named: set[str] = set()
        for line, at, before, name in _mentions(text, names):
            for file in _meant(before, name, path, by_folder):
                named.add(file)
                _note(line[:at], told[file])
                told[file].forked |= _is_forked(line, at, name)
                if path.endswith(_OF_PROGRAMS) and _is_read(line, at):
                    _note_reader(root, path, file, told[file], test_folders)
        for pieces, edited in written if named else ():
            for file in named:
                if not edited or posixpath.basename(file) in edited:
                    told[file].replaced.add(pieces)
    return told


def _is_forked(line: str, at: int, name: str) -> bool:
    """Whether a command makes a copy of another name of the file that it names at a column: what is applied is the copy."""
    target = _END.split(line[at:].partition(name)[2], maxsplit=1)[0].strip(" \t\"'})")
    is_copied = _COPIED.search(line[:at]) is not None and target.endswith(_OF_MANIFESTS)
    return is_copied and posixpath.basename(target) != name


_COPIED = re.compile(r"(?<![\w-])(?:cp|copy)[ ][^|;&]{0,200}\Z")
_END = re.compile(r"&&|[;|]")
_OF_MANIFESTS = (".yaml", ".yml", ".json")


def _note_reader(root: str, program: str, file: str, told: Told, test_folders: dict[str, bool]) -> None:
    """Take down that a program reads a file, or a test of one.

    A test of the manifests themselves stands elsewhere: what it reads is applied as it is.
    """
    is_test = _TEST.search(program) is not None
    of_program = is_test and _is_beside(program, file) and _tests_a_program(root, program, test_folders)
    told.reads |= not is_test or of_program
    told.tests |= of_program


def _by_prefix(files: Collection[str]) -> dict[str, list[str]]:
    """The files by their paths and by those of the folders above them."""
    below: dict[str, list[str]] = {}
    for file in files:
        prefix = file
        while prefix:
            below.setdefault(prefix, []).append(file)
            prefix = posixpath.dirname(prefix)
    return below


def _copied(path: str, data: bytes, below: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The files that the recipe of an image puts into it by the name of their folder, for its program.

    None where the image has a client that applies them, or is itself what a manager of operators applies.
    """
    text = data.decode("utf-8", "replace") if _IMAGE.search(path) else ""
    if _SENDS.search(text):
        return
    for line in text.splitlines()[:_MOST_LINES]:
        copy = _COPIES.match(line, 0, _LONGEST_LINE)
        if copy is None:
            continue
        *sources, target = [word.strip("\"',[]") for word in copy.group(2).split()] or [""]
        if posixpath.basename(target.rstrip("/")) in _OF_BUNDLES:
            continue
        for source in sources[:_MOST_SOURCES]:
            parts = [part for part in source.split("/") if part not in ("", ".")]
            # From another stage it is a path of that image: the sources lie somewhere below its root.
            starts = range(len(parts)) if copy.group(1) and source.startswith("/") else range(min(1, len(parts)))
            found = (below.get("/".join(parts[at:])) for at in starts)
            yield from next((files for files in found if files), ())


_IMAGE = re.compile(r"(?i)(?:^|/)(?:(?:docker|container)file[^/]*|[^/]+\.(?:docker|container)file)\Z")
_COPIES = re.compile(r"(?i)[ \t]*(?:COPY|ADD)[ \t]+(--from=\S{1,200}[ \t]+)?(?:--\S{1,200}[ \t]+){0,5}(\S.*)")
_OF_BUNDLES = ("manifests", "metadata", "tests", "bundle")
_MOST_SOURCES = 50


def sets_namespace(root: str) -> bool:
    """Whether a namespace is written into kustomizations before they are built: by a script, with `kustomize edit set namespace`.

    Or by those of other repositories, where the README shows one that takes a folder of this one in and sets it.
    """
    if any(_SETS_NAMESPACE.search(data) for path, data in _scripts(root, ()) if b"set namespace" in data):
        return True
    readme = os.path.join(root, "README.md")
    try:
        text = read(readme) if witness.is_file(readme) else b""
    except OSError:
        return False
    return any(_OWN_NAMESPACE.search(block) and _FROM_AFAR.search(block) for block in text.split(b"```")[1::2])


_OWN_NAMESPACE = re.compile(rb"(?m)^namespace:[ ]*\S")
_FROM_AFAR = re.compile(rb"(?m)^[ ]{0,8}-[ ]+[\"']?(?:https?://|git@|ssh://|github\.com/)[^\s?]{1,300}")


_SETS_NAMESPACE = re.compile(rb"(?i)kustomize[\"')}]{0,3} edit set namespace\b")


def _is_read(line: str, at: int) -> bool:
    """Whether a line of a program reads the file that it names at a column: in quotes, in no comment, and not only to apply it."""
    before = line[:at]
    in_quotes = any(before.count(quote) % 2 for quote in "\"'`")
    is_sent = _SENDS.search(line) or _OF_TERRAFORM.search(before)
    return in_quotes and not before.lstrip().startswith(_COMMENTS) and not is_sent


_COMMENTS = ("#", "//", "/*", "*")
_OF_TERRAFORM = re.compile(r"(?<!\w)file\(\"\Z")
"""What hands a file on as it stands; `templatefile` does not."""


def _tests_a_program(root: str, test: str, known: dict[str, bool]) -> bool:
    """Whether a test stands among tests by the name of its folder, or beside sources of a program that are no tests."""
    folder = posixpath.dirname(test)
    if folder not in known:
        try:
            names = os.listdir(os.path.join(root, *folder.split("/")))
        except OSError:
            names = []
        known[folder] = not _OF_TESTS.isdisjoint(folder.lower().split("/")) or any(
            name.endswith(_OF_PROGRAMS) and name not in _OF_PYTEST and not _TEST.search(name) for name in names
        )
    return known[folder]


_OF_TESTS = frozenset(("test", "tests", "__tests__", "testing", "spec", "specs", "e2e", "integration"))
_OF_PYTEST = ("__init__.py", "conftest.py")


def _is_beside(program: str, file: str) -> bool:
    """Whether a file stands in the folder of a program, or below it; the root is no folder of one."""
    folder = posixpath.dirname(program)
    return bool(folder) and file.startswith(f"{folder}/")


def _names_any(data: bytes, names: frozenset[str]) -> bool:
    """Whether one of some names of files may stand in a content; of many names, its words are asked once."""
    if len(names) <= _FEW:
        return any(name.encode() in data for name in names)
    if not any(ending.encode() in data for ending in {posixpath.splitext(name)[1] for name in names}):
        return False
    return not names.isdisjoint(word.decode("ascii", "replace") for word in set(_WORD.findall(data)))


_FEW = 8
_WORD = re.compile(rb"[\w.-]{2,200}")
_MENTION = re.compile(r"(?<![\w.-])((?:[\w.${}()-]{1,100}/){0,12})([\w.-]{2,200})(?![\w-])")


def _mentions(text: str, names: Collection[str]) -> Iterator[tuple[str, int, str, str]]:
    """(line, position, path in front of it, name) of each name of a file in the first lines of a text."""
    few = [name for name in names if name in text] if len(names) <= _FEW else None
    for line in text.splitlines()[:_MOST_LINES]:
        if len(line) > _LONGEST_LINE or (few is not None and not any(name in line for name in few)):
            continue
        for match in _MENTION.finditer(line):
            if match.group(2) in names:
                yield line, match.start(), match.group(1), match.group(2)


def _meant(before: str, name: str, script: str, by_folder: Mapping[tuple[str, str], Sequence[str]]) -> list[str]:
    """The files that a name in a script means: by its path from the script or the root, or by its last folder."""
    beside = posixpath.dirname(script)
    if not before:
        wanted, last = {posixpath.join(beside, name)}, posixpath.basename(beside)
    else:
        plain = "$" not in before
        wanted = {posixpath.normpath(posixpath.join(at, before, name)) for at in (beside, "")} if plain else set()
        last = posixpath.basename(before.rstrip("/"))
        if last not in ("", ".", ".."):
            return list(by_folder.get((last, name), ())[:_MOST_ALIKE])
    folders = {posixpath.basename(posixpath.dirname(path)) for path in wanted}
    return [file for folder in folders for file in by_folder.get((folder, name), ()) if file in wanted]


_MOST_ALIKE = 50


def _replaced(text: str) -> set[tuple[tuple[str, ...], frozenset[str]]]:
    """The texts that a script replaces, each as the plain pieces of its pattern, and the only files in which it does; none: in any."""
    found = set()
    for line in text.splitlines()[:_MOST_LINES]:
        for match in _REPLACES.finditer(line) if len(line) <= _LONGEST_LINE else ():
            pieces = tuple(piece for piece in _PIECES.split(match.group(2) or match.group(4)) if piece)
            if pieces and max(map(len, pieces)) >= _SHORTEST:
                found.add((pieces, _edited(line[: match.start()], line[match.end() :])))
    return found


def _edited(before: str, behind: str) -> frozenset[str]:
    """The names of the files that a command changes in place, by what stands around its pattern; none: it does not say."""
    if not _IN_PLACE.search(before) or _OPEN.search(behind):
        return frozenset()
    return frozenset(_FILE_NAME.findall(behind))


_IN_PLACE = re.compile(r"\s(?:-[a-z]*i\b|--in-place\b)")
_OPEN = re.compile(r"[$*?{<`]")
_FILE_NAME = re.compile(r"(?<![\w.-])[\w-][\w.-]*\.\w+(?![\w/-])")


def _note(before: str, told: Told) -> None:
    """Take down what a command does with the file that is named behind it."""
    if _SENDS.search(before):
        told.sends = True
        return
    last = next(reversed(list(_TOOL.finditer(before))), None)
    if last is not None and not _OF_SHELL.match(last.group(1)) and not before[last.end() :].strip("\"' "):
        told.tools.add(last.group(1))


def _scripts(root: str, but: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """(path below the root, content) of what may hold commands; hidden folders but those of pipelines are left out."""
    files, total = _MOST_FILES, _MOST_BYTES
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if (name[0] != "." or name in _ENTERED) and name not in _LEFT)
        inside = os.path.relpath(folder, root).replace(os.sep, "/")
        for name in sorted(names):
            if not (name.lower().endswith(_ENDINGS) or name.lower().startswith(_NAMES)):
                continue
            path = posixpath.normpath(posixpath.join(inside, name))
            if path in but:
                continue
            files -= 1
            if files < 0 or total < 0:
                return
            full = os.path.join(folder, name)
            try:
                if os.path.getsize(full) > _LARGEST or not witness.is_file(full):
                    continue
                data = read(full)
            except OSError:
                continue
            total -= len(data)
            yield path, data
