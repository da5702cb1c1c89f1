"""The Applications that an ApplicationSet of Argo CD makes: its template, filled in for each folder, file or element that it finds.

The generators `list`, `git`, `matrix` and `merge` are answered from the repository itself. What only a cluster or a host of
repositories knows (clusters, pull requests, ...) stays open: a text that asks for it stays as it is written, and names no folder.
Follows applicationset/generators and applicationset/utils of argoproj/argo-cd.
"""

from __future__ import annotations

import fnmatch
import itertools
import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kubetrial.lint.build.origin import Tree
from kubetrial.lint.facts import selectors
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml.source import read

KIND = "ApplicationSet"
MOST = 200
"""So many Applications of one set are looked at; what they lay over a folder is seldom more than one of a few."""
_MOST_LOOKED_AT = 10_000
_DEEPEST = 4
_LARGEST = 64 << 10
_MAGIC = re.compile(r"[*?\[]")
_TAG = re.compile(r"\{\{([^{}]*)\}\}")
_ASKED = re.compile(r"(?<![\w.)\]$\"])\.([A-Za-z_]\w*)")
Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filling:
    """What fills in the template for one Application; its keys are paths (`path.basename`) unless Go's templates are asked for.

    `is_open`: a generator adds what is not known here.
    """

    params: Params
    by_go: bool
    is_open: bool = False

    def text(self, written: str) -> str:
        """A text of the template, filled in; what asks for what is not known stays as it is written."""
        filled = self._filled(written)
        return written if filled is None else filled

    def knows(self, written: str) -> bool:
        """Whether all is known that a text of the template asks for."""
        filled = self._filled(written)
        return filled is not None and not (self.is_open and not self.by_go and "{{" in filled)

    def _filled(self, written: str) -> str | None:
        if "{{" not in written:
            return written
        if len(written) > _LARGEST:
            return None
        return _by_go(written, self.params) if self.by_go else _by_tags(written, self.params)

    def value(self, written: Any, depth: int = 0) -> Any:
        """A value of the template, filled in throughout."""
        if isinstance(written, str):
            return self.text(written)
        if depth > _DEEPEST * 10:
            return written
        if isinstance(written, dict):
            return {self.text(str(key)): self.value(inner, depth + 1) for key, inner in written.items()}
        return [self.value(inner, depth + 1) for inner in written] if isinstance(written, list) else written


def fillings(spec: Any, tree: Tree) -> Iterator[Filling]:
    """One for each Application that the `spec` of an ApplicationSet makes of a repository."""
    if not isinstance(spec, dict):
        return
    by_go = spec.get("goTemplate") is True
    left = MOST
    for generator in _listed(spec, "generators"):
        for params in _params(generator, by_go, tree):
            if left == 0:
                return
            left -= 1
            yield Filling(params, by_go, _is_open(generator))


def _is_open(generator: Mapping[str, Any], depth: int = 0) -> bool:
    """Whether a generator, or one inside of it, finds what is not known here."""
    for name in ("matrix", "merge"):
        if isinstance(generator.get(name), dict):
            inner = _listed(generator[name], "generators")
            return depth > _DEEPEST or any(_is_open(one, depth + 1) for one in inner)
    return not any(isinstance(generator.get(name), dict) for name in ("list", "git"))


def looked_into(spec: Any, depth: int = 0) -> Iterator[str]:
    """The folders below which an ApplicationSet looks for what it applies; all (`.`) where that stands in files."""
    if depth > _DEEPEST * 5:
        return
    for inner in spec if isinstance(spec, list) else spec.values() if isinstance(spec, dict) else ():
        yield from looked_into(inner, depth + 1)
    git = spec.get("git") if isinstance(spec, dict) else None
    if isinstance(git, dict):
        for one in _listed(git, "directories"):
            plain = re.split(r"[*?\[{]", str(one.get("path") or ""), maxsplit=1)[0].strip("/")
            yield plain.rpartition("/")[0] or "."
        if _listed(git, "files"):
            yield "."


def _params(
    generator: Mapping[str, Any], by_go: bool, tree: Tree, known: Params | None = None, depth: int = 0
) -> list[Params]:
    """What a generator finds; `known` is what another one found that it may ask for. One of another kind finds one unknown thing."""
    if depth > _DEEPEST:
        return []
    if known:
        generator = Filling(known, by_go).value(generator)
    found: Iterable[Params] = [{}]
    if isinstance(generator.get("list"), dict):
        found = _of_list(generator["list"], by_go)
    elif isinstance(generator.get("git"), dict):
        found = _of_git(generator["git"], by_go, tree)
    elif isinstance(generator.get("matrix"), dict):
        found = _of_matrix(generator["matrix"], by_go, tree, depth)
    elif isinstance(generator.get("merge"), dict):
        found = _of_merge(generator["merge"], by_go, tree, depth)
    return list(_selected(generator.get("selector"), found))


