"""A field that the type does not have.

The API server decodes strictly: a misspelt field, one at the wrong level, or one that is newer than the server is refused.
Where validation is off the field is dropped without a word, and the setting never takes effect.

Write the field that is suggested, move it to the level where it belongs, or check a newer version with `--kubernetes-version`.

See https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
