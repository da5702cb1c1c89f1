"""What a kustomization says that a check of the raw files has to know: which are patches, what it makes and renames.

Nothing is built here. The objects below a kustomization reach the cluster with another namespace or name, beside
generated ones, after patches: rules that compare objects ask here before they say that something is missing. Follows
the fields of Kustomization in sigs.k8s.io/kustomize/api/types.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kubetrial.lint.values.records import dataclass, field

FILE_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
PATCH = "kustomize patch"
SETTINGS = "kustomize configuration"
KUSTOMIZATION = "kustomization"


@dataclass(frozen=True, slots=True)
class Kustomization:
    """One kustomization file; all paths are relative to the working directory, like the file itself."""

    file: str
    folder: str
    resources: tuple[str, ...] = ()  # files and folders, components among them
    patches: frozenset[str] = frozenset()
    settings: frozenset[str] = frozenset()  # transformers, replacements, Helm values: files that are no manifests
    generated: tuple[
        tuple[str, str], ...
    ] = ()  # (kind, name) of generated ConfigMaps and Secrets, name as references write it
    namespace: str = ""
    renames: bool = False  # namePrefix, nameSuffix or patches that may change names
    remote: bool = False  # takes resources from elsewhere, or renders a Helm chart
    variables: frozenset[str] = frozenset()  # what $(NAME) stands for
    changes: bool = False  # patches, labels or replacements: objects reach the cluster with other contents
    edits: bool = False  # the same but for labels


@dataclass(frozen=True, slots=True)
class Facts:
    """What kustomizations do to the objects of one file before they reach the cluster."""

    namespaces: frozenset[str] = frozenset()  # set by kustomizations; empty: as written
    generated: frozenset[tuple[str, str]] = frozenset()  # (kind, name) that exist beside them
    renamed: bool = False
    patched: bool = False  # patches, replicas, replacements ... of any kustomization that lists it
    changed: bool = False  # the same, or labels
    remote: bool = False  # more objects come from elsewhere
    variables: frozenset[str] = frozenset()


_PLAIN = Facts()


@dataclass(slots=True)
class Kustomizations:
    """All kustomizations of a run."""

    every: tuple[Kustomization, ...] = ()
    present: frozenset[str] = frozenset()  # the files of the run; empty: not known
    _roles: dict[str, str] = field(default_factory=dict)
    _users: dict[str, list[Kustomization]] = field(default_factory=dict)  # file or folder -> who lists it
    _known: dict[str, Facts] = field(default_factory=dict)
    _of_users: dict[tuple[str, ...], Facts] = field(default_factory=dict)
    _by_folder: dict[str, Kustomization] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index who lists what."""
        self._by_folder = {one.folder: one for one in self.every}
        for one in self.every:
            self._roles |= dict.fromkeys(one.settings, SETTINGS)
            for path in one.resources:
                self._users.setdefault(path, []).append(one)
        for one in self.every:
            # A file that is listed as a resource too is a manifest, whatever else it serves for.
            self._roles |= dict.fromkeys((path for path in one.patches if path not in self._users), PATCH)

    def role(self, path: str) -> str | None:
        """Why a file is no manifest of its own: it is a patch or a configuration of a kustomization."""
        return self._roles.get(path) if self._roles else None

    def facts(self, path: str) -> Facts:
        """What happens to the objects of a file, by all kustomizations that list it, its folder's parents included."""
        if not self.every:
            return _PLAIN
        found = self._known.get(path)
        if found is None:
            users = tuple(self._users.get(path, ()))
            key = tuple(user.file for user in users)
            if key not in self._of_users:
                self._of_users[key] = self._work_out(users)
            found = self._known[path] = self._of_users[key]
        return found

    def listing(self, path: str) -> list[Kustomization]:
        """The kustomizations that list a file."""
        return self._users.get(path, [])

    def list_both(self, one: str, other: str) -> bool:
        """Whether one kustomization lists both files."""
        users = {user.file for user in self._users.get(one, ())}
        return any(user.file in users for user in self._users.get(other, ()))

    def _work_out(self, users: tuple[Kustomization, ...]) -> Facts:
        seen: dict[str, Kustomization] = {}
        namespaces: set[str] = set()
        # Every way from the file up to an outermost kustomization; the outermost namespace holds.
        pending = [(one, "") for one in users]
        if not pending:
            return _PLAIN
        been: set[tuple[str, str]] = set()
        while pending:
            one, inner = pending.pop()
            namespace = one.namespace or inner
            if (one.file, namespace) in been:
                continue
            been.add((one.file, namespace))
            seen[one.file] = one
            above = self._users.get(one.folder, ())
            if not above and namespace:
                namespaces.add(namespace)
            pending.extend((outer, namespace) for outer in above)
        # What a listed sibling brings counts too: an overlay sees everything of its bases.
        beside = list(self._below(seen.values()))
        return Facts(
            frozenset(namespaces),
            frozenset(made for one in beside for made in one.generated),
            any(one.renames for one in seen.values()),
            any(one.edits for one in seen.values()),
            any(one.changes for one in seen.values()),
            any(one.remote or self._lacks(one) for one in beside),
            frozenset(name for one in beside for name in one.variables),
        )

    def _lacks(self, one: Kustomization) -> bool:
        """Whether it lists a file or folder that is not in the run: more objects come from there."""
        known = self.present
        return bool(known) and any(path not in known and path not in self._by_folder for path in one.resources)

    def _below(self, tops: Iterable[Kustomization]) -> Iterator[Kustomization]:
        pending, been = list(tops), set()
        while pending:
            one = pending.pop()
            if one.file in been:
                continue
            been.add(one.file)
            yield one
            pending.extend(self._by_folder[path] for path in one.resources if path in self._by_folder)


