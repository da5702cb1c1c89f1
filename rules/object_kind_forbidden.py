"""An object of a kind that the configuration forbids.

Silent unless configured: `kinds` lists kinds, `Kind` or `group/version/Kind`, with `*` for any text.

Remove the object, or change the configuration.

See https://kubernetes.io/docs/reference/using-api/
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from kubetrial.lint.authoring import Category, Findings, Object, rule


@rule(Category.ADVICE)
def check(obj: Object, *, kinds: tuple[str, ...] = ()) -> Findings:
    """Find objects whose kind matches a pattern of the configuration."""
    full = f"{obj.api_version}/{obj.kind}"
    if any(fnmatchcase(full if "/" in pattern else obj.kind, pattern) for pattern in kinds):
        yield obj["kind"].found(f"{obj.kind} is not wanted here", help="use another kind, or remove the object")
