"""What the configuration of a cluster in its repository turns on: versions of the API that its server does not serve by itself.

A flag of kube-apiserver (`--runtime-config=admissionregistration.k8s.io/v1beta1=true`) that stands in the settings of Talos, kubeadm,
k3s or kind beside the manifests. Follows the flag's own form: `group/version`, `group/version/resource` or `api/beta`, each `=true`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from kubetrial.lint.files.folders import folders_below
from kubetrial.lint.files.read import read
from kubetrial.lint.values.pattern import pattern

_FLAG = re.compile(
    r"runtime-config[\"']?[ \t]*(?:[:=][ \t]*|\r?\n[ \t]*value:[ \t]*)[\"']?([\w./-]+(?:=\w+)?(?:,[\w./-]+(?:=\w+)?){0,50})"
)
_BLOCK = re.compile(
    r"runtimeConfig:[ \t]*\r?\n((?:[ \t]+[\"']?[\w./-]+[\"']?:[ \t]*[\"']?\w+[\"']?(?:[ \t]*\r?\n)?){1,50})"
)
_ENTRY = pattern(r"(?<![\w./-])[\"']?([\w./-]+)[\"']?(?::[ \t]*|=)[\"']?(\w+)")


_TEMPLATES = (".j2", ".jinja", ".tmpl", ".tpl", ".tftpl", ".tf", ".nix", ".hcl", ".sh", ".toml")
_MOST_FILES = 20_000
_MOST_READ = 500
_LARGEST = 256 << 10


def templates_below(root: str) -> Iterator[str]:
    """The texts of a repository that are no manifests and may make the settings of a cluster; a bounded part of a large one."""
    seen = looked = 0
    for folder, _, names in folders_below(root):
        for name in names:
            seen += 1
            if seen > _MOST_FILES or looked >= _MOST_READ:
                return
            path = os.path.join(folder, name)
            if not name.endswith(_TEMPLATES) or os.path.islink(path) or os.path.getsize(path) > _LARGEST:
                continue
            looked += 1
            try:
                text = read(path).decode("utf-8", "replace")
            except OSError:
                continue
            if "untime" in text:
                yield text


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
