"""An annotation whose key is malformed, or annotations that are too large together.

A key is a name of at most 63 characters, letters, digits, '-', '_' and '.', with a domain and '/' before it if need
be. Values may hold anything, but all keys and values of an object together at most 256 KiB. The API server refuses
the rest.

Correct the key; keep large texts in a ConfigMap. `kubectl apply` repeats the whole manifest in an annotation, so an
object of more than 256 KiB needs `kubectl apply --server-side`.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/#syntax-and-character-set
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Metadata, rule
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead

MOST_BYTES = 256 * 1024


@rule(Category.REJECTED, needs=("annotations",))
def check(metadata: Metadata) -> Findings:
    """Find malformed keys and too much text; follows ValidateAnnotations in apimachinery."""
    annotations = metadata.value.get("annotations")
    if not annotations:
        return
    size = 0
    for key, value in annotations.items():
        size += len(key) + len(value or "")
        reason = names.qualified_name(key.lower())
        if reason is not None and not metadata.unchecked:
            yield metadata["annotations"][key].found(
                f"the annotation key `{key}` is malformed: {reason}",
                help=instead(key, names.qualified_name),
                key=True,
            )
    if size > MOST_BYTES // 4 and not metadata.unchecked:
        size = sum(len(text.encode("utf-8", "surrogatepass")) for pair in annotations.items() for text in pair if text)
        if size > MOST_BYTES:
            yield metadata["annotations"].found(
                f"the annotations have {size} bytes together; at most {MOST_BYTES} are allowed",
                help="keep large texts in a ConfigMap or Secret",
                key=True,
            )
