"""Values with which a chart refuses to be installed, by `required` or `fail`.

The template says itself what is wrong: a value that it needs is missing, or two values contradict each other. `helm install` stops
with that text, and nothing is applied. What a chart asks for beyond its own values.yaml is no mistake and only noted; with a file of
ci/, with the values of an environment or with those of the command line it is one.

Give the value that the text asks for.

See https://helm.sh/docs/howto/charts_tips_and_tricks/#using-the-required-function
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
