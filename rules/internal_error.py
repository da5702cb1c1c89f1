"""A mistake inside of kubetrial: a rule failed.

The rule that is named did not check the manifest; the other rules ran. The exit code is 2, so that nobody takes the run for a clean one.

Report the manifest and the message; ignore the rule by name to go on without it.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.BROKEN
