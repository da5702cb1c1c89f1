"""An overhead of a pod that cannot be.

What a pod costs beside its containers is set by its RuntimeClass: the API server copies it from there, and refuses
a Pod that brings an overhead without naming a RuntimeClass. In templates it refuses amounts and names that no
container can have.

Remove `overhead`, and name the RuntimeClass in `runtimeClassName`.

See https://kubernetes.io/docs/concepts/scheduling-eviction/pod-overhead/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule
from kubetrial.lint.objects.amounts import amounts, is_multiple
from kubetrial.lint.values import resources


@rule(Category.REJECTED, needs=("overhead",))
def check(pod: PodSpec) -> Findings:
    """Find overhead without its class, and bad amounts; follows validateOverhead and the RuntimeClass admission."""
    values = pod.mapping()
    overhead = values.get("overhead")
    if overhead is None:
        return
    if values.get("runtimeClassName") is None and pod.root.get("kind") == "Pod":
        yield pod["overhead"].found(
            "an overhead is set by the pod's RuntimeClass, and this Pod names none",
            help="remove `overhead`, or add runtimeClassName",
            key=True,
        )
        return
    for name, amount in amounts(overhead).items():
        node, path = pod["overhead"][name], f"{pod['overhead'].path}.limits[{name}]"
        if reason := resources.container_problem(name):
            yield node.found(f"`{name}` is {reason}", help=resources.instead(name), key=True, path=path)
        elif amount.unscaled < 0:
            yield node.found(
                f"the amount of {name} is {amount}; it must be zero or more", help="write 0 or more", path=path
            )
        elif resources.is_counted(name) and not amount.passes_as_whole:
            yield node.found(
                f"the amount of {name} is {amount}; it counts in whole units", help="write a whole number", path=path
            )
        elif resources.is_huge_page(name) and not is_multiple(amount, name):
            yield node.found(
                f"the amount of {name} is {amount}; it must be a multiple of the page's size",
                help=f"write a multiple of {name.removeprefix('hugepages-')}",
                path=path,
            )
    if any(map(resources.is_huge_page, overhead)) and not {"cpu", "memory"} & set(overhead):
        yield pod["overhead"].found("huge pages need cpu or memory beside them", help="add cpu or memory", key=True)
