"""An API version that was removed from Kubernetes.

The server no longer serves the version ("no matches for kind"), and upgrades of charts and pipelines that still send it fail.

Write the replacement that the message names; the object is checked against it as well where it is the same kind.

See https://kubernetes.io/docs/reference/using-api/deprecation-guide/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
