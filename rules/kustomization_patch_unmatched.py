"""A patch of a kustomization that fits no object, or cannot be applied.

A strategic merge patch without target has to find an object of its kind and name among the resources, and an operation of a JSON patch
needs what it changes; otherwise the build is refused.

Name the object as it is called before prefixes and namespaces of the same kustomization are applied, or give the patch a `target`.

See https://kubectl.docs.kubernetes.io/references/kustomize/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
