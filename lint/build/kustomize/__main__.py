"""Print what a kustomization builds: `python -m kubetrial.lint.build.kustomize PATH`, for comparison with the real tool."""

from __future__ import annotations

import os
import sys

from kubetrial.lint.build.emit import stream
from kubetrial.lint.build.kustomize.engine import build
from kubetrial.lint.build.tree import FolderTree


def main(path: str) -> int:
    """Print the objects; problems go to standard error, and 1 says that nothing was built."""
    path = os.path.realpath(path)
    root = path
    while not os.path.exists(os.path.join(root, ".git")) and os.path.dirname(root) != root:
        root = os.path.dirname(root)
    if not os.path.exists(os.path.join(root, ".git")):
        root = os.environ.get("KUSTOMIZE_ROOT", path)
    unit = build(FolderTree(root), os.path.relpath(path, root).replace(os.sep, "/"))
    for problem in unit.problems:
        start = problem.origin.value.start
        where = f"{problem.origin.file}:{start.line}:{start.column}"
        sys.stderr.write(f"{where}: {problem.rule}: {problem.message} {problem.help}\n")
    if any(problem.fatal for problem in unit.problems):
        return 1
    sys.stdout.write(stream([built.value for built in unit.objects]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
