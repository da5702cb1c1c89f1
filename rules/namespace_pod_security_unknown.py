"""A Pod Security label of a Namespace has a value that does not exist.

The labels `pod-security.kubernetes.io/enforce`, `audit` and `warn` take privileged, baseline or restricted, and their
`-version` twins take `latest` or `v1.` and a number. The API server refuses other values, lest a typo switch the
protection off.

Write the level in lower case, and versions as `v1.34`.

See https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Namespace, rule

_PREFIX = "pod-security.kubernetes.io/"
_LEVELS = ("privileged", "baseline", "restricted")


@rule(Category.REJECTED)
def check(namespace: Namespace) -> Findings:
    """Find levels and versions that Pod Security does not know."""
    labels = namespace.labels
    for mode in ("enforce", "audit", "warn"):
        for key, good, help_text in (
            (_PREFIX + mode, lambda text: text in _LEVELS, f"write one of {', '.join(_LEVELS)}"),
            (_PREFIX + mode + "-version", _is_version, "write `latest`, or a version such as `v1.34`"),
        ):
            if key in labels and labels[key].__class__ in (str, type(None)) and not good(labels[key] or ""):
                yield namespace.at("metadata", "labels", key).found(
                    f"the label `{key}` is `{labels[key] or ''}`", help=help_text
                )


def _is_version(text: str) -> bool:
    number = text[3:]
    decimal = number.isascii() and number.isdigit() and (number == "0" or number[0] != "0")
    return text == "latest" or (text.startswith("v1.") and decimal)