def _selected(selector: Any, found: Iterable[Params]) -> Iterator[Params]:
    """What a generator's selector keeps, up to the most that are looked at."""
    for params in itertools.islice(found, MOST):
        if not _is_selector(selector) or selectors.matches(selector, _flat(params)):
            yield params


def _is_selector(held: Any) -> bool:
    if not isinstance(held, dict) or not isinstance(held.get("matchLabels") or {}, dict):
        return False
    expressions = held.get("matchExpressions") or []
    return isinstance(expressions, list) and all(isinstance(one, dict) for one in expressions)


def _of_list(generator: Mapping[str, Any], by_go: bool) -> Iterator[Params]:
    elements = _listed(generator, "elements")
    text = generator.get("elementsYaml")
    if isinstance(text, str) and "{{" not in text:
        elements += _objects(text)
    for element in elements:
        yield element if by_go else _flat(element)


def _of_git(generator: Mapping[str, Any], by_go: bool, tree: Tree) -> Iterator[Params]:
    """The folders, or what stands in the files, that a generator asks its repository for: it is taken for the one that is read."""
    prefix = generator.get("pathParamPrefix")
    asked = _listed(generator, "directories")
    for folder in _chosen(asked, lambda pattern: _folders(tree, pattern)):
        yield _with_values(generator, _with_path({}, folder, "", prefix, by_go), by_go)
    for file in _chosen(_listed(generator, "files"), lambda pattern: _files(tree, pattern)) if not asked else ():
        text = (tree.read(file) or b"").decode("utf-8", "replace")
        for one in _objects(text) if len(text) <= _LARGEST else ():
            held = one if by_go else _flat(one)
            folder, _, name = file.rpartition("/")
            yield _with_values(generator, _with_path(held, folder or ".", name, prefix, by_go), by_go)


def _chosen(asked: Sequence[Mapping[str, Any]], found: Any) -> list[str]:
    """The paths that patterns take, without those that others leave out."""
    taken: dict[str, None] = {}
    for one in asked:
        if one.get("exclude") is not True:
            taken.update(dict.fromkeys(found(str(one.get("path") or ""))))
    for one in asked:
        if one.get("exclude") is True:
            for path in found(str(one.get("path") or "")):
                taken.pop(path, None)
    return sorted(taken)


def _with_path(held: Params, folder: str, name: str, prefix: Any, by_go: bool) -> dict[str, Any]:
    """What was found, with the path at which it stands."""
    segments, base = folder.split("/"), posixpath.basename(folder)
    said: dict[str, Any] = {"path": folder, "basename": base, "basenameNormalized": _normalized(base)}
    if name:
        said |= {"filename": name, "filenameNormalized": _normalized(name)}
    if by_go:
        path = {"path": said | {"segments": segments}}
        return {**held, **({prefix: path} if isinstance(prefix, str) and prefix else path)}
    start = f"{prefix}.path" if isinstance(prefix, str) and prefix else "path"
    flat = {start: folder} | {f"{start}.{key}": value for key, value in said.items() if key != "path"}
    return {**held, **flat, **{f"{start}[{place}]": part for place, part in enumerate(segments)}}


def _with_values(generator: Mapping[str, Any], params: dict[str, Any], by_go: bool) -> dict[str, Any]:
    """What was found, with the values that a generator makes of it."""
    values = generator.get("values")
    if not isinstance(values, dict):
        return params
    made = Filling(params, by_go).value(values)
    return (
        {**params, "values": made} if by_go else {**params, **{f"values.{key}": value for key, value in made.items()}}
    )


def _of_matrix(generator: Mapping[str, Any], by_go: bool, tree: Tree, depth: int) -> Iterator[Params]:
    """Each thing that the first generator finds with each that the second one does, which may ask for the first."""
    inner = _listed(generator, "generators")
    if len(inner) != 2:
        return
    for first in _params(inner[0], by_go, tree, None, depth + 1):
        for second in _params(inner[1], by_go, tree, first, depth + 1):
            yield _merged(second, first) if by_go else {**first, **second}


