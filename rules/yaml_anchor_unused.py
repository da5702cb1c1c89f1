"""An anchor that nothing refers to.

`&name` is there to be repeated by `*name`. An anchor without alias is a leftover, or the alias has a slip.

Remove the anchor, or use it.

See https://yaml.org/spec/1.2.2/#692-node-anchors
"""

from __future__ import annotations

import re

from kubetrial.lint import spelling
from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import Object
from kubetrial.lint.node import Findings
from kubetrial.lint.rule import rule


@rule(Category.ADVICE)
def check(obj: Object) -> Findings:
    """Find anchors of a document without alias."""
    if "&" not in obj.document.text:
        return
    for node, name in spelling.anchors(obj):
        if not re.search(r"\*" + re.escape(name) + r"(?![^\s,\]}])", obj.document.text):
            yield node.found(f"nothing refers to the anchor &{name}", help="remove it, or use it")
