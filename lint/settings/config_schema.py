"""The JSON schema of the configuration, for editors: made from the settings, the rules and their options that there are.

`python -m kubetrial.lint.settings.config_schema` writes it to schemas/configuration.schema.json; a test compares the two.
"""

from __future__ import annotations

import json
import os
from typing import Any

from kubetrial.lint.settings import chart_settings
from kubetrial.lint.settings.config import (
    CATEGORIES,
    EVERYTHING,
    FAIL_ON,
    options_of,
)
from kubetrial.lint.settings.config_reader import CLUSTER, KEYS
from kubetrial.schemas.minors import NEWEST, OLDEST

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(__file__))), "schemas")
FILES = {"configuration": "configuration.schema.json", "report": "report.schema.json"}
TEXTS = {"type": "array", "items": {"type": "string"}}
_ABOUT = {
    "extend": "Settings that this file builds on: a file, or package:NAME",
    "select": "What runs: rules, patterns with *, categories, or all",
    "ignore": "What does not run: rules, patterns with *, or categories",
    "overrides": "Other words for some files or objects",
    "rules": "Options of rules; `kubetrial explain RULE` lists them",
    "kubernetes-version": f"The version that judges, in quotes: 1.{OLDEST} to 1.{NEWEST}",
    "schema-dirs": "Folders with CustomResourceDefinitions or JSON schemas",
    "closed-world": "Nothing exists beside what is given",
    "external": "What exists beside the manifests, as kind/name with *",
    "cluster": "The cluster of the trial",
    "charts": "How charts are installed: values, release, namespace, and named environments",
    "exclude": "What is left out in folders, as in .gitignore",
    "output-format": "How findings are shown",
    "fail-on": "The level from which the exit code is 1",
    "honour-foreign-ignores": "Annotations of other linters silence our rules of their meaning",
    "levels": "Levels of rules, patterns and categories",
    "baseline": "A file with findings that are accepted",
    "fail-if-nothing-checked": "Exit code 2 when no object was checked",
    "rules-dirs": "Folders with rules of your own; they run code",
    "custom": "Rules of your own in CEL",
}


def schema() -> dict[str, Any]:
    """The schema of `.kubetrial.toml`, of `kubetrial.toml`, and of the table [tool.kubetrial]."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Configuration of kubetrial",
        "type": "object",
        "additionalProperties": False,
        "properties": {key: {"description": _ABOUT[key], **_of_key(key)} for key in KEYS},
        "definitions": {
            "word": {
                "description": "A rule, a pattern with *, a category, or all",
                "anyOf": [{"enum": [*CATEGORIES, EVERYTHING, *_rules()]}, {"type": "string", "pattern": "\\*"}],
            }
        },
    }


def _rules() -> list[str]:
    from kubetrial.lint.rule import index

    return sorted(index())


def _of_key(key: str) -> dict[str, Any]:
    """What may stand behind a key."""
    from kubetrial.lint.report import FORMATS

    word = {"$ref": "#/definitions/word"}
    words = {"type": "array", "items": word}
    minors = [f"1.{minor}" for minor in range(OLDEST, NEWEST + 1)]
    levels = list(FAIL_ON[:3])
    known: dict[str, dict[str, Any]] = {
        "extend": {"anyOf": [{"type": "string"}, TEXTS]},
        "select": words,
        "ignore": words,
        "overrides": {"type": "array", "items": _override(words)},
        "rules": _options(),
        "kubernetes-version": {
            "type": "string",
            "examples": minors,
            "pattern": r"^\s*v?1\.\d+(\.\d+)?\s*(,\s*v?1\.\d+(\.\d+)?\s*)*$",
        },
        "closed-world": {"type": "boolean"},
        "cluster": _cluster(),
        "charts": chart_settings.schema(),
        "output-format": {"enum": list(FORMATS)},
        "fail-on": {"enum": list(FAIL_ON)},
        "honour-foreign-ignores": {"type": "boolean"},
        "levels": {"type": "object", "propertyNames": word, "additionalProperties": {"enum": levels}},
        "baseline": {"type": "string"},
        "fail-if-nothing-checked": {"type": "boolean"},
        "custom": {"type": "array", "items": _custom()},
    }
    return known.get(key, TEXTS)


def _override(words: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {"files": TEXTS, "objects": TEXTS, "select": words, "ignore": words},
        "anyOf": [{"required": ["files"]}, {"required": ["objects"]}],
    }


def _custom() -> dict[str, Any]:
    texts = {name: {"type": "string"} for name in ("name", "expression", "message", "field", "help")}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "kinds", "expression", "message"],
        "properties": {**texts, "kinds": TEXTS, "category": {"enum": list(CATEGORIES)}},
    }


def _options() -> dict[str, Any]:
    """The options of the rules that have some."""
    found = {}
    for rule in _rules():
        options = options_of(rule)
        found[rule] = {
            "type": "object",
            "additionalProperties": False,
            "properties": {name.replace("_", "-"): _like(default) for name, default in sorted(options.items())},
        }
    return {
        "type": "object",
        "additionalProperties": {"type": "object"},  # rules of one's own have options too
        "properties": {rule: table for rule, table in found.items() if table["properties"]},
    }


def _cluster() -> dict[str, Any]:
    modes = {"enum": ["WaitForFirstConsumer", "Immediate"]}
    known: dict[str, Any] = {
        "storage-classes": {"anyOf": [TEXTS, {"type": "object", "additionalProperties": modes}]},
        "capacity": {"type": "object", "additionalProperties": {"type": "string"}},
    }
    numbers = {"minimum": 0}
    properties = {
        name: known.get(name) or {**_like(like), **(numbers if _like(like).get("type") == "integer" else {})}
        for name, like in CLUSTER.items()
    }
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _like(default: Any) -> dict[str, Any]:
    """The schema of a value that has the type of a default."""
    if default is None:
        return {}
    kinds = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (dict, "object"))
    kind = next((name for one, name in kinds if isinstance(default, one)), "array")
    shown = {} if default in ("", 0, {}, None) or kind in ("array", "object") else {"default": default}
    return {"type": kind, **shown}


def text() -> str:
    """The schema as it is published."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def published(of: str) -> str:
    """The committed schema of the configuration, or of the JSON report; raises KeyError for anything else."""
    with open(os.path.join(FOLDER, FILES[of]), encoding="utf-8") as stream:
        return stream.read()


if __name__ == "__main__":
    with open(os.path.join(FOLDER, FILES["configuration"]), "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text())
