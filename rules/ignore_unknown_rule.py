"""An ignore for a rule that does not exist.

It silences nothing, because no rule has that name.

Write the name that is suggested; `kubetrial rules` lists them all.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.RISKY
