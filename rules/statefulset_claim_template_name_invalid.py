"""A volumeClaimTemplate whose name cannot be a volume's.

Each claim template becomes a volume of the pod under its name, so it needs one, in the form of a DNS label:
lower-case letters, digits and '-', at most 63 characters, no dots.

Write such a name, and the same one in the containers' volumeMounts.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, StatefulSet, rule
from kubetrial.lint.values import names


@rule(Category.REJECTED, since=34, needs=("volumeClaimTemplates",))
def check(statefulset: StatefulSet) -> Findings:
    """The server finds it in the volumes that it makes of them: volumesToAddForTemplates in apps/validation."""
    templates = (statefulset.value.get("spec") or {}).get("volumeClaimTemplates")
    for index, template in enumerate(templates or ()):
        name = ((template or {}).get("metadata") or {}).get("name") or ""
        reason = names.dns_label(name)
        if reason is not None:
            node = statefulset.at("spec", "volumeClaimTemplates", index, "metadata", "name")
            what = f"the name `{name}` cannot be a volume's: {reason}" if name else "the claim template has no name"
            yield node.found(
                what,
                help="write a name of lower-case letters, digits and '-'",
                path="" if name else "spec.template.spec.volumes",
            )
