"""A hook that stays when it has failed, and stops the next installation or upgrade.

With `helm.sh/hook-delete-policy: hook-succeeded` alone Helm deletes the hook only after it went well. One that failed stays, and so does
one whose Helm was interrupted: the next `helm upgrade` wants to make it anew under the same name and stops with `already exists`.

Add `before-hook-creation` to the policies (or say none at all: it is the default).

See https://helm.sh/docs/topics/charts_hooks/#hook-deletion-policies
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Chart, Findings, delete_policies, hook_events, rule

_AGAIN = frozenset(("pre-upgrade", "post-upgrade", "pre-rollback", "post-rollback"))


@rule(Category.RISKY)
def check(chart: Chart) -> Findings:
    """Find hooks of upgrades with a fixed name that are not deleted before they are made again."""
    for obj in chart.objects:
        policies = delete_policies(obj)
        if not hook_events(obj) & _AGAIN or "before-hook-creation" in policies or "hook-failed" in policies:
            continue
        if obj["metadata"].get("generateName") or _changes(
            chart, obj.document.file_of(obj.document.find(("metadata", "name"))[0])
        ):
            continue
        annotation = obj["metadata"]["annotations"]["helm.sh/hook-delete-policy"]
        yield annotation.found(
            f"the hook {obj.kind} {obj.name} stays when it has failed",
            consequence="the next upgrade stops with `already exists` until somebody deletes it by hand",
            help="add before-hook-creation to the policies",
        )


def _changes(chart: Chart, file: str) -> bool:
    """Whether the names in a template may be others each time."""
    texts = [text.text for _, text in chart.templates() if chart.shown(text.file) == file]
    return any(
        word in text for text in texts for word in (".Revision", "rand", "now", "uuidv4", "sha256sum", "adler32")
    )
