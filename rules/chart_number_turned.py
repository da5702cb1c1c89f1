"""A large number of values.yaml that a template prints with an exponent, such as 1e+06.

Helm holds every number of a values file as a float. Printed by itself or by `quote`, one million becomes `1e+06` and 12345678 becomes
`1.2345678e+07`: a program that reads the variable, the argument or the file gets a text that it does not take for the number.

Write the value in quotes, or print it with `{{ int64 .Values.x }}` or `{{ .Values.x | int64 | quote }}`.

See https://helm.sh/docs/chart_best_practices/values/#make-types-clear
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import Category, Chart, Findings, origin_of, rule, scalars

_EXPONENT = re.compile(r"-?[0-9](?:\.[0-9]+)?e\+[0-9]{2}")


@rule(Category.BROKEN)
def check(chart: Chart) -> Findings:
    """Find texts and numbers of objects that an action printed with an exponent, whose value was written without one."""
    for obj in chart.objects:
        for node in scalars(obj):
            text = node.value if isinstance(node.value, str) else ""
            match = _EXPONENT.search(text)
            if match is None or (origin := origin_of(node)) is None:
                continue
            number = str(int(float(match[0])))
            for one in origin.via:
                if chart.value_text(one).replace("_", "") == number:
                    yield node.found(
                        f"the number {number} is printed as `{match[0]}`",
                        consequence="who reads it gets a text with an exponent, and most programs refuse it or read another number",
                        help="print it with `| int64`, or write it in quotes in the values",
                    )
                    break
