"""A field that cannot be set here.

The field exists, but not in this place or together with what else is set: the server refuses the object.

Remove it, or change what forbids it; the message says which.

See https://kubernetes.io/docs/reference/kubernetes-api/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
