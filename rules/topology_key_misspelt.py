"""A topology key that no node has, a slip away from a well-known label.

`topologyKey` names a label of nodes. Where no node has it, a spread constraint with DoNotSchedule leaves every pod
Pending ("node(s) didn't match pod topology spread constraints (missing required label)"), required affinity too, and
anti-affinity keeps nothing apart.

Write kubernetes.io/hostname, topology.kubernetes.io/zone or topology.kubernetes.io/region.

See https://kubernetes.io/docs/reference/labels-annotations-taints/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Node, PodAffinityTerm, TopologySpreadConstraint, rule
from kubetrial.lint.values.nearest import distance

_KNOWN = ("kubernetes.io/hostname", "topology.kubernetes.io/zone", "topology.kubernetes.io/region")
_ALSO = frozenset(
    (
        "kubernetes.io/os", "kubernetes.io/arch", "beta.kubernetes.io/os", "beta.kubernetes.io/arch",
        "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region",
        "node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type", "node.kubernetes.io/windows-build",
    )
)  # fmt: skip


@rule(Category.RISKY, needs=("topologyKey",))
def check(term: TopologySpreadConstraint | PodAffinityTerm) -> Findings:
    """Keys that are no well-known label and nearly one; labels of other domains are somebody's own."""
    key = term.get("topologyKey")
    meant = _meant(key) if isinstance(key, str) else None
    if (meant is None and not _is_nobodys(key)) or _is_own_label(term, key):
        return
    spread = isinstance(term, TopologySpreadConstraint)
    hard = term.get("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule"
    if spread:
        effect = "every pod stays Pending" if hard else "the pods are not spread"
    else:
        effect = "anti-affinity keeps nothing apart, and affinity that is required leaves the pods Pending"
    yield term["topologyKey"].found(
        f"no node has the label {key} by itself: it is nearly {meant}"
        if meant is not None
        else f"no node has the label {key} by itself: Kubernetes sets none of that name",
        consequence=effect,
        help=f"write topologyKey: {meant or _KNOWN[0]}",
    )


def _is_own_label(term: Node, key: object) -> bool:
    """Whether the pods are also kept to nodes by the label: somebody gives it to nodes."""
    above = term.parent
    while above is not None and not above.get("containers"):
        above = above.parent
    if above is None:
        return False
    terms = above.at("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
    expressions = (e for one in terms.items() for e in one["matchExpressions"].items())
    return key in above["nodeSelector"].mapping() or any(e.get("key") == key for e in expressions)


def _is_nobodys(key: object) -> bool:
    """Whether a label is of Kubernetes' own domain, and none that it sets."""
    return (
        isinstance(key, str)
        and key not in _KNOWN
        and key not in _ALSO
        and key.startswith(("kubernetes.io/", "topology.kubernetes.io/"))
    )


def _meant(key: str) -> str | None:
    """The well-known label that a key is meant to be."""
    if key in _KNOWN or key in _ALSO:
        return None
    domain, _, last = key.rpartition("/")
    for known in _KNOWN:
        if distance(key.lower(), known, 2) <= 2:
            return known
    for known in _KNOWN:
        theirs = known.rpartition("/")[2]
        same = last.lower() in (theirs, f"{theirs}s", f"{theirs}name", theirs.removesuffix("name"))
        if same and (domain.endswith(("kubernetes.io", "k8s.io")) or not domain):
            return known
    return None
