"""Claims on devices that name nothing, or that no container can refer to.

A claim of the pod names either a ResourceClaim or a template for one. A container refers to the claims of its pod
by name, each once, or to single requests of it. The API server refuses the pod.

Write `resourceClaimName` or `resourceClaimTemplateName`, and in the container the name that the pod gives the claim.

See https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import PodSpec
from kubetrial.lint.node import Findings, Node
from kubetrial.lint.rule import rule
from kubetrial.lint.values import names
from kubetrial.lint.values.nearest import nearest


@rule(Category.REJECTED, since=31)
def check(pod: PodSpec) -> Findings:
    """Find claims and references; follows validatePodResourceClaim and validateResourceClaimNames."""
    values = pod.mapping()
    claims = values.get("resourceClaims") or ()
    for index, claim in enumerate(claims):
        node = pod["resourceClaims"][index]
        count = sum(
            (claim or {}).get(field) is not None for field in ("resourceClaimName", "resourceClaimTemplateName")
        )
        if count == 0:
            yield node.found(
                "a claim needs `resourceClaimName` or `resourceClaimTemplateName`", help="name one of them", key=True
            )
        elif count == 2:
            yield node.found(
                "resourceClaimName and resourceClaimTemplateName exclude one another", help="keep one of them", key=True
            )
    known = [claim["name"] for claim in claims if claim and claim.get("name")]
    for group in ("initContainers", "containers", "ephemeralContainers"):
        for index, container in enumerate(values.get(group) or ()):
            wanted = ((container or {}).get("resources") or {}).get("claims")
            if wanted:
                yield from references(pod[group][index]["resources"]["claims"], wanted, known)


def references(node: Node, wanted: list[Any], known: list[str]) -> Findings:
    """What is wrong with the claims that a container refers to."""
    seen: set[str] = set()
    for index, claim in enumerate(wanted):
        name, request = (claim or {}).get("name") or "", (claim or {}).get("request") or ""
        if not name:
            continue  # the schema says that it is missing
        entry = f"{name}/{request}" if request else name
        if request and name not in seen and (reason := names.dns_label(request)):
            yield node[index]["request"].found(f"the request is `{request}`: {reason}")
        if name in seen or entry in seen or (not request and any(other.startswith(name + "/") for other in seen)):
            yield node[index].found(f"the claim `{entry}` is referred to twice", help="remove one of the two")
        seen.add(entry)
        if name not in known:
            close = nearest(name, known)
            has = f"it has {', '.join(known)}" if known else "it has none"
            yield node[index].found(
                f"the pod has no claim named `{name}`; {has}",
                help=f"write `{close}`" if close else "add it to the pod's resourceClaims",
            )
