"""A container starts its program by sudo.

The image then has sudo and a user that may become root, so everybody who gets in is root in the container; with
`allowPrivilegeEscalation: false` the container does not start at all.

Start the program as the user that it needs: `securityContext.runAsUser`.

See https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule


@rule(Category.SECURITY, needs=("args", "command"))
def check(container: Container) -> Findings:
    """Find sudo as the program, or in the script of a shell."""
    for field in ("command", "args"):
        for index, word in enumerate(container.value.get(field) or ()):
            if word.__class__ is str and "sudo" in word and _runs_sudo(word):
                yield container[field][index].found(
                    f"container {container.name} runs sudo", help="use securityContext.runAsUser instead"
                )


def _runs_sudo(script: str) -> bool:
    for line in script.replace("&&", "\n").replace(";", "\n").replace("|", "\n").splitlines():
        if line.split()[:1] in (["sudo"], ["/usr/bin/sudo"]):
            return True
    return False
