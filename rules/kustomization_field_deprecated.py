"""A field of a kustomization that kustomize is about to drop.

It is still built, with a warning; later versions of kustomize refuse it.

Write the field that has taken its place; `kustomize edit fix` rewrites most of them.

See https://kubectl.docs.kubernetes.io/references/kustomize/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.RISKY
