"""A value of the wrong type.

The server cannot decode the object. YAML decides what an unquoted word is: `yes`, `on`, `y` are booleans, `0644` is the number 420,
`1.10` is the number 1.1, `2024-01-01` is text.

Put text in quotes, and numbers and booleans outside of them.

See https://kubernetes.io/docs/reference/kubernetes-api/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
