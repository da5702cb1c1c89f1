"""Values that a chart reads and does not bring, and that other files of its repository give it when it is installed.

A chart for one's own clusters is often installed with values of the environment only (`helm upgrade -f env/prod.values.yaml`, helmfile, an
umbrella chart): rendered by itself it fails, and nobody renders it so.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from kubetrial.lint.build.origin import Tree

_ENDINGS = (".yaml", ".yml", ".gotmpl")
_TEMPLATES = (".tpl", ".tmpl", ".j2", ".gotmpl")
_OF_GUIDES = (".md", ".rst", ".adoc", ".txt", ".sh", ".ps1", ".tf")
_BUILD_FILES = (
    "Makefile",
    "Taskfile.yml",
    "Taskfile.yaml",
    "Jenkinsfile",
    "skaffold.yaml",
    "justfile",
    "Tiltfile",
    "helmfile.yaml",
)
_MOST_ENTRIES = 5_000
_MOST_FILES = 400


def is_global(name: str) -> bool:
    """Whether a value comes from the chart around one by its name: Helm hands down what stands below `global`."""
    return name == "global"


class Given:
    """Whether other files than a chart's own give it a value, by its name; without a repository to look in only what is global."""

    is_part = False
    """Whether the chart lies in the folder of another one, which gives it values and templates."""

    def __call__(self, name: str) -> bool:
        """Whether the value is given."""
        return is_global(name)


class GivenElsewhere(Given):
    """Whether values files outside of a chart give it a value; they are looked for when the first one is asked for."""

    def __init__(self, tree: Tree, folder: str) -> None:
        self.tree = tree
        self.inside = "" if folder == "." else folder + "/"
        self.texts: list[bytes] | None = None
        self.told: list[bytes] | None = None
        above = posixpath.dirname(folder) if folder != "." else ""
        self.is_part = any(tree.is_file(posixpath.join(one, "Chart.yaml")) for one in _upwards(above) if folder != ".")

    def __call__(self, name: str) -> bool:
        """Whether the value is `global`, or a values file of the repository outside of the chart has a key of this name.

        Or where the chart's own values.yaml has it as a comment. A chart that lies in the folder of another one gets its values from there.

        Also where a text about the chart, or a script, says how to give it: `--set name.of.it=`, a row of a table, a line of YAML.
        """
        if is_global(name) or self.is_part:
            return True
        if self.texts is None:
            self.texts = [text for path in _values_files(self.tree, self.inside) if (text := self.tree.read(path))]
        word = re.escape(name.encode())
        own = self.tree.read(posixpath.normpath(f"{self.inside}values.yaml")) or b""
        if re.search(rb"(?m)^[ ]{0,20}#[# ]{0,20}" + word + rb"[ ]?:", own):
            return True  # it stands there as a comment, for whoever wants it
        key = re.compile(rb"(?m)^[ ]{0,20}(?:#[ ]?)?" + word + rb"[ ]?:")
        if any(key.search(text) for text in self.texts):
            return True
        if self.told is None:
            self.told = [text for path in _guides(self.tree, self.inside) if (text := self.tree.read(path))]
        asked = rb"--set(?:-string|-json|-file)?[ =][^ \n]{0,200}\b" + word + rb"[.=\[]"
        said = re.compile(asked + rb"|`(?:[\w.]+\.)?" + word + rb"[.`]|^[ ]{0,20}" + word + rb":", re.M)
        return any(said.search(text) for text in self.told)


def _upwards(folder: str) -> Iterator[str]:
    """A folder and those that it lies in; the root is ""."""
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


def _guides(tree: Tree, inside: str) -> Iterator[str]:
    """What tells how a chart is installed: the texts and scripts in its folder and in those above it, and its notes and values files."""
    for folder in _upwards(inside.rstrip("/")):
        for name, is_folder in tree.entries(folder or "."):
            if not is_folder and (name.endswith(_OF_GUIDES) or name in _BUILD_FILES):
                yield posixpath.normpath(posixpath.join(folder, name))


def _values_files(tree: Tree, inside: str) -> Iterator[str]:
    """The first values files of a tree outside of a chart, and what they are made from; those of other charts left out."""
    pending, entries, found = ["."], 0, 0
    while pending and entries < _MOST_ENTRIES:
        folder = pending.pop()
        listed = list(tree.entries(folder))
        if ("Chart.yaml", False) in listed and f"{folder}/" != inside:
            if inside.startswith(f"{folder}/") or (inside and folder == "."):
                yield posixpath.normpath(posixpath.join(folder, "values.yaml"))  # the chart around it
            continue
        for name, is_folder in listed:
            entries += 1
            path = posixpath.normpath(posixpath.join(folder, name))
            if name.startswith("."):
                continue
            if inside and f"{path}/" == inside:
                for own in tree.names(path):  # `-f values-prod.yaml`, which the chart brings for some
                    if "values" in own and own.endswith(_ENDINGS) and own != "values.yaml":
                        yield posixpath.join(path, own)
                continue
            if is_folder:
                pending.append(path)
            elif name.endswith(_TEMPLATES) or ("values" in name and name.endswith(_ENDINGS)):
                found += 1
                yield path
                if found >= _MOST_FILES:
                    return
