"""The path of an Ingress rule cannot be matched as it is written.

Exact and Prefix paths are compared segment by segment, so the API server refuses those that do not begin with `/`,
that contain `//`, `/./`, `/../` or an encoded slash, or that end with `/.` or `/..`. ImplementationSpecific paths
need only the `/`.

Write a plain absolute path; for a regular expression use the controller's annotations and `pathType:
ImplementationSpecific`.

See https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, IngressPath, rule


@rule(Category.REJECTED)
def check(rule_path: IngressPath) -> Findings:
    """Find paths that no request can be compared with; follows validateHTTPIngressPath."""
    values = rule_path.mapping()
    kind, path = values.get("pathType"), values.get("path") or ""
    if kind not in ("Exact", "Prefix", "ImplementationSpecific"):
        return
    strict = kind != "ImplementationSpecific"
    node = rule_path["path"]
    if not path.startswith("/") and (path or strict):
        yield node.found(
            f"a path of type {kind} must begin with `/`; " + (f"this one is `{path}`" if path else "it is missing"),
            help=f"write `/{path}`",
        )
    if not strict:
        return
    for part in ("//", "/./", "/../", "%2f", "%2F"):
        if part in path:
            yield node.found(
                f"the path `{path}` contains `{part}`, which {kind} paths cannot", help="write the plain path"
            )
    for end in ("/..", "/."):
        if path.endswith(end):
            yield node.found(
                f"the path `{path}` ends with `{end}`, which {kind} paths cannot", help="write the plain path"
            )
