"""What the configuration of a cluster in its repository turns on: versions of the API that its server does not serve by itself.

A flag of kube-apiserver (`--runtime-config=admissionregistration.k8s.io/v1beta1=true`) that stands in the settings of Talos, kubeadm,
k3s or kind beside the manifests. Follows the flag's own form: `group/version`, `group/version/resource` or `api/beta`, each `=true`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_FLAG = re.compile(
    r"runtime-config[\"']?[ \t]*(?:[:=][ \t]*|\r?\n[ \t]*value:[ \t]*)[\"']?([\w./-]+(?:=\w+)?(?:,[\w./-]+(?:=\w+)?){0,50})"
)
_BLOCK = re.compile(
    r"runtimeConfig:[ \t]*\r?\n((?:[ \t]+[\"']?[\w./-]+[\"']?:[ \t]*[\"']?\w+[\"']?(?:[ \t]*\r?\n)?){1,50})"
)
_ENTRY = re.compile(r"(?<![\w./-])[\"']?([\w./-]+)[\"']?(?::[ \t]*|=)[\"']?(\w+)")


def enabled(texts: Iterable[str]) -> frozenset[str]:
    """The apiVersions that a text turns on, as `group/version`; of `api/beta` and the like nothing is concluded."""
    found: set[str] = set()
    for text in texts:
        for match in _FLAG.finditer(text):
            for part in match.group(1).split(","):
                name, _, value = part.partition("=")
                if value in ("", "true"):
                    found.add(name)
        for match in _BLOCK.finditer(text):
            found.update(name for name, value in _ENTRY.findall(match.group(1)) if value == "true")
    return frozenset("/".join(name.split("/")[:2]) for name in found if "/" in name and not name.startswith("api/"))
