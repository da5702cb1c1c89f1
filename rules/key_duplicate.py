"""A key that stands twice in one mapping.

kubectl takes the last of the two and says nothing, so an `env` or `resources` block can vanish without a message. kustomize, and
the API server where it is sent the YAML itself, refuse the document. A key beside `<<` that the merged mapping has too is no
duplicate.

Remove one of the two.

See https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.BROKEN
