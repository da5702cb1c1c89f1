"""A field that the API server requires.

The field is absent, null or empty, and the server refuses the object.

Set the field; the message names the place where it belongs.

See https://kubernetes.io/docs/reference/kubernetes-api/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
