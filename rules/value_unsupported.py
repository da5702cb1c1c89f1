"""A value that is not among the supported ones.

The field takes one of a few words, in exactly this spelling and case; the server refuses any other.

Write one of the words that the message lists.

See https://kubernetes.io/docs/reference/kubernetes-api/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
