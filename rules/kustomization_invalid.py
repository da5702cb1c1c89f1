"""A kustomization that kustomize cannot read: an unknown field, or a wrong type.

kustomize knows its fields by name and refuses the whole folder for one that it does not know (`resorces`), for a value of a wrong
type, and for a combination that it does not take; nothing of it is applied.

Write the field as kustomize has it; the finding names the nearest one.

See https://kubectl.docs.kubernetes.io/references/kustomize/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
