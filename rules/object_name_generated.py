"""An object with generateName, which `kubectl apply` cannot handle.

The server makes up a new name each time. `kubectl apply` (and the GitOps tools that work like it) compares by the name,
so it refuses: "cannot use generate name with apply". `kubectl create` makes another object each time.

Write a name, or create the object by a tool that wants a new one each time.

See https://kubernetes.io/docs/reference/using-api/api-concepts/#generated-values
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Object, rule


@rule(Category.ADVICE, needs=("generateName",))
def check(obj: Object) -> Findings:
    """Objects with generateName and no name, hooks of Argo CD left out: it creates them."""
    metadata = obj["metadata"]
    if metadata.get("name") or not metadata.get("generateName"):
        return
    if any(str(key).startswith("argocd.argoproj.io/hook") for key in metadata["annotations"].mapping()):
        return
    yield metadata["generateName"].found(
        f"{obj.kind} has generateName and no name, so an apply has nothing to compare with",
        consequence="kubectl apply refuses it, and kubectl create makes a new object each time",
        help="write metadata.name",
    )
