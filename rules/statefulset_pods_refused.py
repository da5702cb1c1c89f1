"""A StatefulSet that the API server takes, and whose pods it refuses (before 1.34).

Until 1.33 the server looked at little of a StatefulSet's templates: labels, annotations, `restartPolicy` and
`activeDeadlineSeconds`. What else is wrong in them is found when the controller creates the first pod or claim: the
StatefulSet stays at 0 of its replicas, with an event FailedCreate that comes again and again. From 1.34 on the
StatefulSet itself is refused, and the rule that refuses it speaks.

Write what the message says; `--kubernetes-version` chooses the minor.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.BROKEN
