"""A file or folder that cannot be read.

It is missing, not readable for this user, no text, or its links lead back to themselves: nothing in it was checked.

Correct the path or the permission; leave binary files out with `--exclude`.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.BROKEN
