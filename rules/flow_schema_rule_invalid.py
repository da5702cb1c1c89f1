"""A rule of a FlowSchema that no request could match as it is written.

Verbs are the API's own or `*` alone; so are the lists of groups, resources, namespaces and URLs, where `*` stands
alone; rules about namespaced resources need `namespaces`; URLs begin with `/`, and end with `/*` for all below.

Write `verbs: ["*"]`, and `clusterScope: true` or `namespaces: ["*"]` for resources.

See https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#flowschema
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, FlowRule, rule
from kubetrial.lint.values import names
from kubetrial.lint.values.nearest import nearest
from kubetrial.lint.values.respelled import instead

_VERBS = ("get", "list", "create", "update", "delete", "deletecollection", "patch", "watch", "proxy")


@rule(Category.REJECTED)
def check(matched: FlowRule) -> Findings:
    """Find lists that cannot match; empty ones are said by the schema."""
    values = matched.mapping()
    for field in ("verbs", "apiGroups", "resources", "namespaces", "nonResourceURLs"):
        items = [item or "" for item in values.get(field) or ()]
        node = matched[field]
        if "*" in items:
            if len(items) > 1:
                yield node.found(f"`*` stands beside others in `{field}`", help="write `*` alone")
            continue
        for index, item in enumerate(items):
            reason = _problem(field, item)
            if reason:
                place = node[index]
                yield place.found(
                    f"`{item}` in `{field}`: {reason}",
                    help=_instead(field, item),
                    path=node.path if field == "verbs" else "",
                )
    about_resources = matched.parent is not None and matched.parent.key == "resourceRules"
    if about_resources and not values.get("namespaces") and not values.get("clusterScope"):
        yield matched["namespaces"].found(
            "a rule about namespaced resources needs `namespaces`",
            help='write `namespaces: ["*"]`, or `clusterScope: true`',
        )


def _instead(field: str, item: str) -> str:
    """What to write in place of an item that cannot match."""
    if field == "verbs":
        close = nearest(item, _VERBS)
        return f"write `{close}`" if close else "write one of these verbs"
    if field == "nonResourceURLs":
        return "write a path such as `/healthz` or `/metrics/*`"
    return instead(item, lambda text: _problem(field, text))


def _problem(field: str, item: str) -> str | None:
    if field == "verbs":
        return None if item in _VERBS else f"supported: {', '.join(_VERBS)}, and `*` alone"
    if field == "namespaces":
        return names.dns_label(item)
    if field != "nonResourceURLs" or item == "/":
        return None
    if not item.startswith("/"):
        return "a URL's path begins with `/`"
    if " " in item or "//" in item:
        return "a path has no blanks and no `//`"
    if item.count("*") > 1 or ("*" in item and not item.endswith("/*")):
        return "`*` stands only at the end, after `/`"
    return None
