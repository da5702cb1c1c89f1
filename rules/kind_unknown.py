"""A kind or API version that the server does not serve.

Nothing can be sent: the client finds no resource for this apiVersion and kind ("no matches for kind").

Write the apiVersion and kind that the message suggests. Kinds of groups that are not built in are not judged: they may come from a
CustomResourceDefinition (give it with `--schema-dir`).

See https://kubernetes.io/docs/reference/using-api/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
