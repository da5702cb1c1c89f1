"""The order in which objects are printed. Follows api/internal/builtins/SortOrderTransformer.go."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from kubetrial.lint.build.kustomize.merge import MergeRefused, did_you_mean
from kubetrial.lint.build.kustomize.nodes import RNode, items_of
from kubetrial.lint.build.kustomize.resource import Id, Resource

_FIRST = (
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
)
_LAST = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")


def _ranks(first: Sequence[str], last: Sequence[str]) -> dict[str, int]:
    ranks = {kind: index - len(first) for index, kind in enumerate(first)}
    return ranks | {kind: index + 1 for index, kind in enumerate(last)}


RANKS = _ranks(_FIRST, _LAST)
"""The place of a kind in the usual order; others are in the middle, at zero."""


def ordered(root: RNode, resources: list[Resource]) -> list[Resource]:
    """The objects as `sortOptions` of the outermost kustomization wants them, else by kind. Raises Refused."""
    options = root.get("sortOptions")
    first: Sequence[str] = _FIRST
    last: Sequence[str] = _LAST
    if options is not None and not options.is_null():
        order, own = options.get("order"), options.get("legacySortOptions")
        wanted = str(order.value) if order is not None else ""
        if wanted not in ("legacy", "fifo"):
            help = did_you_mean(wanted, ("legacy", "fifo"))
            raise MergeRefused(
                "`sortOptions.order` is `legacy` or `fifo`, so that kustomize refuses this", order or options, help=help
            )
        given = own is not None and not own.is_null()
        if wanted == "fifo":
            if given:
                raise MergeRefused("`legacySortOptions` goes with `order: legacy` only", own)
            return resources
        if own is not None and given:
            first, last = ([str(item.value) for item in items_of(own, name)] for name in ("orderFirst", "orderLast"))
    ranks = _ranks(first, last)

    def compare(one: Id, other: Id) -> int:
        mine, theirs = _key(one, ranks), _key(other, ranks)
        if mine == theirs:
            return 0
        before = mine < theirs
        kinds_differ = one[:3] != other[:3]
        if kinds_differ and one.kind == other.kind == "Namespace" and "" in (one.group, other.group):
            before = not before
        return -1 if before else 1

    pairs = [(one.id, one) for one in resources]
    key = functools.cmp_to_key(compare)
    return [one for _, one in sorted(pairs, key=lambda pair: key(pair[0]))]


def place_of(group: str, version: str, kind: str, ranks: dict[str, int] = RANKS) -> tuple[int, str]:
    """Where a kind stands among others. What is missing is written with a tilde, which sorts behind all words."""
    return ranks.get(kind, 0), f"{group or '~G'}_{version or '~V'}_{kind or '~K'}"


def _key(id: Id, ranks: dict[str, int]) -> tuple[int, str, str]:
    return (*place_of(id.group, id.version, id.kind, ranks), f"{id.namespace or '~X'}|{id.name or '~N'}")
