"""A field of a template that what is made from it loses, because its feature is off.

Not everywhere does the API server look for feature gates. Until 1.36 a CronJob keeps the fields of `jobTemplate.spec`
whose gates are off, and shows them to who asks: the Job that is made from the template is stored without them, and
runs as if nobody had written a failure policy, an index's own retries, a manager of its own. The claim templates of a
StatefulSet and of ephemeral volumes keep `volumeAttributesClassName`, and the claims lose it.

Remove the field, or turn its feature gate on, and allow this rule here. `--kubernetes-version` says in which minor it
counts.

See https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.RISKY
