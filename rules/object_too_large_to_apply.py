"""An object that `kubectl apply` cannot carry: its copy in an annotation is too large.

Client-side apply keeps the whole object as JSON in the annotation `kubectl.kubernetes.io/last-applied-configuration`,
and the annotations of an object may have 262144 bytes together: the API server refuses the object with
"metadata.annotations: Too long". Helm, `kubectl create` and server-side apply write no such copy.

Apply it with `kubectl apply --server-side` (in Argo CD the sync option `ServerSideApply=true`), or split the object.

See https://kubernetes.io/docs/reference/using-api/server-side-apply/
"""

from __future__ import annotations

import json
import re
from typing import Any

from kubetrial.lint.authoring import Category, Findings, Object, rule

_MOST = 256 * 1024
_COPY = "kubectl.kubernetes.io/last-applied-configuration"
_GROWS = re.compile(r"(?:\A|[\s,\[{:-])&[\w-]|\$\{")
"""What may stand for more than is written: an anchor, of which an alias brings all again, and a variable."""


@rule(Category.ADVICE)
def check(obj: Object) -> Findings:
    """Find objects over the limit; follows GetModifiedConfiguration of kubectl and ValidateAnnotationsSize."""
    metadata = obj["metadata"]
    if _is_small(obj.document.text) or not metadata.get("name"):
        return  # one with generateName can only be created
    own = {key: value for key, value in obj.annotations.items() if key != _COPY}
    copied = {**obj.mapping(), "metadata": {**metadata.mapping(), "annotations": own}}
    beside = sum(_bytes(str(key)) + _bytes(str(value)) for key, value in own.items())
    if beside > _MOST:
        return  # annotations that are too large by themselves are refused whatever applies them
    if _size(copied, _MOST - beside - len(_COPY) - 1) is None:
        yield metadata["name"].found(
            f"the copy of {obj} that kubectl apply keeps takes more than the {_MOST} bytes that annotations may have",
            consequence="a client-side kubectl apply is refused: metadata.annotations: Too long",
            help="apply it with kubectl apply --server-side, or split the object",
        )


def _is_small(text: str) -> bool:
    """Whether a document is too short for such an object: a sign of it is six bytes of JSON and four of annotations at the most."""
    if not 0 < len(text) < _MOST // 12:
        return False
    return ("&" not in text and "${" not in text) or _GROWS.search(text) is None


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _size(value: Any, most: int) -> int | None:
    """The bytes of a value as compact JSON; None as soon as they are more than `most`, so that aliases cost no more than that."""
    size, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        if one.__class__ is dict:
            size += 1 + max(1, len(one)) + sum(_text(str(key)) + 1 for key in one)
            waiting.extend(one.values())
        elif one.__class__ is list:
            size += 1 + max(1, len(one))
            waiting.extend(one)
        else:
            size += _text(one) if isinstance(one, str) else len(json.dumps(one, default=str))
        if size > most:
            return None
    return size


def _text(text: str) -> int:
    """The bytes of a text in Go's JSON, which writes the signs of HTML as six bytes each."""
    if text.isalnum() and text.isascii():
        return len(text) + 2
    written = _bytes(json.dumps(text, ensure_ascii=False))
    return written + 5 * sum(text.count(sign) for sign in "<>&")
