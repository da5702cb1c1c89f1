"""A container gets a Secret by its environment.

Environment variables are inherited by child processes, end up in crash reports and debug pages, and are shown by
`kubectl exec … env`; a changed Secret reaches them only by a restart.

Mount the Secret as files, and let the program read them: many images take a variable ending in `_FILE`.

See https://kubernetes.io/docs/concepts/security/secrets-good-practices/#avoid-sharing-secret-manifests
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule


@rule(Category.SECURITY, needs=("env", "envFrom"))
def check(container: Container) -> Findings:
    """Find secretKeyRef and secretRef in env and envFrom, once a container."""
    names, first = [], None
    for index, env in enumerate(container.value.get("env") or ()):
        if env and (env.get("valueFrom") or {}).get("secretKeyRef"):
            names.append(str(env.get("name")))
            first = first or container["env"][index]
    for index, source in enumerate(container.value.get("envFrom") or ()):
        if source and source.get("secretRef"):
            names.append(f"all keys of {source['secretRef'].get('name')}")
            first = first or container["envFrom"][index]
    if first is not None:
        shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        yield first.found(
            f"container {container.name} gets Secrets by its environment: {shown}",
            consequence="child processes, crash reports and debug pages have them too",
            help="mount the Secret as files",
        )
