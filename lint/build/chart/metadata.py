"""Chart.yaml and requirements.yaml: what a chart says of itself, read and validated as Helm does.

Follows helm.sh/helm/v3/pkg/chart (metadata, dependency): the names of fields are met in any case, numbers and booleans become text
where text is wanted, and the same mistakes refuse the chart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kubetrial.lint.build.chart.refusal import FIRST, HelmRefused
from kubetrial.lint.build.chart.sources import YamlFile
from kubetrial.lint.build.chart.template.errors import Failure
from kubetrial.lint.build.chart.template.functions import call
from kubetrial.lint.build.go_numbers import shortest
from kubetrial.lint.build.origin import Origin, Path
from kubetrial.lint.values.records import dataclass, field

_TEXTS = (
    "name", "home", "version", "description", "icon", "apiVersion", "condition", "tags", "appVersion", "kubeVersion", "type",
)  # fmt: skip
_KNOWN = (*_TEXTS, "sources", "keywords", "maintainers", "deprecated", "annotations", "dependencies")
_OF_DEPENDENCY = ("name", "version", "repository", "condition", "tags", "enabled", "import-values", "alias")
MAX_DEPENDENCIES = 1000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ALIAS = re.compile(r"[a-zA-Z0-9_-]+\Z")


@dataclass(frozen=True)
class ChartDependency:
    """One entry of `dependencies`; `origin` is its place."""

    name: str
    version: str
    repository: str
    condition: str
    tags: tuple[str, ...]
    alias: str
    imports: tuple[Any, ...]
    origin: Origin

    @property
    def called(self) -> str:
        """The name by which the values and templates of the parent call it."""
        return self.alias or self.name

    def imported(self) -> Iterator[tuple[str, str]]:
        """(path in the dependency, path in the parent) of what is imported; what is neither text nor mapping says nothing."""
        for entry in self.imports:
            if isinstance(entry, str):
                yield f"exports.{entry}", "."
            elif isinstance(entry, dict):
                yield _printed(entry.get("child")), _printed(entry.get("parent"))


def _printed(value: Any) -> str:
    """A path of `import-values` as Go prints it, whatever it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "<nil>" if value is None else shortest(value) if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class ChartMetadata:
    """What a chart says of itself; `fields` by the names of Chart.yaml, `file` for their places."""

    fields: Mapping[str, Any]
    file: YamlFile
    requirements: tuple[ChartDependency, ...] = field(default_factory=tuple)

    def text(self, name: str) -> str:
        """A field that is text; "" where it is not there."""
        return as_text(self.fields.get(name))

    def origin(self, *path: str | int) -> Origin:
        """The place of a field, or of what stands nearest to it."""
        return self.file.origin(path) or Origin(self.file.source.file, FIRST, None, False)


def as_text(value: object) -> str:
    """What stands in a field of Chart.yaml that is text: `name: no` is read as a boolean first."""
    if value is True or value is False:
        return "true" if value else "false"
    return "" if value is None or value in ([], {}) else str(value)


def read(chart_file: YamlFile, requirements: YamlFile | None) -> ChartMetadata:
    """The metadata of a chart; raises Refused. requirements.yaml is laid over Chart.yaml, as Helm reads it into the same."""
    fields = _fields(chart_file, "Chart.yaml")
    source = chart_file
    listed = fields.get("dependencies")
    if requirements is not None:
        more = _fields(requirements, "requirements.yaml")
        if "dependencies" in more:
            source, listed = requirements, more["dependencies"]
        fields = {**fields, **more}
    fields["apiVersion"] = fields.get("apiVersion") or "v1"
    found = ChartMetadata(fields, chart_file, _requirements(listed, source))
    _validate(found)
    return found


def _fields(file: YamlFile, name: str) -> dict[str, Any]:
    """The fields of one file in their types."""
    value = _fields_of(file, name)
    proper = {known.lower(): known for known in _KNOWN}
    fields: dict[str, Any] = {}
    for written, held in value.items():
        known = proper.get(written.lower())
        if known is not None and (known == written or known not in value) and held is not None:
            fields[known] = _typed(known, held, file, (written,))
    return fields


def _fields_of(file: YamlFile, name: str) -> dict[str, Any]:
    """The fields of a file as they are written."""
    fault = file.fault()
    if fault is not None:
        raise HelmRefused(f"{name} cannot be read: {fault[0]}", fault[1])
    value = file.value()
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise HelmRefused(f"{name} holds no mapping of fields", _at(file))
    return value


def _at(file: YamlFile, path: Path = ()) -> Origin:
    return file.origin(path) or Origin(file.source.file, FIRST, None, False)


def _typed(name: str, value: Any, file: YamlFile, path: Path) -> Any:
    if name in _TEXTS:
        return _clean(_text(value, name, file, path))
    if name == "deprecated":
        if not isinstance(value, bool):
            raise HelmRefused("`deprecated` is true or false", _at(file, path))
        return value
    if name == "annotations":
        if not isinstance(value, dict):
            raise HelmRefused("`annotations` is a mapping of texts", _at(file, path))
        return {key: _text(held, key, file, (*path, key)) for key, held in value.items()}
    if not isinstance(value, list):
        raise HelmRefused(f"`{name}` is a list", _at(file, path))
    if name in ("sources", "keywords"):
        return [_clean(_text(held, name, file, (*path, index))) for index, held in enumerate(value)]
    for index, held in enumerate(value):
        if not isinstance(held, dict):
            raise HelmRefused(f"an entry of `{name}` is a mapping", _at(file, (*path, index)))
    return [_person(held, file, (*path, index)) for index, held in enumerate(value)] if name == "maintainers" else value


