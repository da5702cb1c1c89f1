"""An entry of `images` of a kustomization whose name no container has changes nothing.

kustomize says nothing of an entry that meets no image. The tag or registry that it gives does not reach the cluster: the image was
renamed, is written with its registry in the resources and without it here, or the container was taken out. Entries that serve several
overlays, or that a pipeline writes, may meet nothing in one of them.

Write the name exactly as it stands in the resources, registry and path and no tag, or take the entry out.

See https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.ADVICE
