"""An anchor that nothing refers to.

`&name` is there to be repeated by `*name`. An anchor without alias is a leftover, or the alias has a slip. Where a name
is given twice, an alias means the last one above it: the first is lost if nothing refers to it before.

Remove the anchor, or use it.

See https://yaml.org/spec/1.2.2/#692-node-anchors
"""

from __future__ import annotations

from bisect import bisect

from kubetrial.lint.authoring import Category, Findings, Object, rule
from kubetrial.lint.objects import spelling


@rule(Category.ADVICE)
def check(obj: Object) -> Findings:
    """Find anchors of a document without alias."""
    ends: dict[str, int] = {}  # where the next anchor of that name begins
    for node, name, start in sorted(spelling.anchors(obj), key=lambda one: -one[2]):
        end = ends.get(name, len(obj.document.text))
        ends[name] = start
        places = spelling.aliases(obj.document).get(name, [])
        after = bisect(places, start)
        if after < len(places) and places[after] < end:
            continue
        if end == len(obj.document.text):
            yield node.found(f"nothing refers to the anchor &{name}", help="remove it, or use it")
        else:
            again = f"nothing refers to the anchor &{name} before the name is given again"
            yield node.found(again, help="give one of them another name, or remove it")
