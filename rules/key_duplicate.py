"""A key that stands twice in one mapping.

The API server decodes strictly and refuses the document. Tools that do not look keep the last value and lose the first one silently,
so an `env` or `resources` block can vanish without a message. A key that overrides one that comes from `<<` counts as a duplicate too.

Remove one of the two, or write the merged mapping out.

See https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
