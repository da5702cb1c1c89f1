"""Files that a kustomization lists and that are made before it is built: what the repository around it says of that."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from kubetrial.lint.build.kustomize.load import is_script, is_template_of
from kubetrial.lint.build.origin import Tree

_OF_SCRIPTS = ("scripts", "script", "hack", "bin", "ci", "tools", "make", ".github/workflows")
_OF_EXAMPLES = ("example", "examples", "sample", "samples", "demo")
_WRITES = (
    rb"(?:>|\btee\b(?:[ \t]+-a)?|[ \t](?:-o|--output|--output-file)[ =])[ \t]*[\"']?([^\s\"'|;&<>]{0,300}?)(?<![\w.-])"
)
_MOST_SCRIPTS = 200
_MOST_SIBLINGS = 50
_LARGEST = 256 << 10


def is_made_first(tree: Tree, target: str) -> bool:
    """Whether a file that is not there is made before a build.

    Its template or a script that names it stands beside it, a script further up writes it, or it lies in an example which the folders
    beside it were copied from, and these have it.
    """
    name, folder = posixpath.basename(target), posixpath.dirname(target) or "."
    names = tree.names(folder)
    if any(is_template_of(other, name) for other in names):
        return True
    if any(is_script(other) and name.encode() in _text(tree, folder, other) for other in names):
        return True
    return _is_of_example(tree, folder, name) or _is_written(tree, folder, name)


def _text(tree: Tree, folder: str, name: str) -> bytes:
    data = tree.read(posixpath.normpath(posixpath.join(folder, name))) or b""
    return data if len(data) <= _LARGEST else b""


def _is_of_example(tree: Tree, folder: str, name: str) -> bool:
    """Whether a folder is an example by its name, and one beside it has the file: everybody makes their own."""
    above, own = posixpath.split(folder)
    if own.lower() not in _OF_EXAMPLES or not above:
        return False
    others = [other for other in tree.names(above) if other != own][:_MOST_SIBLINGS]
    return any(tree.is_file(posixpath.join(above, other, name)) for other in others)


def _is_written(tree: Tree, folder: str, name: str) -> bool:
    """Whether a script of the repository writes a file of this name into the folder, or into one that a variable names."""
    writes = re.compile(_WRITES + re.escape(name.encode()) + rb"(?![\w.-])")
    own = posixpath.basename(folder).encode()
    for script in _scripts(tree, folder):
        text = _text(tree, ".", script)
        if name.encode() not in text:
            continue
        for found in writes.finditer(text):
            into = found.group(1).rstrip(b"/").rpartition(b"/")[2]
            if b"$" in into or (into and into == own):
                return True
    return False


def _scripts(tree: Tree, folder: str) -> Iterator[str]:
    """The scripts above a folder, and those in the folders where repositories keep them."""
    left = _MOST_SCRIPTS
    at = folder
    while at not in ("", "."):
        at = posixpath.dirname(at)
        for inside in ("", *_OF_SCRIPTS):
            place = posixpath.normpath(posixpath.join(at or ".", inside))
            for name in tree.names(place) if not inside or tree.is_folder(place) else ():
                of_pipeline = inside == ".github/workflows" and name.endswith((".yml", ".yaml"))
                if left > 0 and (is_script(name) or of_pipeline) and not tree.is_folder(posixpath.join(place, name)):
                    left -= 1
                    yield posixpath.normpath(posixpath.join(place, name))
