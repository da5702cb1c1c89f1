"""Where pods read a ConfigMap or Secret once, when a container starts: variables and files mounted by subPath."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.views import PodSpec
from kubetrial.lint.yaml.node import Node

LONGEST = 20_000
"""Signs of a text in which names are looked for."""
_STEMS = (("ConfigMap", "configMap"), ("Secret", "secret"))
_READ = frozenset(("configMap", "secret", "projected"))
_NAME_OF = {"configMap": "name", "secret": "secretName"}


def read_once(pod: PodSpec, kind: str, name: str) -> Iterator[tuple[Node, str | None]]:
    """(the place that names it, the key that is read; None: every key) of each use that running containers keep as it was.

    A volume without subPath is no such use: the kubelet brings its files up to date.
    """
    stem = "configMap" if kind == "ConfigMap" else "secret"
    parts = set(_volumes(pod, stem, name))
    for container in pod.all_containers():
        for variable in container["env"].items():
            reference = variable["valueFrom"][f"{stem}KeyRef"]
            if reference.get("name") == name:
                yield reference["name"], _text(reference.get("key"))
        for source in container["envFrom"].items():
            if source[f"{stem}Ref"].get("name") == name:
                yield source[f"{stem}Ref"]["name"], None
        for mount in container["volumeMounts"].items():
            if mount.get("name") not in {volume for volume, _, _ in parts}:
                continue
            path = mount.get("subPath") or mount.get("subPathExpr")
            if not path:
                continue
            for volume, file, key in parts:
                if volume == mount.get("name") and file in (None, path):
                    yield mount["subPath" if mount.get("subPath") else "subPathExpr"], key or _text(path)


def read_as_files(pod: PodSpec, kind: str, name: str) -> set[str | None]:
    """The keys of a ConfigMap or Secret that a pod finds as files in its volumes (None: every key), by subPath or not."""
    return {key for _, _, key in _volumes(pod, "configMap" if kind == "ConfigMap" else "secret", name)}


def names_of(pod: PodSpec) -> Iterable[tuple[str, str]]:
    """(kind, name) of every ConfigMap and Secret that a pod names in variables and volumes, in whichever way, once each and in order."""
    return pod.once(_names)


def _names(pod: PodSpec) -> tuple[tuple[str, str], ...]:
    """From the plain values: most pods name none, and nodes are made where a place is wanted."""
    values, found = pod.mapping(), set[tuple[str, str]]()
    for group in ("initContainers", "containers", "ephemeralContainers"):
        for container in _mappings(values.get(group)):
            for variable in _mappings(container.get("env")):
                source = variable.get("valueFrom")
                if source.__class__ is dict:
                    found.update((kind, _name(source.get(f"{stem}KeyRef"), "name")) for kind, stem in _STEMS)
            for source in _mappings(container.get("envFrom")):
                found.update((kind, _name(source.get(f"{stem}Ref"), "name")) for kind, stem in _STEMS)
    for volume in _mappings(values.get("volumes")):
        if _READ.isdisjoint(volume):
            continue
        projected = volume.get("projected")
        parts = list(_mappings(projected.get("sources"))) if projected.__class__ is dict else []
        for kind, stem in _STEMS:
            found.add((kind, _name(volume.get(stem), _NAME_OF[stem])))
            found.update((kind, _name(part.get(stem), "name")) for part in parts)
    return tuple(sorted(one for one in found if one[1]))


def _mappings(items: Any) -> Iterator[Mapping[str, Any]]:
    return (item for item in items if item.__class__ is dict) if items.__class__ is list else iter(())


def _name(reference: Any, field: str) -> str:
    name = reference.get(field) if reference.__class__ is dict else None
    return name if name.__class__ is str else ""


def config_texts(pod: PodSpec, cluster: Cluster) -> Iterator[tuple[str, Node]]:
    """(key, text) of everything in the ConfigMaps of the set that a pod names, as variables or as files."""
    for name in (name for kind, name in names_of(pod) if kind == "ConfigMap"):
        config = cluster.get("", "ConfigMap", pod.owner.namespace, name)
        for field in config["data"].fields() if config is not None else ():
            if isinstance(field.value, str) and len(field.value) <= LONGEST:
                yield str(field.key), field


def place_of_name(pod: PodSpec, kind: str, name: str) -> Iterator[Node]:
    """Where a pod names a ConfigMap or Secret that it cannot start without."""
    for of_kind, place in pod.once(_places):
        if (
            of_kind == kind
            and place.value == name
            and (place.parent is None or place.parent.get("optional") is not True)
        ):
            yield place


def _places(pod: PodSpec) -> tuple[tuple[str, Node], ...]:
    return tuple(_each_place(pod))


def _each_place(pod: PodSpec) -> Iterator[tuple[str, Node]]:
    for container in pod.all_containers():
        env, sources = container.mapping().get("env"), container.mapping().get("envFrom")
        for index, variable in enumerate(env) if isinstance(env, list) else ():
            source = variable.get("valueFrom") if variable.__class__ is dict else None
            if source.__class__ is not dict:
                continue  # nearly all: nodes are made for the others alone
            for kind, stem in _STEMS:
                if f"{stem}KeyRef" in source:
                    yield kind, container["env"][index]["valueFrom"][f"{stem}KeyRef"]["name"]
        for index, source in enumerate(sources) if isinstance(sources, list) else ():
            for kind, stem in _STEMS:
                if source.__class__ is dict and source.get(f"{stem}Ref"):
                    yield kind, container["envFrom"][index][f"{stem}Ref"]["name"]
    volumes = pod.mapping().get("volumes")
    for index, volume in enumerate(volumes) if isinstance(volumes, list) else ():
        found = volume if volume.__class__ is dict else {}
        for kind, stem in _STEMS if _READ.intersection(found) else ():
            if found.get(stem):
                yield kind, pod["volumes"][index][stem][_NAME_OF[stem]]
            if found.get("projected"):
                yield from (
                    (kind, part[stem]["name"]) for part in pod["volumes"][index]["projected"]["sources"].items()
                )


def _volumes(pod: PodSpec, stem: str, name: str) -> Iterator[tuple[str, str | None, str | None]]:
    """(volume, file, key) of what a volume takes of it; neither file nor key where it takes every key under its own name."""
    for volume in pod["volumes"].items():
        sources = [volume[stem]] if volume[stem].get(_NAME_OF[stem]) == name else []
        sources += [s[stem] for s in volume["projected"]["sources"].items() if s[stem].get("name") == name]
        for source in sources:
            if not source.get("items"):
                yield str(volume.get("name")), None, None
            for item in source["items"].items():
                yield str(volume.get("name")), _text(item.get("path")), _text(item.get("key"))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
