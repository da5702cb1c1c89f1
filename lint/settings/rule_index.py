"""The index of rules, read from their source: category, visited types and summary; nothing is imported but the views."""

from __future__ import annotations

import ast
import os
from typing import Any

from kubetrial.lint.rule import FOLDER


def entries(folder: str = FOLDER) -> dict[str, dict[str, Any]]:
    """The index of the rules in a folder, read from their source: nothing is imported but the views."""
    found = {}
    for file in sorted(os.listdir(folder)):
        if file.endswith(".py") and not file.startswith("_"):
            with open(os.path.join(folder, file), encoding="utf-8") as source:
                found[file[:-3].replace("_", "-")] = entry(source.read(), file)
    return found


def entry(source: str, file: str) -> dict[str, Any]:
    """Category, visited types and summary of one rule, from its syntax tree."""
    tree = ast.parse(source, file)
    summary = (ast.get_docstring(tree) or "").split("\n", 1)[0]
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "check":
            annotation = statement.args.args[0].annotation
            assert annotation is not None, file
            declared = next(
                d for d in statement.decorator_list if isinstance(d, ast.Call) and ast.unparse(d.func) == "rule"
            )
            result: dict[str, Any] = {"visits": visited(ast.unparse(annotation), tree), "summary": summary}
            if len(statement.args.args) > 1 or not _OF_SETS.isdisjoint(result["visits"]):
                result["around"] = True
        elif isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "check":
            assert isinstance(statement.value, ast.Call), file
            declared = statement.value
            result = {"visits": ["nothing"], "summary": summary}
        else:
            continue
        result["category"] = ast.unparse(declared.args[0]).rpartition(".")[2].lower()
        for keyword in declared.keywords:
            given = ast.literal_eval(keyword.value)
            result[str(keyword.arg)] = list(given) if isinstance(given, tuple) else given  # as JSON has it
        return result
    # A rule without check: the engine speaks for it; CATEGORY says what it is.
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "CATEGORY":
            category = ast.unparse(statement.value).rpartition(".")[2].lower()
            return {"visits": ["nothing"], "summary": summary, "category": category}
    raise SystemExit(f"{file}: neither `check` nor `CATEGORY`")


_OF_SETS = frozenset(("cluster", "timeline", "changes", "chart"))
"""What rules visit that is no single object."""


def visited(annotation: str, tree: ast.Module) -> list[str]:
    """The types of the catalogue that the views of an annotation (`Job` or `Job | CronJob`) stand for."""
    import importlib

    modules = {
        alias.asname or alias.name: statement.module
        for statement in tree.body
        if isinstance(statement, ast.ImportFrom) and statement.module
        for alias in statement.names
    }
    types: list[str] = []
    for name in (part.strip() for part in annotation.split("|")):
        if name == "Cluster":
            return ["cluster"]
        if name == "Trial":
            return ["timeline"]
        if name == "Changes":
            return ["changes"]
        if name == "Object":
            return ["object"]
        if name == "Chart":
            return ["chart"]
        if name == "Configuration":
            types.append("configuration")
            continue
        if not modules[name].startswith("kubetrial.lint."):
            raise ImportError(
                f"{name} has to come from kubetrial.lint.authoring"
            )  # nothing else is imported to read a rule
        cls = getattr(importlib.import_module(modules[name]), name)
        if cls.schema:
            types.append(cls.schema)
        else:
            types.extend(sub.schema for sub in _concrete(cls))
    return types


def _concrete(cls: Any) -> list[Any]:
    """The subclasses of a view that stand for one type of the catalogue."""
    return [c for sub in cls.__subclasses__() for c in ([sub] if sub.schema else _concrete(sub))]
