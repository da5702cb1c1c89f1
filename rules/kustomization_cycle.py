"""Kustomizations that include one another in a circle.

kustomize notices that a folder includes itself by way of others and refuses to build any of them.

Take out the entry that leads back.

See https://kubectl.docs.kubernetes.io/references/kustomize/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
