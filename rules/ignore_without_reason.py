"""An ignore that does not say why.

In a year nobody knows whether the finding may be ignored still.

Write the reason behind the brackets: `# kubetrial: ignore[rule] the reason`.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.RISKY