def _of_merge(generator: Mapping[str, Any], by_go: bool, tree: Tree, depth: int) -> Iterator[Params]:
    """What the first generator finds, overlaid with what the others find under the same keys."""
    first, *others = [_params(one, by_go, tree, None, depth + 1) for one in _listed(generator, "generators")] or [[]]
    keys = [key for key in generator.get("mergeKeys") or () if isinstance(key, str)]

    def key_of(params: Params) -> str:
        return json.dumps([params.get(key) for key in keys], default=str)

    for params in first:
        for overlay in others:
            for one in overlay:
                if key_of(one) == key_of(params):
                    params = _merged(params, one) if by_go else {**params, **one}
        yield params


def _merged(below: Params, above: Params) -> dict[str, Any]:
    """Two mappings in one, inner ones too; the upper one wins."""
    made = dict(below)
    for key, value in above.items():
        own = made.get(key)
        made[key] = _merged(own, value) if isinstance(own, dict) and isinstance(value, dict) else value
    return made


# --- what stands in the repository -----------------------------------------------------------------------------------


def _folders(tree: Tree, pattern: str) -> list[str]:
    """The folders that a pattern matches, in which no sign stands for more than one level; follows path.Match. Hidden ones are none."""
    found = [""]
    for segment in pattern.strip("/").split("/"):
        if segment.startswith(".") or not segment:
            return []
        below = []
        for folder in found:
            names = _matching(tree.names(folder or "."), segment) if _MAGIC.search(segment) else [segment]
            below += [posixpath.join(folder, name) for name in names if tree.is_folder(posixpath.join(folder, name))]
        found = below[:_MOST_LOOKED_AT]
    return found


def _matching(names: Iterable[str], segment: str) -> list[str]:
    return [name for name in names if name[:1] != "." and fnmatch.fnmatchcase(name, segment)]


def _files(tree: Tree, pattern: str) -> list[str]:
    """The files that a pattern matches, in which a star stands for any signs; follows the path specifications of git."""
    pattern = pattern.strip("/")
    if not _MAGIC.search(pattern):
        return [pattern] if tree.is_file(pattern) else []
    plain = _MAGIC.split(pattern, maxsplit=1)[0].rpartition("/")[0]
    found, pending, looked = [], [plain], 0
    while pending and looked < _MOST_LOOKED_AT:
        folder = pending.pop()
        for name, is_folder in tree.entries(folder or "."):
            looked += 1
            path = posixpath.join(folder, name)
            if is_folder and name != ".git":
                pending.append(path)
            elif is_folder is False and fnmatch.fnmatchcase(path, pattern):
                found.append(path)
    return found


def _objects(text: str) -> list[Params]:
    """The mappings of a file of parameters: one, or those of a list."""
    for document in read("parameters", text).documents[:1]:
        value = document.value
        return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
    return []


# --- texts -----------------------------------------------------------------------------------------------------------


def _by_tags(written: str, params: Params) -> str:
    def of(tag: re.Match[str]) -> str:
        value = params.get(tag[1].strip())
        return value if isinstance(value, str) else tag[0]

    return _TAG.sub(of, written)


def _by_go(written: str, params: Params) -> str | None:
    actions = (part.partition("}}")[0] for part in written.split("{{")[1:])
    if not {name for action in actions for name in _ASKED.findall(action)} <= params.keys():
        return None  # of a cluster, say
    from kubetrial.lint.build.chart.template import Engine

    engine = Engine({"template": written})
    rendered = engine.render("template", params) if not engine.errors else None
    return None if rendered is None or rendered.error is not None else str(rendered.text)


def _flat(held: Any, start: str = "", depth: int = 0) -> dict[str, str]:
    """A value as texts by their paths: `{a: {b: 1}}` is `a.b: "1"`."""
    if depth > _DEEPEST * 5:
        return {}
    if isinstance(held, (dict, list)):
        pairs = held.items() if isinstance(held, dict) else enumerate(held)
        inner = [_flat(value, f"{start}.{key}" if start else str(key), depth + 1) for key, value in pairs]
        return {key: text for one in inner for key, text in one.items()}
    return {start: json.dumps(held) if isinstance(held, (bool, int, float)) else str(held or "")}


def _normalized(name: str) -> str:
    """A name as DNS has it; follows SanitizeName."""
    return re.sub(r"[^-a-z0-9.]", "-", name.lower())[:253].strip("-.")


def _listed(holder: Mapping[str, Any], name: str) -> list[Params]:
    held = holder.get(name)
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []
