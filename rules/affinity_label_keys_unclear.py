"""matchLabelKeys or mismatchLabelKeys of a pod affinity that contradict its selector.

Both lists are merged into `labelSelector` when the pod is made: without a selector there is nothing to merge into,
a key cannot be in both lists, and a key of matchLabelKeys cannot be in the selector too. The API server refuses
these terms.

Name each label once: in the selector, in matchLabelKeys or in mismatchLabelKeys.

See https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#matchlabelkeys
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodAffinityTerm, rule
from kubetrial.lint.objects.label_keys import contradictions, own_labels


@rule(Category.REJECTED, since=31, needs=("matchLabelKeys", "mismatchLabelKeys"))
def check(term: PodAffinityTerm) -> Findings:
    """Find keys that cannot be merged into the selector; follows ValidateMatchLabelKeysAndMismatchLabelKeys."""
    values = term.mapping()
    if values.get("matchLabelKeys") or values.get("mismatchLabelKeys"):
        yield from contradictions(term, own_labels(term))
