"""A resource, base, patch or generator file that a kustomization names and nobody has.

kustomize stops at the first file that is not there, so nothing of the folder and of what includes it is applied.

Mend the path (it is relative to the folder of the kustomization), or take the entry out.

See https://kubectl.docs.kubernetes.io/references/kustomize/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
