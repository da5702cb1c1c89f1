"""A variable holds a password, token or key in clear text.

Manifests stand in git, in the API server, in `kubectl describe` and in backups. Everybody who may see the pod sees
the secret, and it has to be changed on every leak.

Put it into a Secret, and refer to it by `valueFrom.secretKeyRef`, or better mount it as a file.

See https://kubernetes.io/docs/concepts/configuration/secret/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, EnvVar, Findings, rule
from kubetrial.lint.facts import secrets


@rule(Category.SECURITY, needs=("value",))
def check(env: EnvVar) -> Findings:
    """Find values that are secrets by their name or form."""
    value = env.value.get("value")
    if value.__class__ is str and value and secrets.looks_secret(str(env.value.get("name")), value):
        yield env["value"].found(
            f"the variable {env.value.get('name')} holds a secret in clear text",
            consequence="everybody who may read the manifest or the pod has it",
            help="put it into a Secret and use valueFrom.secretKeyRef, or mount it as a file",
        )
