"""A new type of update strategy beside the `rollingUpdate` that the server filled in.

Where the first manifest says no strategy, the server writes `type: RollingUpdate` and `rollingUpdate` with its defaults.
A manifest that now says only `type: Recreate` (or `OnDelete` in a StatefulSet) leaves that part in the object, since
nobody who applies owns it: the server refuses the pair ("may not be specified when strategy `type` is 'Recreate'",
422). Client-side `kubectl apply` takes a Deployment, because its patch drops the other keys; server-side apply, Flux,
Argo CD with server-side apply, and any other patch do not. For a StatefulSet all of them fail.

Change it in two steps: first apply the old type with every field of `rollingUpdate` written, then the new type without.
`rollingUpdate: null` helps where the client sends a patch, and not with server-side apply.

See https://kubernetes.io/docs/reference/using-api/server-side-apply/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Changes, Deployment, Findings, Node, StatefulSet, rule


@rule(Category.RISKY)
def check(changes: Changes) -> Findings:
    """Follows SetDefaults_Deployment and SetDefaults_StatefulSet, and what validation says to the pair."""
    for old, new in changes.of(Deployment):
        yield from _judged(old.spec["strategy"], new.spec["strategy"], ("maxSurge", "maxUnavailable"), False)
    filled = ("partition", "maxUnavailable") if changes.new.minor >= 37 else ("partition",)
    for before, after in changes.of(StatefulSet):
        was = before.spec["updateStrategy"]
        if was.get("type") and not was["rollingUpdate"].present:
            continue  # with a type the server fills nothing in
        yield from _judged(was, after.spec["updateStrategy"], filled, True)


def _judged(old: Node, new: Node, filled: tuple[str, ...], always: bool) -> Findings:
    """The part of `rollingUpdate` that the server filled in stays; `always`: also with client-side apply."""
    kind = str(new.get("type", ""))
    if old.get("type", "RollingUpdate") != "RollingUpdate" or kind in ("", "RollingUpdate"):
        return
    left = [name for name in filled if old["rollingUpdate"].get(name) is None]
    if not left or new.get("rollingUpdate") is not None:
        return
    who = (
        "by every client"
        if always
        else "with server-side apply and by other patches (kubectl's client-side apply passes)"
    )
    yield new["type"].found(
        f"the running {new.root.get('kind')} keeps the rollingUpdate that the server filled in by default ({', '.join(left)})",
        consequence=f"type {kind} beside it is refused {who}: 422 Invalid, rollingUpdate may not be specified",
        help=(
            f"in two steps: first apply type RollingUpdate with rollingUpdate: {{{': …, '.join(filled)}: …}}, then type {kind}; "
            "rollingUpdate: null helps only where the client sends a patch"
        ),
    )
