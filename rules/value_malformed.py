"""A name, path or text of the wrong form.

Names, labels, addresses, paths and other texts have fixed forms, most of them because they end up in DNS names, URLs or file names.
The server refuses any other.

The message says what is allowed and what was found.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
