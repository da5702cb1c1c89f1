"""A Secret whose value ends with a line feed and becomes a variable.

`echo secret | base64` encodes the line feed that echo adds, and a block scalar (`|`) in stringData keeps the last one.
As a variable the value reaches the program with it: a login with that password, or a token in a header, fails, though
both look right in every listing.

Encode with `echo -n` or `printf %s`, or write `|-` in stringData.

See https://kubernetes.io/docs/tasks/configmap-secret/managing-secret-using-config-file/
"""

from __future__ import annotations

import base64
import binascii

from kubetrial.lint.authoring import Category, Cluster, Findings, Secret, Workload, is_sure, rule
from kubetrial.lint.objects.config_uses import names_of, read_once


@rule(Category.RISKY, needs=("data", "stringData"))
def check(secret: Secret, cluster: Cluster) -> Findings:
    """Values of one line that end with a line feed, and that a workload of the set reads as a variable."""
    ending = [node for field in ("data", "stringData") for node in secret[field].fields() if _ends(node.value, field)]
    if not ending:
        return
    for workload in cluster.once(_readers).get((secret.namespace or "default", secret.name), ()):
        if not ending:
            return
        if not is_sure(cluster, workload, secret):
            continue
        uses = [(place, key) for place, key in read_once(workload.pod, "Secret", secret.name) if "env" in place.path]
        for node in ending:
            place = next((place for place, key in uses if key in (None, node.key)), None)
            if place is not None:
                yield node.found(
                    f"the value of {node.key} ends with a line feed, and {workload.kind} {workload.name} reads it as a variable",
                    consequence="the program gets the value with the line feed (\\n, a newline): logins with it fail",
                    help="encode it with echo -n or printf %s"
                    if node.parent and node.parent.key == "data"
                    else "write |- instead of |",
                    related=(("it is read here", place),),
                )
                ending = [other for other in ending if other is not node]


def _readers(cluster: Cluster) -> dict[tuple[str, str], list[Workload]]:
    """(namespace, name) of each Secret -> the workloads that name it."""
    found: dict[tuple[str, str], list[Workload]] = {}
    for workload in cluster.all(Workload):
        for kind, name in set(names_of(workload.pod)):
            if kind == "Secret":
                found.setdefault((workload.namespace or "default", name), []).append(workload)
    return found


def _ends(value: object, field: str) -> bool:
    if not isinstance(value, str) or len(value) > 2000:
        return False
    if field == "stringData":
        return _is_one_line(value)
    try:
        text = base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return False
    return _is_one_line(text)


def _is_one_line(text: str) -> bool:
    """Whether a text is one line with its end: a longer one is a file."""
    return text.endswith("\n") and "\n" not in text[:-1] and len(text) > 1
