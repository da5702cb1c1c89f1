"""A text or list over its limit.

The server refuses the object.

Shorten it to the limit that the message gives.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
