"""A program that its makers gave up.

Nobody mends its security holes any more. Known here: Helm 2's Tiller (ended 2020, may do everything in the
cluster), Heapster (2018), the ingress-nginx controller (maintained until March 2026) and the Kubernetes Dashboard
(archived in 2026).

Move to a successor: Helm 3, metrics-server, a Gateway API implementation or another ingress controller, Headlamp.

See https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule
from kubetrial.lint.facts import images

_GONE = (
    ("/tiller", "Tiller, Helm 2's server, has had no support since 2020", "use Helm 3 or later, which has no server"),
    ("/heapster-amd64", "Heapster was given up in 2018", "use metrics-server"),
    ("/heapster", "Heapster was given up in 2018", "use metrics-server"),
    ("ingress-nginx/controller", "ingress-nginx is maintained until March 2026 only", "move to the Gateway API"),
    ("/nginx-ingress-controller", "this is ingress-nginx, maintained until March 2026 only", "move to the Gateway API"),
    ("/kubernetes-dashboard-amd64", "the Kubernetes Dashboard is given up", "use Headlamp"),
    ("kubernetesui/dashboard", "the Kubernetes Dashboard is given up", "use Headlamp"),
)


@rule(Category.ADVICE)
def check(container: Container) -> Findings:
    """Find images of such programs by the ends of their names."""
    text = container.value.get("image")
    if text.__class__ is not str or not text:
        return
    name = images.read(text).name
    for end, why, help in _GONE:
        if name.endswith(end) and not (end.startswith("/nginx") and "/bitnami/" in name):
            yield container["image"].found(why, consequence="its security holes stay open", help=help)
            return
