"""A path of type Exact or Prefix that is written as a regular expression.

These types compare the path as it is written: `/api/.*` matches only a request for that very text.

Write the plain path with the type Prefix, or the type ImplementationSpecific and the annotation by which the controller
takes paths as patterns.

See https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import Category, Cluster, Findings, Ingress, rule

_PATTERN = re.compile(r"\.[*+]|\[[^\]\[]+\][*+]|\([^(]*\)|\\[dw]|\[0-9\]|\[a-z|\$$|/\*$")
_LITERAL = re.compile(r"nginx|traefik|haproxy|kong|contour|cilium|istio")
"""Classes whose controllers, all of clusters and not of clouds, take a star for a star."""


@rule(Category.RISKY, needs=("rules",))
def check(ingress: Ingress, cluster: Cluster) -> Findings:
    """Paths with signs of a pattern; nothing where an Ingress of the set has annotations that change how paths are read."""
    spec = ingress["spec"]
    for place in spec["rules"].items():
        for path in place["http"]["paths"].items():
            text, kind = path.get("path"), path.get("pathType")
            if not isinstance(text, str) or not _PATTERN.search(text):
                continue
            nginx = _is_nginx(ingress)
            if kind not in ("Exact", "Prefix") and not (kind == "ImplementationSpecific" and nginx):
                continue
            if text.endswith("/*") and not _PATTERN.search(text[:-2]) and not _LITERAL.search(_class(ingress)):
                continue  # controllers of clouds take it for a prefix
            if any(_reads_patterns(one) for one in (ingress, *cluster.beside(ingress, Ingress))):
                return
            yield path["path"].found(
                f"{text[:80]} is a pattern, and the path type {kind} takes it as literal text",
                consequence="requests that the pattern should match are answered with 404",
                help="write the plain path with pathType Prefix, or nginx.ingress.kubernetes.io/use-regex for a pattern"
                if nginx
                else "write the plain path with pathType Prefix, or ImplementationSpecific where the controller reads patterns",
            )


def _class(ingress: Ingress) -> str:
    """The name of the class, written in either way."""
    return str(ingress["spec"].get("ingressClassName") or ingress.annotations.get("kubernetes.io/ingress.class"))


def _is_nginx(ingress: Ingress) -> bool:
    """Whether the class is that of ingress-nginx, by its usual name."""
    return _class(ingress) in ("nginx", "ingress-nginx", "nginx-internal", "nginx-external")


def _reads_patterns(ingress: Ingress) -> bool:
    """Whether an annotation changes how paths are read: regular expressions, rewrites, snippets and the like."""
    written = ingress["metadata"]["annotations"].mapping()
    keys = " ".join(str(key) for key, value in written.items() if value != "false")
    return re.search(r"regex|rewrite|path|snippet|strip|alb\.|traefik|konghq|haproxy", keys) is not None
