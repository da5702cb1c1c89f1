"""A container uses a resource claim that its pod does not have, or uses one twice.

`resources.claims` names entries of the pod's `resourceClaims`, each once: as a whole, or request by request. The API
server refuses the pod.

Add the claim to the pod's resourceClaims, or write the name that stands there.

See https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, ResourceRequirements, nearest, rule


@rule(Category.REJECTED, needs=("claims",))
def check(requirements: ResourceRequirements) -> Findings:
    """Find claims that are not there; follows validateResourceClaimNames in pkg/apis/core/validation."""
    claims = requirements.value.get("claims")
    pod = requirements.up(PodSpec) if claims else None
    if not claims or pod is None or requirements.of_pod:
        return
    known = [claim["name"] for claim in pod.get("resourceClaims") or () if claim and claim.get("name")]
    seen: list[tuple[str, str]] = []
    for index, claim in enumerate(claims):
        name, request = (claim or {}).get("name"), (claim or {}).get("request") or ""
        if not name:
            continue
        node = requirements["claims"][index]
        if any(other == name and (not request or asked in ("", request)) for other, asked in seen):
            yield node["name"].found(
                f"the claim `{name}` is used twice here", help="remove one of the two", path=node.path
            )
        else:
            seen.append((name, request))
        if name not in known:
            close = nearest(name, known)
            there = f"it has {', '.join(known)}" if known else "it has none"
            yield node["name"].found(
                f"the pod has no resource claim `{name}`; {there}",
                help=f"write `{close}`" if close else "add it to the pod's resourceClaims",
                path=node.path,
            )
