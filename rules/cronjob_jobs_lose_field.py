"""A field that a CronJob keeps and its Jobs lose, because its feature is off by default.

Until 1.36 the API server did not look for feature gates among the fields of a CronJob's `jobTemplate.spec`: it checks
and keeps them, and shows them to who asks. The Job that is made from the template is stored without the field, and
runs as if nobody had written it: a failure policy, an index's own retries, a manager of its own.

Remove the field, or turn its feature gate on, and allow this rule here. `--kubernetes-version` says in which minor it
counts.

See https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.RISKY
