"""A rewrite-target with `$N` for a path that has no such group.

ingress-nginx reads the paths of an Ingress with `rewrite-target` as regular expressions, and `$1` is what the first
group of the path has matched. A path without that group leaves nothing: every request is rewritten to the rest of the
target, mostly `/`.

Write a group into the path, such as `/api(/|$)(.*)` with `/$2` (and `use-regex: "true"`), or leave `$N` out.

See https://kubernetes.github.io/ingress-nginx/examples/rewrite/
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import Category, Findings, Ingress, rule

_TARGET = re.compile(r"nginx\.ingress\.kubernetes\.io/rewrite-target$|nginx\.org/rewrite-target$")


@rule(Category.RISKY, needs=("rules",))
def check(ingress: Ingress) -> Findings:
    """The highest `$N` of the target against the groups of each path."""
    target = next((str(v) for k, v in ingress.annotations.items() if _TARGET.search(str(k)) and isinstance(v, str)), "")
    most = max((int(number) for number in re.findall(r"\$(\d)", target)), default=0)
    if not most:
        return
    for one in ingress["spec"]["rules"].items():
        for path in one["http"]["paths"].items():
            text = path.get("path", "/")
            groups = len(re.findall(r"(?<!\\)\((?!\?(?!P?<\w))", text)) if isinstance(text, str) else most
            if groups < most and not any(sign in text for sign in ("${", "{{")):
                left = re.sub(r"[$][0-9]", "", target)[:80] or "/"
                yield path["path"].found(
                    f"the path {text[:80]} has {groups or 'no'} group{'s' * (groups > 1)}, and the rewrite-target {target[:80]} "
                    f"asks for group {most}",
                    consequence=f"${most} is empty: requests are rewritten to {left}, whatever was asked for",
                    help=f"write a group for it, such as {text.rstrip('/')[:60]}(/|$)(.*) with /$2, or leave ${most} out",
                )
