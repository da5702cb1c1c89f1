"""Files that a kustomization lists and that are made before it is built: what the repository around it says of that."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from kubetrial.lint.build.kustomize.load import is_script, templates_of
from kubetrial.lint.build.origin import Tree
from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.values.records import dataclass, field

_OF_SCRIPTS = ("scripts", "script", "hack", "bin", "ci", "tools", "make", ".github/workflows")
_OF_EXAMPLES = ("example", "examples", "sample", "samples", "demo")
_WRITES = pattern(
    rb"(?:>|\btee\b(?:[ \t]+-a)?|[ \t](?:-o|--output|--output-file)[ =])[ \t]*[\"']?([^\s\"'|;&<>]{1,400})"
)
_ASSIGNS = pattern(rb"(?m)^[ \t]{0,20}(?:export |readonly |local )?([A-Za-z_]\w{0,60})=[\"']?([^\s\"'|;&<>]{1,400})")
_VARIABLE = pattern(rb"\$(?:\{(\w{1,61})\}|(\w{1,61}))")
_OF_INSTALLER = ("manifests", "openshift", "resources")
_INSTALLS = ("install-config.yaml", "install-config.yml", "agent-config.yaml")
"""What OpenShift's installer reads, and the folders that it makes its manifests in, beside it or below."""
_COMMANDS = pattern(rb"[\n;&|]+")
_COPIERS = frozenset((b"cp", b"mv", b"install", b"ln"))
_LONGEST = 1_000
"""So much of a command is read."""
_GENERATES = pattern(rb"\boutput:(?:crd|webhook|rbac)(?::artifacts:config=|:dir=|:)[\"']?([^\s\"'|;&<>:=]{1,400})")
"""Where the generator of definitions puts what it makes: files of any name."""
_MARKERS = (
    (
        re.compile(rb"\bcontroller-gen\b|\bCONTROLLER_GEN\b"),
        re.compile(rb"[ \t]rbac(?::|[ \t])"),
        b"role.yaml",
        b"rbac",
    ),
    (
        re.compile(rb"\bcontroller-gen\b|\bCONTROLLER_GEN\b"),
        re.compile(rb"[ \t]webhook(?::|[ \t])"),
        b"manifests.yaml",
        b"webhook",
    ),
)
"""What the generator of operators writes without being told where: its name, what asks for it, the file and its folder."""
_WORD = pattern(rb"[\w.\x80-\xff-]+")
_MOST_SCRIPTS = 200
_MOST_SIBLINGS = 50
_LARGEST = 256 << 10


@dataclass(slots=True)
class ShellScript:
    """The names of files that a script may speak of, and those that it writes, each with the folder or variable in front of it."""

    words: frozenset[bytes]
    writes: dict[bytes, set[bytes]]
    fills: frozenset[bytes] = frozenset()  # the paths of folders in which it puts files of any name
    makes: frozenset[bytes] = frozenset()  # the names of folders that it makes, or clones repositories into


@dataclass(slots=True)
class Around:
    """What was asked of a tree, for all files that are missing in it: each folder is listed once, each script read once."""

    names: dict[str, frozenset[str]] = field(default_factory=dict)
    above: dict[str, tuple[str, ...]] = field(default_factory=dict)  # folder -> scripts
    scripts: dict[str, ShellScript] = field(default_factory=dict)
    submodules: tuple[str, ...] | None = None


def is_of_submodule(tree: Tree, target: str, around: Around) -> bool:
    """Whether a path lies in a submodule of git that is not checked out."""
    if around.submodules is None:
        found = _SUBMODULE.findall((tree.read(".gitmodules") or b"")[:_LARGEST])
        around.submodules = tuple(path.decode("utf-8", "replace").strip("/") for path in found)
    return any(
        (target == path or target.startswith(f"{path}/")) and not tree.names(path) for path in around.submodules if path
    )


_SUBMODULE = re.compile(rb"(?m)^[ \t]*path[ \t]*=[ \t]*([^\r\n]{1,400}?)[ \t]*\r?$")


def is_made_first(tree: Tree, target: str, around: Around) -> bool:
    """Whether a file that is not there is made before a build.

    Its template or a script that names it stands beside it, a script further up writes it, or it lies in an example which the folders
    beside it were copied from, and these have it.
    """
    name, folder = posixpath.basename(target), posixpath.dirname(target) or "."
    if folder not in around.names:
        around.names[folder] = frozenset(tree.names(folder))
    names = around.names[folder]
    if not names.isdisjoint(templates_of(name)):
        return True
    word = name.encode("utf-8", "surrogateescape")
    beside = (posixpath.normpath(posixpath.join(folder, other)) for other in sorted(names) if is_script(other))
    if any(word in _script(tree, path, around).words for path in beside):
        return True
    if name in _OF_INSTALLER and not tree.names(target):
        around_it = {*names, *tree.names(posixpath.dirname(folder) or ".")}
        if not around_it.isdisjoint(_INSTALLS):
            return True
    return (
        _is_of_example(tree, folder, name)
        or _is_written(tree, folder, word, around)
        or _is_made_folder(tree, target, folder, around)
    )


def _is_made_folder(tree: Tree, target: str, folder: str, around: Around) -> bool:
    """Whether the first folder on the way to a file that is not there is one that a script above it makes, or clones."""
    parts = target.split("/")
    for count in range(1, len(parts) + 1):
        place = "/".join(parts[:count])
        if not tree.is_folder(place):
            name = parts[count - 1].encode("utf-8", "surrogateescape")
            return any(name in _script(tree, path, around).makes for path in around.above[folder])
    return False


