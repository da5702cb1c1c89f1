"""A file outside of its kustomization's folder.

kustomize loads files (resources, patches, generator files) only from the folder of the kustomization and below it; folders with a
kustomization of their own may stand anywhere. Symbolic links are followed first. Otherwise the build is refused.

Give the file's folder a kustomization and name the folder, or move the file.

See https://kubectl.docs.kubernetes.io/references/kustomize/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
