"""How the configuration says that charts are installed: `[charts."path"]`, and named environments below it.

    [tool.kubetrial.charts."deploy/shop"]
    values = ["values/common.yaml"]
    namespace = "shop"

    [tool.kubetrial.charts."deploy/shop".environments.prod]
    values = ["values/prod.yaml"]
    set = ["image.tag=1.4"]

Paths are relative to the file that says it. An environment adds its values to those of the chart and replaces the rest.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from typing import Any, Protocol

from kubetrial.lint.values.records import dataclass, replace

SETS = ("set", "set-string", "set-json")
KEYS = ("values", *SETS, "release-name", "namespace", "api-versions", "helm-version")


@dataclass(frozen=True, slots=True)
class ChartEnvironment:
    """One way in which a chart is installed; `name` is empty where the chart has only one. Files are absolute."""

    name: str = ""
    values: tuple[str, ...] = ()
    sets: tuple[tuple[str, str], ...] = ()
    release: str = "release"
    namespace: str = "default"
    api_versions: tuple[str, ...] = ()
    helm: int = 0


class TableReader(Protocol):
    """What reads the values of a configuration; each method raises ConfigError, which names the place."""

    def table(self, value: Any, key: str) -> dict[str, Any]:
        """A table."""

    def texts(self, value: Any, key: str) -> tuple[str, ...]:
        """A list of texts."""

    def text(self, value: Any, key: str) -> str:
        """A text."""

    def choice(self, value: Any, key: str, among: Collection[str]) -> str:
        """One of some texts."""

    def known(self, table: Mapping[str, Any], keys: Collection[str], where: str) -> None:
        """Complain about keys that do not exist."""


def read(reader: TableReader, value: Any, key: str, root: str) -> dict[str, tuple[ChartEnvironment, ...]]:
    """The environments of charts by their folders, absolute; raises ConfigError."""
    found = {}
    for path, said in reader.table(value, key).items():
        where = f"{key}.{path}"
        table = reader.table(said, where)
        reader.known(table, (*KEYS, "environments"), where)
        common = _laid_over(ChartEnvironment(), reader, table, where, root)
        named = reader.table(table.get("environments", {}), f"{where}.environments")
        environments = []
        for name, inner in named.items():
            at = f"{where}.environments.{name}"
            reader.known(reader.table(inner, at), KEYS, at)
            environments.append(replace(_laid_over(common, reader, inner, at, root), name=name))
        found[os.path.normpath(os.path.join(root, path))] = tuple(environments) or (common,)
    return found


def _laid_over(
    below: ChartEnvironment, reader: TableReader, table: Mapping[str, Any], where: str, root: str
) -> ChartEnvironment:
    """What a table says, over what holds for the chart."""

    def texts(name: str) -> tuple[str, ...]:
        return reader.texts(table.get(name, []), f"{where}.{name}")

    def text(name: str, otherwise: str) -> str:
        return reader.text(table.get(name, otherwise), f"{where}.{name}")

    helm = table.get("helm-version")
    files = tuple(os.path.normpath(os.path.join(root, name)) for name in texts("values"))
    sets = tuple((name, one) for name in SETS for one in texts(name))
    return ChartEnvironment(
        below.name,
        (*below.values, *files),
        (*below.sets, *sets),
        text("release-name", below.release),
        text("namespace", below.namespace),
        (*below.api_versions, *texts("api-versions")),
        int(reader.choice(str(helm), f"{where}.helm-version", ("3", "4"))) if helm is not None else below.helm,
    )


def schema() -> dict[str, Any]:
    """The JSON schema of the table."""
    texts = {"type": "array", "items": {"type": "string"}}
    words = {"type": "string"}
    own: dict[str, Any] = {name: words if name in ("release-name", "namespace") else texts for name in KEYS}
    own["helm-version"] = {"enum": [3, 4, "3", "4"]}
    environment = {"type": "object", "additionalProperties": False, "properties": own}
    environments = {"type": "object", "additionalProperties": environment}
    chart = {**environment, "properties": {**own, "environments": environments}}
    return {"type": "object", "additionalProperties": chart}


def shown(charts: Mapping[str, tuple[ChartEnvironment, ...]], path_of: Any, toml: Any) -> list[str]:
    """The lines of --show-settings; `path_of` gives the name of a path, `toml` a value as TOML writes it."""
    lines = []
    for folder, environments in charts.items():
        for one in environments:
            table = f"[charts.{toml(path_of(folder))}"
            lines += ["", f"{table}.environments.{toml(one.name)}]" if one.name else f"{table}]"]
            told = {"values": [path_of(file) for file in one.values], "release-name": one.release}
            told |= {name: [text for kind, text in one.sets if kind == name] for name in SETS}
            told |= {"namespace": one.namespace, "api-versions": list(one.api_versions)}
            told |= {"helm-version": str(one.helm) if one.helm else ""}
            lines += [f"{name} = {toml(value)}" for name, value in told.items() if value]
    return lines
