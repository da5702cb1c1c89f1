"""What is applied together: the kustomizations of a set that no other one includes, built."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from kubetrial.lint.build import kustomize
from kubetrial.lint.build.division import Division
from kubetrial.lint.build.elsewhere import left_over, made_alike, of_others, without_settings
from kubetrial.lint.build.gitops import Applied, Identity, finished, is_kustomization
from kubetrial.lint.build.gitops import GitOps as Controllers
from kubetrial.lint.build.kept_units import UnitStore
from kubetrial.lint.build.kustomize.nodes import RNode
from kubetrial.lint.build.kustomized_charts import renderer
from kubetrial.lint.build.origin import Tree, Unit
from kubetrial.lint.build.restriction import is_lifted
from kubetrial.lint.build.shown import Shown, shown_problem, shown_unknown
from kubetrial.lint.build.tree import FolderTree
from kubetrial.lint.files.folders import folders_below
from kubetrial.lint.files.kustomize import FILE_NAMES
from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.values.records import dataclass, replace

NO_CONTROLLERS = Controllers()


def divide(
    root: str,
    files: Sequence[str],
    concerns: Callable[[str], bool],
    shown: Callable[[str], str],
    files_of_set: Sequence[str] = (),
    controllers: Controllers = NO_CONTROLLERS,
    changed: Mapping[str, bytes] | None = None,
    store: UnitStore | None = None,
) -> Division:
    """Build the kustomizations among some files of a folder.

    `files` are paths below `root` with `/`; a unit is built where it reads a file that `concerns` the run. `shown` gives the name
    of a path in reports. `files_of_set` are all files of the set, of which those are left out too that no kustomization lists.
    `controllers` say what Flux and Argo CD of the same repository lay over the folders that they apply.
    `changed` are files that are about to be written otherwise, by their full paths. `store` has what earlier runs built.

    What is built may tell Flux to apply more, with settings that its own file does not have: then it is built once more with these.
    """
    kept: dict[_Key, Unit] = {}
    for last in range(_MOST_ROUNDS):
        children: list[tuple[RNode, frozenset[str]]] = []
        division = _divided(root, files, concerns, shown, files_of_set, controllers, changed, kept, children, store)
        wider = controllers.with_built(children) if children and last + 1 < _MOST_ROUNDS else controllers
        if [one.identity() for one in wider.applied] == [one.identity() for one in controllers.applied]:
            break
        controllers = wider
    return division


_MOST_ROUNDS = 4
_Key = tuple[str, Identity | None]


def _divided(
    root: str,
    files: Sequence[str],
    concerns: Callable[[str], bool],
    shown: Callable[[str], str],
    files_of_set: Sequence[str],
    controllers: Controllers,
    changed: Mapping[str, bytes] | None,
    kept: dict[_Key, Unit],
    children: list[tuple[RNode, frozenset[str]]],
    store: UnitStore | None,
) -> Division:
    """The division under some settings of controllers; built Kustomizations of Flux go to `children`, with the files of their unit.

    `kept` are the units of earlier rounds, by their folder and what is laid over it; `store` has those of earlier runs.
    """
    folders = sorted({posixpath.dirname(file) or "." for file in files if posixpath.basename(file) in FILE_NAMES})
    tree, cache = FolderTree(root, changed), kustomize.Cache()
    reach = {folder: kustomize.includes(tree, folder, cache) for folder in folders}
    units: list[Unit] = []
    jobs: dict[str, tuple[_BuildTask, str]] = {}  # name of the unit -> its build, and the kustomization
    given_up = _given_up(tree, roots := _roots(tree, folders, reach, controllers, cache), controllers)
    sources, of_components = set[str](), set[str]()
    lifted: bool | None = _is_by_flux(controllers) or None  # it restricts nothing; others are asked where it matters
    for job in _jobs(tree, roots, controllers):
        folder, path = job.folder, _file_of(tree, job.folder)
        if job.applied is None and _is_component(tree, path):
            of_components |= _reached(folder, path, reach, tree)  # nothing is known of what it changes
            continue
        reached = {*_reached(folder, path, reach, tree), *(posixpath.join(folder, name) for name in job.resources)}
        if not any(concerns(one) for one in reached):
            continue
        unit, lifted = _built(job, root, tree, cache, lifted, kept, store)
        children += ((node, unit.read) for node in _kustomizations_of(unit))
        refused = any(problem.fatal for problem in unit.problems)
        if refused and job.resources:
            continue  # what the controller makes of the files is not known, so they are judged as they stand
        unit = _told(unit, tree, path, refused, job.applied is None and folder in given_up)
        units.append(replace(_as_shown(unit, folder, path, shown, job.suffix), apart=job.apart))
        jobs[units[-1].name] = (job, path)
        sources.update(reached if refused else {*unit.read, path})  # nobody applies what is refused as it stands either
    unlisted, off, left_out, named = _left_over(tree, folders, files_of_set, sources, of_components, controllers)
    commented = frozenset(map(shown, off))
    return Division(
        tuple(without_settings(made_alike(units), commented)),
        frozenset(shown(path) for path in sources | of_components | named | unlisted | left_out),
        frozenset(shown(path) for path in unlisted - left_out if posixpath.basename(path) not in FILE_NAMES),
        commented,
        unapplied=len(left_out),
        patched=frozenset(kind for one in controllers.applied for kind in one.patched()),
        by_flux=_is_by_flux(controllers),
        loose=frozenset(name for name, (job, _) in jobs.items() if job.applied is None),
        again={name: partial(_again, *each, shown, lifted is True) for name, each in jobs.items()},
    )


def _left_over(
    tree: FolderTree,
    folders: Sequence[str],
    files: Sequence[str],
    sources: set[str],
    of_components: set[str],
    controllers: Controllers,
) -> tuple[set[str], set[str], set[str], set[str]]:
    """Of the files that no unit is made of: the unlisted, those switched off, those left out, and those that one lists all the same."""
    unlisted = (of_components - sources) & set(files)
    known = sources | of_components
    named, commented = _not_listed(tree, folders, files, known, unlisted)
    left_out = {path for path in files if path not in known and controllers.left_out(path)}
    return unlisted, commented, left_out, named


def _given_up(tree: FolderTree, roots: Sequence[str], controllers: Controllers) -> frozenset[str]:
    """The roots that no controller of the repository applies, where they apply most of the others."""
    reached = {one.folder for one in controllers.applied} | {one.folder for one in controllers.directories}
    for one in controllers.applied:
        if one.makes and kustomize.kustomization_file(tree, one.folder) is None:
            reached |= {posixpath.normpath(posixpath.join(one.folder, entry)) for entry in _generated(tree, one.folder)}
    loose = frozenset(roots) - reached
    return loose if len(roots) - len(loose) >= max(_FEWEST_APPLIED, len(loose)) else frozenset()


_FEWEST_APPLIED = 3


def _is_by_flux(controllers: Controllers) -> bool:
    return any(one.makes for one in controllers.applied)


def _roots(
    tree: FolderTree,
    folders: Sequence[str],
    reach: Mapping[str, tuple[frozenset[str], frozenset[str]]],
    controllers: Controllers,
    cache: kustomize.Cache,
) -> list[str]:
    """The folders that somebody builds as they stand: no other one includes them, and they are no mere collections of bases."""
    applied = {one.folder for one in controllers.applied}
    takers = Counter(one for inside, _ in reach.values() for one in inside)
    found = []
    for folder in kustomize.roots(tree, folders, cache):
        is_object = _OF_FLUX.search(tree.read(_file_of(tree, folder)) or b"") is not None
        if not is_object and (folder in applied or not _is_collection(folder, reach[folder], takers, tree, cache)):
            found.append(folder)
    return found


def _is_collection(
    folder: str,
    reached: tuple[frozenset[str], frozenset[str]],
    takers: Mapping[str, int],
    tree: FolderTree,
    cache: kustomize.Cache,
) -> bool:
    """Whether a kustomization among bases only lists folders that others take in one by one: it is applied through these."""
    inside, files = reached
    if not inside or files or not _OF_BASES.search(folder) or not all(takers[one] > 1 for one in inside):
        return False
    return kustomize.only_lists(tree, folder, cache)


_OF_FLUX = re.compile(rb"(?m)^apiVersion:[ ]*[\"']?kustomize\.toolkit\.fluxcd\.io/")
"""An object of Flux in a file that is called like a kustomization: it is applied, and nobody builds its folder."""
_OF_BASES = re.compile(r"(?:^|/)bases?(?:/|$)")


def _kustomizations_of(unit: Unit) -> Iterator[RNode]:
    """The Kustomizations of Flux among the objects of a unit; the nodes of others are not asked for, which may not be there."""
    for one in unit.objects:
        if one.value.__class__ is dict and one.value.get("kind") == "Kustomization":
            node: RNode = one.node  # type: ignore[attr-defined]
            if is_kustomization(node):
                yield node


def _again(job: _BuildTask, path: str, shown: Callable[[str], str], unrestricted: bool, tree: Tree) -> Unit:
    """The same build of another tree, such as an older state."""
    unit = job.build(tree, kustomize.Cache(), unrestricted)
    return _as_shown(unit, job.folder, path, shown, job.suffix)


def _file_of(tree: Tree, folder: str) -> str:
    """The kustomization of a folder; where there is none, the file that it would be."""
    return kustomize.kustomization_file(tree, folder) or posixpath.normpath(posixpath.join(folder, FILE_NAMES[0]))


def _built(
    job: _BuildTask,
    root: str,
    tree: FolderTree,
    cache: kustomize.Cache,
    lifted: bool | None,
    kept: dict[_Key, Unit],
    store: UnitStore | None,
) -> tuple[Unit, bool | None]:
    """The unit of one build, of an earlier round or run, or new; whether the load restriction is lifted, where that was asked."""

    def built(unrestricted: bool) -> Unit:
        work = partial(job.build, tree, cache, unrestricted)
        return work() if store is None else store.unit((*job.told(), str(unrestricted)), work, tree.read)

    key = (job.folder, job.applied.identity() if job.applied is not None else None)
    unit = kept.get(key) or built(lifted is True)
    if lifted is None and any(problem.rule == _OUTSIDE for problem in unit.problems):
        lifted = is_lifted(root)
        unit = built(lifted)
    kept[key] = unit
    return unit, lifted


def _told(unit: Unit, tree: Tree, path: str, refused: bool, is_given_up: bool) -> Unit:
    """A unit with those of its problems that somebody who applies it meets; `path` is its kustomization."""
    unit = _but_of_unknown(of_others(unit, tree, path), refused)
    return left_over(unit) if is_given_up else unit


def _but_of_unknown(unit: Unit, refused: bool) -> Unit:
    """A unit, and one that was refused without its refusals where what is unknown of it may be their reason."""
    if refused and unit.unknown and all(problem.rule in _OF_UNKNOWN for problem in unit.problems if problem.fatal):
        return replace(unit, problems=tuple(problem for problem in unit.problems if not problem.fatal))
    return unit


def _not_listed(
    tree: FolderTree, folders: Sequence[str], files: Sequence[str], sources: set[str], unlisted: set[str]
) -> tuple[set[str], set[str]]:
    """Put the files that seem to be sources and that no kustomization lists into `unlisted`.

    Returns those that one lists all the same, and those of the unlisted that one names in a comment.
    """
    named: set[str] = set()
    commented: set[str] = set()
    if folders:
        for path, is_listed, is_off in _commented_out(tree, folders, files, sources):
            (named if is_listed else unlisted).add(path)
            if is_off and not is_listed:
                commented.add(path)
    return named, commented


@dataclass(frozen=True, slots=True)
class _BuildTask:
    """One build: a folder, and what a controller lays over it."""

    folder: str
    applied: Applied | None = None
    resources: tuple[str, ...] = ()  # of a folder without a kustomization
    suffix: str = ""  # tells it from other builds of the folder
    apart: bool = False

    def told(self) -> tuple[str, ...]:
        """What decides it beside the files that it reads: also where that stands which the controller lays over it."""
        if self.applied is None:
            return (self.folder,)
        one = self.applied
        common = (each for each in one.common() if each is not None)
        nodes = [*one.fields.values(), *(one.substitutes or {}).values(), *common]
        return (
            *one.identity(),
            str(one.makes),
            *self.resources,
            *(repr(n.origin()) for top in nodes for n in top.walk()),
        )

    def build(self, tree: Tree, cache: kustomize.Cache, unrestricted: bool) -> Unit:
        one = self.applied
        if one is None:
            return kustomize.build(
                tree, self.folder, unrestricted=unrestricted, cache=cache, render_chart=renderer(tree)
            )
        return kustomize.build(
            tree,
            self.folder,
            overrides=_present(one, tree),
            resources=self.resources,
            after=lambda root: finished(root, one),
            unrestricted=unrestricted,
            cache=cache,
            render_chart=renderer(tree),
        )


def _present(applied: Applied, tree: Tree) -> Mapping[str, RNode]:
    """The fields that a controller lays over a folder, without components that are not there, where it may leave these out."""
    components = applied.fields.get("components")
    if components is None or not applied.lenient:
        return applied.fields
    there = [one for one in components.items() if tree.is_folder(posixpath.join(applied.folder, str(one.value)))]
    kept = components.copy()
    kept.value = there
    return {**applied.fields, "components": kept}


def _jobs(tree: FolderTree, roots: Sequence[str], controllers: Controllers) -> Iterator[_BuildTask]:
    """The builds of a set: each root as its controllers apply it, else as it stands, and what else controllers apply."""
    by_folder: dict[str, list[Applied]] = {}
    for one in controllers.applied:
        by_folder.setdefault(one.folder, []).append(one)
    for folder in [*roots, *sorted(by_folder.keys() - set(roots))]:
        every = by_folder.get(folder, [])
        resources: tuple[str, ...] = ()
        if kustomize.kustomization_file(tree, folder) is None:
            resources = tuple(_generated(tree, folder)) if any(one.makes for one in every) else ()
            if not resources:
                continue
        elif folder not in roots:
            every = [one for one in every if one.changes]  # as it stands it is judged through what includes it
        several = len(every) > 1
        for position, one in enumerate(every):
            yield _BuildTask(folder, one, resources, f" ({one.name})" if several else "", position > 0)
        if not every:
            yield _BuildTask(folder)


def _generated(tree: FolderTree, folder: str, most: int = 2_000) -> Iterator[str]:
    """What Flux lists in the kustomization that it makes for a folder: all manifests, and folders that have a kustomization."""
    pending = [""]
    while pending and most > 0:
        inside = pending.pop()
        for name in tree.names(posixpath.normpath(posixpath.join(folder, inside))):
            most -= 1
            entry = posixpath.join(inside, name)
            path = posixpath.normpath(posixpath.join(folder, entry))
            if name.startswith("."):
                continue
            if tree.is_folder(path):
                if kustomize.kustomization_file(tree, path) is None:
                    pending.append(entry)
                else:
                    yield entry
            elif name.endswith((".yaml", ".yml")) and tree.is_file(path):
                yield entry


def alone(root: str, folder: str, shown: Callable[[str], str]) -> Unit:
    """The unit of one kustomization, whoever includes it; a component too is built by itself."""
    tree = FolderTree(root)
    path = _file_of(tree, folder)
    return _as_shown(kustomize.build(tree, folder, render_chart=renderer(tree)), folder, path, shown)


_OUTSIDE = "kustomization-outside-root"
_OF_UNKNOWN = (*kustomize.OF_OBJECTS, kustomize.OF_TEMPLATE)
"""What a remote base may hold the object for: nothing is concluded where there is one."""


def _commented_out(
    tree: FolderTree, folders: Sequence[str], files: Sequence[str], sources: set[str]
) -> Iterator[tuple[str, bool, bool]]:
    """Files that no kustomization takes in, and that are patches by their name or stand in a comment of the one around them.

    Each with whether the one around it lists it, in a way that cannot be built, and whether the entry for it is switched off: by a
    generator of operators, or, of a whole object, by somebody who does not want it for now.
    """
    texts = {folder: _text(tree, folder) for folder in folders}
    for file in files:
        if file in sources:
            continue
        around = posixpath.dirname(file) or "."
        while around not in texts and around != ".":
            around = posixpath.dirname(around) or "."
        text = texts.get(around)
        name = posixpath.basename(file)
        if text is not None and ("patch" in file.lower() or name in text):
            lines = [line for line in text.splitlines() if name in line]
            yield (
                file,
                any(_is_named(line.partition("#")[0], around, file) for line in lines),
                (_SCAFFOLD in text or "patch" not in file.lower())
                and any(_is_off(line, around, file) for line in lines),
            )


def _is_named(text: str, around: str, file: str) -> bool:
    """Whether a text in the kustomization of a folder names a file, by its path or by its name alone."""
    name = posixpath.basename(file)
    return any(
        word == name or posixpath.normpath(posixpath.join(around, word)) == file
        for word in _WORDS.findall(text)
        if word.endswith(name)
    )


def _is_off(line: str, around: str, file: str) -> bool:
    """Whether a line of the kustomization of a folder is the entry for a file, switched off."""
    found = _SWITCHED_OFF.match(line)
    return found is not None and _is_named(found[1], around, file)


_WORDS = re.compile(r"[\w./+-]+")


_SCAFFOLD = "+kubebuilder:scaffold"
_SWITCHED_OFF = pattern(r"[ \t]*#[# \t]*(?:-[ \t]+)?(?:path:[ \t]*)?[\"']?([\w./+-]+)[\"']?[ \t]*(?:#.*)?\Z")


def _text(tree: FolderTree, folder: str) -> str:
    paths = (posixpath.normpath(posixpath.join(folder, name)) for name in FILE_NAMES)
    return next((data.decode("utf-8", "replace") for path in paths if (data := tree.read(path)) is not None), "")


_COMPONENT = re.compile(rb"^kind:\s*[\"']?Component\b", re.M)


def _is_component(tree: FolderTree, path: str) -> bool:
    return _COMPONENT.search(tree.read(path) or b"") is not None


def _as_shown(unit: Unit, folder: str, path: str, shown: Callable[[str], str], suffix: str = "") -> Unit:
    """A unit with the names that reports use; its kustomization file stands for it."""
    return Unit(
        unit.kind,
        shown(path),
        shown(folder) + suffix,
        [Shown(one, shown) for one in unit.objects],
        tuple(shown_problem(problem, shown) for problem in unit.problems),
        tuple(shown_unknown(one, shown) for one in unit.unknown),
        frozenset(shown(one) for one in unit.read),
    )


def _reached(
    folder: str, path: str, reach: dict[str, tuple[frozenset[str], frozenset[str]]], tree: FolderTree
) -> set[str]:
    """The files that a kustomization reads, those of the ones it includes too."""
    found, seen, pending = {path}, set(), [folder]
    while pending:
        at = pending.pop()
        if at in seen:
            continue
        seen.add(at)
        if at not in reach:
            reach[at] = kustomize.includes(tree, at)
        found.update(reach[at][1])
        found.update(posixpath.normpath(posixpath.join(at, name)) for name in FILE_NAMES)
        pending.extend(reach[at][0])
    return found


def kustomizations_below(root: str, most: int = 100_000) -> Iterator[str]:
    """The kustomization files of a repository, as paths below its root; hidden folders and those of packages are left out."""
    looked = 0
    for _, inside, names in folders_below(root):
        looked += len(names)
        if looked > most:
            return
        for name in FILE_NAMES:
            if name in names:
                yield posixpath.normpath(posixpath.join(inside, name))
