"""Makes a rule and its fixture, and the index of all rules.

python -m kubetrial.lint.command.new_rule job-never-completes Job risky     a new rule that visits Jobs, with its fixture
python -m kubetrial.lint.command.new_rule --index                           rules/index.json anew
"""

from __future__ import annotations

import json
import os
import re
import sys

from kubetrial.lint.rule import FOLDER
from kubetrial.lint.settings.rule_index import entries

_RULE = '''"""{title}.

Say what happens in the cluster, with the event that people would see.

Say what to write instead.

See https://kubernetes.io/docs/
"""

from __future__ import annotations

from kubetrial.lint.authoring import {names}, rule


@rule(Category.{category})
def check({variable}: {kind}) -> Findings:
    """Find ..."""
    if {variable}["spec"].present:
        yield {variable}.found("say what is wrong", help="say what to write instead")
'''
_FIXTURE = """# A line where the rule finds something ends with a mark, as below; at least one document has none.
---
# expect: {name}
---
"""


def write_index() -> None:
    """Write rules/index.json, one rule a line, and the schema of the configuration that follows from it."""
    lines = (f"{json.dumps(name)}:{json.dumps(e, sort_keys=True)}" for name, e in entries().items())
    with open(os.path.join(FOLDER, "index.json"), "w", encoding="utf-8", newline="\n") as file:
        file.write("{" + ",\n".join(lines) + "}\n")
    from kubetrial.lint.settings import config_schema

    with open(
        os.path.join(config_schema.FOLDER, config_schema.FILES["configuration"]), "w", encoding="utf-8", newline="\n"
    ) as file:
        file.write(config_schema.text())


def main(arguments: list[str]) -> None:
    """The command line of the module's page; says what is wrong with the words before anything is written."""
    if arguments == ["--index"]:
        write_index()
        return
    if len(arguments) != 3:
        sys.exit(__doc__)
    folder = os.path.realpath(FOLDER)
    name, kind, category = arguments
    module = os.path.join(folder, name.replace("-", "_") + ".py")
    fixture = os.path.join(os.path.dirname(folder), "tests", "rules", name.replace("-", "_") + ".yaml")
    problem = _problem(name, kind, category, module, fixture)
    if problem:
        sys.exit(problem)
    title = name.replace("-", " ").capitalize()
    with open(module, "w", encoding="utf-8", newline="\n") as file:
        names = ", ".join(sorted(("Category", "Findings", kind)))
        file.write(_RULE.format(title=title, kind=kind, category=category.upper(), variable=kind.lower(), names=names))
    with open(fixture, "w", encoding="utf-8", newline="\n") as file:
        file.write(_FIXTURE.format(name=name))
    write_index()


def _problem(name: str, kind: str, category: str, module: str, fixture: str) -> str:
    """Why no rule can be made of these words, or ""."""
    from kubetrial.lint.finding import Category
    from kubetrial.lint.objects import views

    if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", name):
        return f"{name!r}: a rule is called by its subject and the bad pattern, such as job-never-completes"
    if kind not in ("Changes", "Cluster", "Trial", "Object") and not hasattr(views, kind):
        return f"there is no view {kind!r} in lint/objects/views/ to visit"
    if category not in [one.value for one in Category]:
        return f"{category!r} is no category; there are {', '.join(one.value for one in Category)}"
    if os.path.exists(module):
        return f"{module} is there already"
    if not os.path.isdir(os.path.dirname(fixture)):
        return f"{os.path.dirname(fixture)} is no folder; make rules in a clone of the project"
    return ""


if __name__ == "__main__":
    main(sys.argv[1:])