def _is_of_example(tree: Tree, folder: str, name: str) -> bool:
    """Whether a folder is an example by its name, and one beside it has the file: everybody makes their own."""
    above, own = posixpath.split(folder)
    if own.lower() not in _OF_EXAMPLES or not above:
        return False
    others = [other for other in tree.names(above) if other != own][:_MOST_SIBLINGS]
    return any(tree.is_file(posixpath.join(above, other, name)) for other in others)


def _is_written(tree: Tree, folder: str, name: bytes, around: Around) -> bool:
    """Whether a script of the repository writes a file of this name into the folder, or into one that a variable names."""
    if folder not in around.above:
        around.above[folder] = tuple(_scripts(tree, folder))
    at = folder.encode("utf-8", "surrogateescape")
    is_kept = any(other.endswith((".yaml", ".yml")) for other in around.names.get(folder, ()))
    for path in around.above[folder] if not is_kept else ():  # where others are kept, one that is not there is a slip
        fills = _script(tree, path, around).fills
        if any(at == one or at.endswith(b"/" + one) for one in fills):
            return True
    own = posixpath.basename(at)
    into = (one for path in around.above[folder] for one in _script(tree, path, around).writes.get(name, ()))
    return any(b"$" in one or (one and one == own) for one in into)


def _script(tree: Tree, path: str, around: Around) -> ShellScript:
    """What a script says of files; nothing of one that is large, or no file."""
    if path not in around.scripts:
        data = tree.read(path) or b""
        data = data if len(data) <= _LARGEST else b""
        writes: dict[bytes, set[bytes]] = {}
        copies = list(_copies(data))
        assigned = dict(_ASSIGNS.findall(data))
        targets = (*(found[1] for found in _WRITES.finditer(data)), *(target for _, target in copies))
        for target in (_meant(target, assigned) for target in targets):
            for word in _WORD.finditer(target):
                into = target[: word.start()].rstrip(b"/").rpartition(b"/")[2]
                writes.setdefault(word[0], set()).add(into)
        for given, target in copies:
            into = target.rstrip(b"/").rpartition(b"/")[2]  # perhaps a folder
            for one in given:
                writes.setdefault(one.strip(b"\"'").rpartition(b"/")[2], set()).add(into)
        for tool, asks, name, into in _MARKERS:
            if tool.search(data) and asks.search(data):
                writes.setdefault(name, set()).add(into)
        fills = frozenset(found[1].removeprefix(b"./").rstrip(b"/") for found in _GENERATES.finditer(data))
        around.scripts[path] = ShellScript(frozenset(_WORD.findall(data)), writes, fills, frozenset(_made(data)))
    return around.scripts[path]


def _meant(target: bytes, assigned: Mapping[bytes, bytes]) -> bytes:
    """What a script writes to: where that is a variable alone, what the script gives it."""
    found = _VARIABLE.fullmatch(target)
    return assigned.get(found[1] or found[2], target) if found is not None else target


def _copies(data: bytes) -> Iterator[tuple[list[bytes], bytes]]:
    """What the commands of a script copy or move, and where to."""
    for command in _COMMANDS.split(data):
        words = command[:_LONGEST].split()
        at = next((at for at, word in enumerate(words[:2]) if word.lstrip(b"@-(") in _COPIERS), None)
        if at is not None and len(words) > at + _FEWEST_WORDS:
            yield words[at + 1 : -1], words[-1].strip(b"\"')")


_FEWEST_WORDS = 2


def _made(data: bytes) -> Iterator[bytes]:
    """The names of the folders that the commands of a script make, or clone repositories into."""
    for command in _COMMANDS.split(data):
        words = command[:_LONGEST].split()
        if not words or words[0].lstrip(b"@-(") not in (b"mkdir", b"git"):
            continue
        if words[0].endswith(b"git"):
            words = words[-1:] if b"clone" in words[1:4] else []
        for word in words:
            if word[:1] != b"-":
                yield word.strip(b"\"')").rstrip(b"/").rpartition(b"/")[2].removesuffix(b".git")


def _scripts(tree: Tree, folder: str) -> Iterator[str]:
    """The scripts above a folder, and those in the folders where repositories keep them."""
    left = _MOST_SCRIPTS
    for at in reversed(_above(tree, folder)):
        for inside in ("", *_OF_SCRIPTS):
            place = posixpath.normpath(posixpath.join(at, inside))
            for name in tree.names(place) if not inside or tree.is_folder(place) else ():
                of_pipeline = inside == ".github/workflows" and name.endswith((".yml", ".yaml"))
                if left > 0 and (is_script(name) or of_pipeline) and not tree.is_folder(posixpath.join(place, name)):
                    left -= 1
                    yield posixpath.normpath(posixpath.join(place, name))


def _above(tree: Tree, folder: str) -> list[str]:
    """The folders that hold a folder, from the root on, as far as there are any: a strange path may name thousands."""
    found = ["."]
    for part in folder.split("/")[:-1] if folder not in ("", ".") else ():
        place = posixpath.normpath(posixpath.join(found[-1], part))
        if not tree.is_folder(place):
            break
        found.append(place)
    return found if folder not in ("", ".") else []