def _person(written: Mapping[str, Any], file: YamlFile, path: Path) -> dict[str, str]:
    """One of `maintainers`, whose fields are texts."""
    return {
        name.lower(): _text(held, name, file, (*path, name))
        for name, held in written.items()
        if name.lower() in ("name", "email", "url")
    }


def _text(value: Any, name: str, file: YamlFile, path: Path) -> str:
    """A scalar as the text that Helm takes it for."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return shortest(value)
    if isinstance(value, (int, str)):
        return str(value)
    raise HelmRefused(f"`{name}` is text, not a {'list' if isinstance(value, list) else 'mapping'}", _at(file, path))


def _clean(text: str) -> str:
    """Text without what cannot be printed; every kind of space is a space."""
    return "".join(" " if sign.isspace() else sign for sign in text if sign.isspace() or sign.isprintable())


def _requirements(listed: Any, file: YamlFile) -> tuple[ChartDependency, ...]:
    found: list[ChartDependency] = []
    called: set[str] = set()
    if len(listed or ()) > MAX_DEPENDENCIES:
        raise HelmRefused(f"the chart names more than {MAX_DEPENDENCIES} dependencies", _at(file, ("dependencies",)))
    for index, entry in enumerate(listed or ()):
        path: Path = ("dependencies", index)
        proper = {known: held for written, held in entry.items() if (known := written.lower()) in _OF_DEPENDENCY}
        texts = {
            name: _clean(_text(proper.get(name), name, file, (*path, name)))
            for name in ("name", "version", "repository", "condition", "alias")
        }
        tags, imports = proper.get("tags"), proper.get("import-values")
        for name, held in (("tags", tags), ("import-values", imports)):
            if held is not None and not isinstance(held, list):
                raise HelmRefused(f"`{name}` of a dependency is a list", _at(file, (*path, name)))
        if not isinstance(proper.get("enabled") or False, bool):
            raise HelmRefused("`enabled` of a dependency is true or false", _at(file, (*path, "enabled")))
        words = tuple(_clean(_text(tag, "tags", file, (*path, "tags"))) for tag in tags or ())
        origin = file.origin((*path, "name"), exact=True) or _at(file, path)
        if texts["alias"] and not _ALIAS.match(texts["alias"]):
            raise HelmRefused(
                f"the alias `{texts['alias']}` of the dependency `{texts['name']}` has other signs than letters, digits, `_` and `-`",
                _at(file, (*path, "alias")),
            )
        one = ChartDependency(tags=words, imports=tuple(imports or ()), origin=origin, **texts)
        if one.called in called:
            raise HelmRefused(f"two dependencies are called `{one.called}`; give one of them an `alias`", origin)
        called.add(one.called)
        found.append(one)
    return tuple(found)


def check_lock(file: YamlFile, name: str) -> None:
    """Refuse a lock file that Helm cannot read, though rendering needs nothing of it; raises HelmRefused."""
    for key, held in _fields_of(file, name).items():
        if key.lower() == "digest":
            _text(held, key, file, (key,))
        elif key.lower() == "dependencies" and held is not None:
            if not isinstance(held, list):
                raise HelmRefused(f"`{key}` is a list", _at(file, (key,)))
            for index, entry in enumerate(held):
                if not isinstance(entry, (dict, type(None))):
                    raise HelmRefused(f"an entry of `{key}` is a mapping", _at(file, (key, index)))
                for field_name, inner in (entry or {}).items():
                    if field_name.lower() in ("name", "version", "repository"):
                        _text(inner, field_name, file, (key, index, field_name))
        elif key.lower() == "generated" and held is not None and not (isinstance(held, str) and _DAY.match(held)):
            raise HelmRefused(f"`{key}` is a time, such as 2026-01-31T12:00:00Z", _at(file, (key,)))


def _validate(found: ChartMetadata) -> None:
    """Refuse what Helm refuses: no name, no version, a version or type that is none."""
    name, version, kind = found.text("name"), found.text("version"), found.text("type")
    if not name:
        raise HelmRefused("Chart.yaml has no `name`", found.origin())
    if "/" in name or name in (".", ".."):
        raise HelmRefused(f"`{name}` is no name of a chart", found.origin("name"))
    if not version:
        raise HelmRefused("Chart.yaml has no `version`", found.origin())
    try:
        call("semver", [version])
    except Failure:
        raise HelmRefused(
            f"the version `{version}` is no semantic version", found.origin("version"), help="write one such as 1.2.3"
        ) from None
    if kind not in ("", "application", "library"):
        raise HelmRefused(f"the type of a chart is application or library, not `{kind}`", found.origin("type"))


def fits(constraint: str, version: str) -> bool:
    """Whether a version meets a constraint; what is no version or no constraint meets nothing."""
    try:
        return bool(call("semverCompare", [constraint, version]))
    except Failure:
        return False
