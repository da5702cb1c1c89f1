"""A true or false is written as yes, no, on, off, y or n.

Kubernetes reads these as booleans; newer YAML readers (YAML 1.2, many editors, yq) read them as texts. The same
file then means different things to different programs.

Write true or false; quote the word if a text is meant.

See https://yaml.org/type/bool.html
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import Category, Findings, Object, rule
from kubetrial.lint.objects import spelling
from kubetrial.lint.yaml import edits

_WORDS = re.compile(r"[:\-,\[{]\s+[yYnNoO](?:[eE][sS]|[oOnN]|[fF][fF])?\s*(?:[,\]}#\n\r]|$)", re.M)


@rule(Category.ADVICE)
def check(obj: Object) -> Findings:
    """Find booleans that are not written true or false."""
    for node, text in spelling.plain(obj, (bool,), _WORDS):
        if text.lower() not in ("true", "false"):
            yield node.found(
                f"{text} is {str(node.value).lower()} to Kubernetes, and a text to other readers",
                help=f"write {str(node.value).lower()}",
                fix=edits.fixed(f"write {str(node.value).lower()}", edits.replace_value(node, node.value), safe=True),
            )
