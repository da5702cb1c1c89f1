"""A number that programs read differently: a leading zero, an exponent, an underscore.

Kubernetes reads `010` as eight and `1e3` as a thousand; YAML 1.2 reads `010` as ten. Modes of files are octal on
purpose and left alone.

Write the plain decimal number, or quote it if a text is meant.

See https://yaml.org/type/int.html
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import Category, Findings, Object, rule
from kubetrial.lint.objects import spelling
from kubetrial.lint.yaml import edits

_ODD = re.compile(r"[:\-,\[{]\s+[-+]?(?:0[0-9_xobXOB]|\.[0-9]|[0-9]+(?:_|(?:\.[0-9]*)?[eE]))")
_MODES = ("mode", "defaultMode")


@rule(Category.ADVICE)
def check(obj: Object) -> Findings:
    """Find numbers of a doubtful form, but for the modes of files."""
    for node, text in spelling.plain(obj, (int, float), _ODD):
        bare = text.lstrip("+-")
        if bare.replace(".", "", 1).isdecimal() and (bare == "0" or bare[0] != "0" or bare.startswith("0.")):
            continue
        if node.key not in _MODES:
            yield node.found(
                f"{text} is {node.value} to Kubernetes, and something else to other readers",
                help=f"write {node.value}",
                fix=edits.fixed(f"write {node.value}", edits.replace_value(node, node.value), safe=True),
            )
