"""A key that a kustomization has twice, or a second document in it: one is left out.

kustomize reads the last of two equal keys and the first of several documents, and says nothing. What stands in the other ones is not
applied: patches, resources or labels that somebody believes in.

Write all entries below one key, and one kustomization in a file.

See https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.RISKY
