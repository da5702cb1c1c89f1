"""An API version that is served still and goes in a later Kubernetes release.

The API server takes the object and sends a warning. From the release that removes the version on, it refuses it, and upgrades of charts
and pipelines that still send it fail.

Write the replacement that the message names.

See https://kubernetes.io/docs/reference/using-api/deprecation-guide/
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.RISKY
