"""matchLabelKeys beside the selector that they extend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead
from kubetrial.lint.yaml.node import Findings, Node


def own_labels(term: Node) -> Mapping[str, Any]:
    """The labels of a bare Pod, whose keys the server merges before it validates; of a template none."""
    root = term.root
    return root["metadata"]["labels"].mapping() if root.get("kind") == "Pod" else {}


def contradictions(term: Node, labels: Mapping[str, Any]) -> Findings:
    """What is wrong with matchLabelKeys and mismatchLabelKeys of a term or constraint."""
    selector = term.get("labelSelector")
    match, mismatch = term.get("matchLabelKeys") or [], term.get("mismatchLabelKeys") or []
    for field, keys in (("matchLabelKeys", match), ("mismatchLabelKeys", mismatch)):
        if keys and selector is None:
            yield term[field].found(
                f"`{field}` needs a `labelSelector` that it refines", help="add the labelSelector", key=True
            )
            continue
        for index, key in enumerate(keys):
            reason = names.qualified_name(key or "")
            if reason is not None:
                yield term[field][index].found(
                    f"the label key `{key}` is malformed: {reason}", help=instead(key, names.qualified_name)
                )
    expressions = [(e or {}).get("key") for e in (selector or {}).get("matchExpressions") or []]
    plain = (selector or {}).get("matchLabels") or {}
    merged = [key for key in match if selector is not None and key in labels]
    for index, key in enumerate(match):
        node = term["matchLabelKeys"][index]
        if (key in plain) + expressions.count(key) + merged.count(key) > 1 and key in [*expressions, *merged]:
            yield node.found(
                f"the label `{key}` is in matchLabelKeys and in the labelSelector", help="keep it in one of them"
            )
        if key in mismatch:
            yield node.found(
                f"the label `{key}` is in matchLabelKeys and in mismatchLabelKeys", help="keep it in one of them"
            )
