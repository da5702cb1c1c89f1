"""A replacement of a kustomization whose source or target field is not there.

kustomize refuses to build when the source selects no object or several, or when a target has no such field and `create` is not
set.

Mend the field path, or set `options.create` where the field is to be made.

See https://kubectl.docs.kubernetes.io/references/kustomize/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
