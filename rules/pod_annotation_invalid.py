"""An annotation of a pod that the API server reads and cannot understand.

Most annotations are free text. These are read: seccomp and AppArmor profiles of before there were fields for them,
tolerations of an early form, `controller.kubernetes.io/pod-deletion-cost` (a whole number), and the mark of a
mirror pod. A malformed one is refused with the pod, and so is an AppArmor profile of a container that the pod does
not have.

Use the fields `seccompProfile`, `appArmorProfile` and `tolerations`; write the cost as a number in quotes.

See https://kubernetes.io/docs/reference/labels-annotations-taints/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Node, PodSpec, nearest, rule
from kubetrial.lint.facts.annotations import APPARMOR, SECCOMP, SECCOMP_POD
from kubetrial.lint.values.digits import whole

COST = "controller.kubernetes.io/pod-deletion-cost"
MIRROR = "kubernetes.io/config.mirror"
TOLERATIONS = "scheduler.alpha.kubernetes.io/tolerations"


@rule(Category.REJECTED, needs=("annotations",))
def check(pod: PodSpec) -> Findings:
    """Find annotations that do not read; follows ValidatePodSpecificAnnotations in core/validation."""
    if pod.parent is None:
        return
    annotations = (pod.parent.value.get("metadata") or {}).get("annotations")
    if not annotations:
        return
    node = pod.metadata["annotations"]
    for key, value in annotations.items():
        if "kubernetes.io/" not in key:
            continue
        value = value or ""
        if key == COST and not _is_cost(value):
            yield node[key].found(
                f"the cost is `{value}`; it must be a whole number", help='write a number in quotes, such as "100"'
            )
        elif key == SECCOMP_POD or key.startswith(SECCOMP):
            if reason := _seccomp_problem(value):
                yield node[key].found(
                    f"the seccomp profile `{value}` {reason}", help="use `seccompProfile` in a securityContext"
                )
        elif key.startswith(APPARMOR):
            yield from _apparmor(node[key], key.removeprefix(APPARMOR), value, pod)
        elif key == MIRROR and not pod.get("nodeName"):
            yield node[key].found(
                "a mirror pod stands on a node, and this one has no `nodeName`", help="remove the annotation", key=True
            )
        elif key == TOLERATIONS and value:
            yield from _tolerations(node[key], value)


def _is_cost(text: str) -> bool:
    digits = text.removeprefix("-")
    number = whole(digits)
    if number is None or (text[0] == "0" and text != "0"):
        return False
    return number < 2**31 or (number == 2**31 and text[0] == "-")


def _seccomp_problem(value: str) -> str:
    if value in ("runtime/default", "docker/default", "unconfined"):
        return ""
    if not value.startswith("localhost/"):
        return "is neither runtime/default, unconfined nor localhost/FILE"
    path = value.removeprefix("localhost/")
    return "leaves the folder for profiles" if path.startswith("/") or ".." in path.split("/") else ""


def _apparmor(node: Node, name: str, value: str, pod: PodSpec) -> Findings:
    present = [
        str((container or {}).get("name") or "")
        for group in ("initContainers", "containers", "ephemeralContainers")
        for container in pod.get(group) or ()
    ]
    if name not in present:
        close = nearest(name, present)
        yield node.found(
            f"the pod has no container named `{name}`",
            help=f"write `{close}`" if close else "use `appArmorProfile` in a securityContext",
            key=True,
        )
    if value not in ("", "runtime/default", "unconfined") and not value.startswith("localhost/"):
        yield node.found(
            f"the AppArmor profile `{value}` is neither runtime/default, unconfined nor localhost/NAME",
            help="use `appArmorProfile` in a securityContext",
        )


def _tolerations(node: Node, value: str) -> Findings:
    import json

    try:
        read = json.loads(value)
    except ValueError:
        read = False
    good = read is None or (isinstance(read, list) and all(item is None or isinstance(item, dict) for item in read))
    if not good:
        yield node.found("the tolerations are no JSON list", help="use the field `tolerations`")
    elif any(not (item or {}).get("key") and (item or {}).get("operator") != "Exists" for item in read or ()):
        yield node.found("a toleration without a key needs the operator Exists", help="use the field `tolerations`")
