"""Settings as TOML, for `--show-settings`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.finding import Category
from kubetrial.lint.settings.config import Settings, from_here


def show(settings: Settings) -> str:
    """The settings as TOML, for --show-settings."""
    lines = [f"# {settings.file or 'no configuration file'}"]
    default = [category.value for category in Category if category.on_by_default]
    lines.append(f"select = {_toml(list(settings.select) if settings.select is not None else default)}")
    lines.append(f"ignore = {_toml(settings.ignore)}")
    lines.append(f"kubernetes-version = {_toml(settings.kubernetes_version)}")
    if settings.closed_world is None:
        lines.append(
            "# closed-world: not set; a folder or standard input is the whole set, single files are a part of the repository"
        )
    else:
        lines.append(f"closed-world = {_toml(settings.closed_world)}")
    lines.append(f"external = {_toml(settings.external)}")
    lines.append(f"exclude = {_toml(settings.exclude)}")
    lines.append(f"schema-dirs = {_toml(settings.schema_dirs)}")
    if settings.rules_dirs:
        lines.append(f"rules-dirs = {_toml(settings.rules_dirs)}")
    lines.append(f"fail-on = {_toml(settings.fail_on)}")
    lines.append(f"fail-if-nothing-checked = {_toml(settings.fail_if_nothing_checked)}")
    lines.append(f"honour-foreign-ignores = {_toml(settings.honour_foreign_ignores)}")
    if settings.baseline:
        lines.append(f"baseline = {_toml(settings.baseline)}")
    if settings.output_format:
        lines.append(f"output-format = {_toml(settings.output_format)}")
    for override in settings.overrides:
        lines += ["", "[[overrides]]"]
        lines += [f"{name} = {_toml(words)}" for name in _OVERRIDE if (words := getattr(override, name))]
    if settings.levels:
        lines += ["", "[levels]"]
        lines += [f"{_toml(word)} = {_toml(level)}" for word, level in settings.levels.items()]
    for rule, options in settings.rules.items():
        lines += ["", f"[rules.{rule}]"]
        lines += [f"{name.replace('_', '-')} = {_toml(value)}" for name, value in options.items()]
    if settings.charts:
        from kubetrial.lint.settings import chart_settings

        lines += chart_settings.shown(settings.charts, from_here, _toml)
    if settings.cluster:
        lines += ["", "[cluster]"]
        lines += [f"{name.replace('_', '-')} = {_toml(value)}" for name, value in settings.cluster.items()]
    return "\n".join(lines) + "\n"


_OVERRIDE = ("files", "objects", "select", "ignore")


def _toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        import json

        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_toml(str(key))} = {_toml(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return str(value)
