"""A change that the API server refuses on an existing object.

`kubetrial check --against REV` compares the manifests with an older state (a git revision or a folder). Some fields can only be set when
an object is made: the selector of a workload, four fields of a StatefulSet, the template of a Job, the class of a claim, roleRef of a
binding. The update fails with "field is immutable", and a rollout or a Helm upgrade stops there.

Take the change back, or replace the object: the message says how for its kind.

See https://kubernetes.io/docs/reference/using-api/api-concepts/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
