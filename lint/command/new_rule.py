"""Makes a rule and its fixture, and the index of all rules.

python -m kubetrial.lint.command.new_rule job-never-completes Job risky     a new rule that visits Jobs, with its fixture
python -m kubetrial.lint.command.new_rule --index                           rules/index.json anew
"""

from __future__ import annotations

import ast
import json
import os
import sys
from typing import Any

from kubetrial.lint.rule import _FOLDER

_RULE = '''"""{title}.

Say what happens in the cluster, with the event that people would see.

Say what to write instead.

See https://kubernetes.io/docs/
"""

from __future__ import annotations

from kubetrial.lint.finding import Category
from kubetrial.lint.objects.views import {kind}
from kubetrial.lint.yaml.node import Findings
from kubetrial.lint.rule import rule


@rule(Category.{category})
def check({variable}: {kind}) -> Findings:
    """Find ..."""
    raise NotImplementedError
    yield
'''
_FIXTURE = """# Manifests that the rule flags carry `# expect: {name}` on the line of the finding; the others are clean.
---
---
"""


def entries(folder: str = _FOLDER) -> dict[str, dict[str, Any]]:
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
        elif isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "check":
            assert isinstance(statement.value, ast.Call), file
            declared = statement.value
            result = {"visits": ["nothing"], "summary": summary}
        else:
            continue
        result["category"] = ast.unparse(declared.args[0]).rpartition(".")[2].lower()
        for keyword in declared.keywords:
            result[str(keyword.arg)] = ast.literal_eval(keyword.value)
        return result
    # A rule without check: the engine speaks for it; CATEGORY says what it is.
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "CATEGORY":
            category = ast.unparse(statement.value).rpartition(".")[2].lower()
            return {"visits": ["nothing"], "summary": summary, "category": category}
    raise SystemExit(f"{file}: neither `check` nor `CATEGORY`")


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
        if name == "Object":
            return ["object"]
        if name == "Configuration":
            types.append("configuration")
            continue
        cls = getattr(importlib.import_module(modules[name]), name)
        if cls.schema:
            types.append(cls.schema)
        else:
            types.extend(sub.schema for sub in _concrete(cls))
    return types


def _concrete(cls: Any) -> list[Any]:
    """The subclasses of a view that stand for one type of the catalogue."""
    return [c for sub in cls.__subclasses__() for c in ([sub] if sub.schema else _concrete(sub))]


def write_index() -> None:
    """Write rules/index.json: one rule a line."""
    lines = (f"{json.dumps(name)}:{json.dumps(e, sort_keys=True)}" for name, e in entries().items())
    with open(os.path.join(_FOLDER, "index.json"), "w", encoding="utf-8", newline="\n") as file:
        file.write("{" + ",\n".join(lines) + "}\n")


def main(arguments: list[str]) -> None:
    """The command line of the module's page."""
    if arguments == ["--index"]:
        write_index()
        return
    if len(arguments) != 3:
        sys.exit(__doc__)
    name, kind, category = arguments
    module = os.path.join(_FOLDER, name.replace("-", "_") + ".py")
    if os.path.exists(module):
        sys.exit(f"{module} is there already")
    title = name.replace("-", " ").capitalize()
    with open(module, "w", encoding="utf-8") as file:
        file.write(_RULE.format(title=title, kind=kind, category=category.upper(), variable=kind.lower()))
    fixture = os.path.join(os.path.dirname(_FOLDER), "tests", "rules", name.replace("-", "_") + ".yaml")
    with open(os.path.realpath(fixture) if os.path.exists(fixture) else fixture, "w", encoding="utf-8") as file:
        file.write(_FIXTURE.format(name=name))
    write_index()


if __name__ == "__main__":
    main(sys.argv[1:])
