"""Two items of a list that must differ.

Lists such as containers, volumes and ports are keyed by a name or number; the server refuses two items with the same key.

Give each item its own key, or remove one.

See https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
