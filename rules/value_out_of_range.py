"""A number outside of its range.

The server refuses the object: ports are 1 to 65535, counts are not negative, and so on.

Write a number in the range that the message gives.

See https://kubernetes.io/docs/reference/kubernetes-api/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
