"""A chart that says it is not for the Kubernetes version that is checked.

`kubeVersion` in Chart.yaml is held against the version of the cluster. Where it does not fit, `helm install` and `helm template` stop.
A range without `-0` leaves out versions with a suffix too: `>=1.25.0` does not fit `v1.30.2-gke.100`.

Check with the version of your cluster (`--kubernetes-version`), or widen the range: `>=1.25.0-0`.

See https://helm.sh/docs/topics/charts/#the-kubeversion-field
"""

from kubetrial.lint.authoring import Category

CATEGORY = Category.REJECTED
