"""A template that cannot be read, or whose rendering fails.

`helm install` renders all templates before it applies anything, NOTES.txt among them. A syntax error, a function that does not exist,
or a field of a value that is not set (`nil pointer evaluating interface {}.port`) stops it for the whole chart.

Correct the action. Where a value may be missing on the way, write `((.Values.a).b)`, `dig "a" "b" "" .Values`, or put
`{{ with .Values.a }}` around it; or give `a: {}` in values.yaml.

See https://helm.sh/docs/chart_template_guide/debugging/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
