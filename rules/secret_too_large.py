"""The values of a Secret or ConfigMap are larger than 1 MiB together.

Every object is read from etcd as a whole, so the API server refuses values of more than 1048576 bytes (decoded, keys
not counted).

Split it, or keep large files in a volume or an image.

See https://kubernetes.io/docs/concepts/configuration/configmap/#motivation
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Data, Findings, rule

_MOST = 1024 * 1024


@rule(Category.REJECTED)
def check(holder: Data) -> Findings:
    """Find data that etcd would not hold; follows ValidateSecret and ValidateConfigMap."""
    values = holder.mapping()
    encoded, texts = ("binaryData", "data") if values.get("kind") == "ConfigMap" else ("data", "stringData")
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in (values.get(texts) or {}).values() if text)
    for key, value in (values.get(encoded) or {}).items():
        if value and (texts == "data" or key not in (values.get(texts) or {})):
            bare = "".join(value.split())
            size += len(bare) * 3 // 4 - bare[-2:].count("=")
    if size > _MOST:
        yield holder["data"].found(
            f"the values have {size} bytes together; {_MOST} are allowed", help="split the object", key=True
        )
