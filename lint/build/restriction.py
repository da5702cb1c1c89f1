"""Whether the people of a repository let kustomize read files outside of the folder of a kustomization.

By default it refuses them. Flux builds without that restriction inside of its copy of the repository; others give the flag
`--load-restrictor LoadRestrictionsNone`, in a script, a pipeline or the settings of Argo CD.
"""

from __future__ import annotations

import os

from kubetrial.lint.files import witness
from kubetrial.lint.files.read import read

_WORD = b"LoadRestrictionsNone"
_NAMES = ("makefile", "gnumakefile", "taskfile", "justfile", "tiltfile", "jenkinsfile", "skaffold.yaml", "readme.md")
_ENDINGS = (".sh", ".bash", ".mk", ".make", ".py", ".go", ".yaml", ".yml", ".toml", ".md", ".just", ".ps1", ".nix")
_MOST_FILES = 20_000
_LARGEST = 256 << 10
_ENTERED = (".github", ".gitlab", ".circleci", ".ci", ".taskfiles", ".tekton", ".mise", ".justfiles")
_LEFT = ("node_modules", "vendor", "testdata")


def is_lifted(root: str) -> bool:
    """Whether a file of the repository gives kustomize the flag that lifts the restriction; a bounded look."""
    left = _MOST_FILES
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if (name[0] != "." or name in _ENTERED) and name not in _LEFT)
        for name in sorted(names):
            if not (name.lower().endswith(_ENDINGS) or name.lower().startswith(_NAMES)):
                continue
            left -= 1
            if left < 0:
                return False
            path = os.path.join(folder, name)
            try:
                if os.path.getsize(path) <= _LARGEST and witness.is_file(path) and _WORD in read(path):
                    return True
            except OSError:
                continue
    return False
