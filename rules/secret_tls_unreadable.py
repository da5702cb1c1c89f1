"""A TLS Secret whose certificate or key is no PEM.

The API server takes the Secret with a warning, and the Ingress controller that should use it serves its own
certificate instead.

Write the files as they are, with their BEGIN and END lines: `stringData` takes the text, `data` its base64.

See https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import Category, Findings, Secret, rule

_FILLED_IN = re.compile(
    r"/(?:replicate-from|reflects|copy-from|copied-from|sync-from|synced-from|cloned-from|inject)\b"
)
"""Annotations by which a controller of the cluster knows the copies that it fills in."""

_BLANK = re.compile(
    r"-----BEGIN [A-Z ]{1,40}-{0,5}\s{1,20}(?:[.…*x#]{2,80}|<[^<>]{1,80}>|\[[^\[\]]{1,80}\])\s{0,20}(?:-----END|\Z)"
)


@rule(Category.RISKY, needs=("type",))
def check(secret: Secret) -> Findings:
    """Find TLS Secrets that nothing can serve; follows warningsForSecret in pkg/registry/core/secret."""
    values = secret.mapping()
    if values.get("type") != "kubernetes.io/tls" or any(_FILLED_IN.search(str(key)) for key in secret.annotations):
        return
    import base64

    from kubetrial.lint.values import pem

    data, texts = values.get("data") or {}, values.get("stringData") or {}
    for key, wanted in (("tls.crt", "CERTIFICATE"), ("tls.key", "PRIVATE KEY")):
        if key not in data and key not in texts:
            continue  # refused
        where = "stringData" if key in texts else "data"
        text = (
            texts[key] or "" if key in texts else base64.b64decode("".join((data[key] or "").split())).decode("latin-1")
        )
        if data.get(key) and not text.strip():
            continue  # a line feed alone: what makes the certificate writes it in
        if _BLANK.search(text):
            continue  # a BEGIN line with nothing but signs below it says what belongs there
        if (data.get(key) or text).rstrip().endswith("..."):
            continue  # the rest of it is left out, as examples do
        if not any(block.kind.endswith(wanted) for block in pem.blocks(text)):
            yield secret[where][key].found(
                f"`{key}` holds no PEM block {wanted}",
                help="write the file with its BEGIN and END lines" + (", in base64" if where == "data" else ""),
                consequence="whatever serves TLS with this Secret falls back to another certificate",
            )
