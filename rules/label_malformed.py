"""A label whose key or value is malformed.

A key is a name of at most 63 characters, letters, digits, '-', '_' and '.', with a domain and '/' before it if need
be; a value has the same form and may be empty. The API server refuses any other, in pod templates too. Free text
belongs into annotations.

Shorten the value, replace blanks, '/' and ':' by '-', or make it an annotation.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Metadata, rule
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead


@rule(Category.REJECTED, needs=("labels",))
def check(metadata: Metadata) -> Findings:
    """Find labels that are none; follows ValidateLabels in apimachinery."""
    labels = metadata.value.get("labels")
    if not labels:
        return
    for key, value in labels.items():
        reason = names.qualified_name(key)
        if reason is not None and not metadata.unchecked:
            yield metadata["labels"][key].found(
                f"the label key `{key}` is malformed: {reason}", help=instead(key, names.qualified_name), key=True
            )
        reason = names.label_value(value) if value else None
        if reason is not None and not metadata.unchecked:
            yield metadata["labels"][key].found(
                f"the value of the label `{key}` is malformed: {reason}",
                help="free text belongs into annotations",
            )
