"""Makes a rule and its fixture, and the index of all rules.

python -m kubetrial.lint.command.new_rule job-never-completes Job risky     a new rule that visits Jobs, with its fixture
python -m kubetrial.lint.command.new_rule --index                           rules/index.json anew
"""

from __future__ import annotations

import json
import os
import sys

from kubetrial.lint.rule import FOLDER
from kubetrial.lint.settings.rule_index import entries

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


def write_index() -> None:
    """Write rules/index.json: one rule a line."""
    lines = (f"{json.dumps(name)}:{json.dumps(e, sort_keys=True)}" for name, e in entries().items())
    with open(os.path.join(FOLDER, "index.json"), "w", encoding="utf-8", newline="\n") as file:
        file.write("{" + ",\n".join(lines) + "}\n")


def main(arguments: list[str]) -> None:
    """The command line of the module's page."""
    if arguments == ["--index"]:
        write_index()
        return
    if len(arguments) != 3:
        sys.exit(__doc__)
    name, kind, category = arguments
    module = os.path.join(FOLDER, name.replace("-", "_") + ".py")
    if os.path.exists(module):
        sys.exit(f"{module} is there already")
    title = name.replace("-", " ").capitalize()
    with open(module, "w", encoding="utf-8") as file:
        file.write(_RULE.format(title=title, kind=kind, category=category.upper(), variable=kind.lower()))
    fixture = os.path.join(os.path.dirname(FOLDER), "tests", "rules", name.replace("-", "_") + ".yaml")
    with open(os.path.realpath(fixture) if os.path.exists(fixture) else fixture, "w", encoding="utf-8") as file:
        file.write(_FIXTURE.format(name=name))
    write_index()


if __name__ == "__main__":
    main(sys.argv[1:])