_LABELLERS = ("commonLabels", "labels")
_EDITORS = ("transformers", "replacements", "components", "replicas")


def is_kustomization(path: str, value: Any) -> bool:
    """Whether a document is a kustomization (or a component): by its kind, or by the name of its file."""
    if value.__class__ is not dict:
        return False
    if str(value.get("apiVersion", "")).startswith("kustomize.config.k8s.io/"):
        return True
    return path.rpartition("/")[2] in FILE_NAMES and "apiVersion" not in value


def read(path: str, value: Any) -> Kustomization | None:
    """A kustomization from the plain data of its document; None where it is none. Wrong types count as absent."""
    if not is_kustomization(path, value):
        return None
    folder = posixpath.dirname(path) or "."

    def local(entry: str) -> str:
        return posixpath.normpath(posixpath.join(folder, entry))

    listed = [*_texts(value, "resources"), *_texts(value, "bases"), *_texts(value, "components")]
    here = [entry for entry in listed if not _is_remote(entry)]
    patches = [entry for entry in _texts(value, "patchesStrategicMerge") if "\n" not in entry]
    inline = len(patches) < len(_texts(value, "patchesStrategicMerge"))
    for name in ("patches", "patchesJson6902"):
        for item in _mappings(value, name):
            if item.get("path").__class__ is str:
                patches.append(item["path"])
            inline = inline or "patch" in item
    settings = [
        entry
        for name in ("transformers", "generators", "validators", "configurations")
        for entry in _texts(value, name)
        if "\n" not in entry and not _is_remote(entry)
    ]
    for name, key in (("replacements", "path"), ("helmCharts", "valuesFile")):
        settings.extend(item[key] for item in _mappings(value, name) if item.get(key).__class__ is str)
    edits = bool(patches) or inline or any(value.get(name) for name in _EDITORS)
    openapi = value.get("openapi")
    if openapi.__class__ is dict and openapi.get("path").__class__ is str:
        settings.append(openapi["path"])
    return Kustomization(
        file=path,
        folder=posixpath.normpath(folder),
        resources=tuple(local(entry) for entry in here),
        patches=frozenset(local(entry) for entry in patches),
        settings=frozenset(local(entry) for entry in settings),
        generated=tuple(_generated(value)),
        namespace=_text(value, "namespace"),
        renames=bool(_text(value, "namePrefix") or _text(value, "nameSuffix")),
        remote=len(here) < len(listed)
        or any(name in value for name in ("helmCharts", "helmChartInflationGenerator", "generators")),
        variables=frozenset(str(item["name"]) for item in _mappings(value, "vars") if "name" in item),
        changes=edits or any(value.get(name) for name in _LABELLERS),
        edits=edits,
    )


def _generated(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
        for item in _mappings(value, name):
            if item.get("name").__class__ is str:
                yield kind, item["name"]


def _is_remote(entry: str) -> bool:
    """A URL or a repository such as github.com/owner/name//folder?ref=v1."""
    return (
        "://" in entry or "?ref=" in entry or entry.startswith(("git@", "github.com/", "gitlab.com/", "bitbucket.org/"))
    )


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _texts(value: Mapping[str, Any], name: str) -> list[str]:
    found = value.get(name)
    return [item for item in found if isinstance(item, str)] if found.__class__ is list else []


def _mappings(value: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = value.get(name)
    return [item for item in found if isinstance(item, dict)] if found.__class__ is list else []
