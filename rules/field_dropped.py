"""A field that the API server drops silently, because its feature is off by default.

New fields begin behind a feature gate that is off; `--kubernetes-version` says in which minor it counts. Without the gate
the server takes the field, checks nothing but its type, and keeps nothing: the object behaves as if it were not there.

Remove the field, or turn its feature gate on in the API server and in the components that act on it, and allow this rule here.

See https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.RISKY
