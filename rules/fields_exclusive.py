"""Fields that exclude one another.

Of some sets of fields at most one may be set: the sources of a volume, the handlers of a probe, the sources of a variable.
The server refuses an object that sets two.

Keep the one that is meant.

See https://kubernetes.io/docs/reference/kubernetes-api/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
