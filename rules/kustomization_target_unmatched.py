"""A patch or replacement of a kustomization with no object as its target does nothing.

kustomize says nothing of a `target` or `select` that no object fits. What the patch should change reaches the cluster unchanged: an
object was renamed, moved to another group, or left out since the patch was written. Targets of labels or regular expressions, and
those of components, which are written for many kustomizations, may fit nothing.

Name the object as it is called in the resources, with its group and kind, or take the patch out.

See https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.RISKY
