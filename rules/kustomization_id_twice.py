"""The same object twice among the resources of a kustomization.

Two resources of one group, kind, namespace and name cannot stand in one build (no namespace and `default` are the same); kustomize
refuses it.

Take one of them out, or give the sources different namespaces or prefixes in kustomizations of their own.

See https://kubectl.docs.kubernetes.io/references/kustomize/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
