"""An Event without what its API requires.

Events of events.k8s.io, and those of the core API that set `eventTime`, need a reporting controller and instance, an
action and a reason, all short; their object's namespace is the event's own. The API server refuses others.
Controllers write events; manifests rarely should.

Add what is missing, or leave the event to its controller.

See https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
"""

from __future__ import annotations

from kubetrial.lint.authoring import AnyEvent, Category, Findings, rule
from kubetrial.lint.values import names

_OLD = ("involvedObject", "reportingComponent", "message")
_NEW = ("regarding", "reportingController", "note")


@rule(Category.REJECTED)
def check(event: AnyEvent) -> Findings:
    """Find events that cannot be told; follows legacyValidateEvent in pkg/apis/core/validation."""
    values = event.mapping()
    old = event.api_version == "v1"
    about, controller, note = _OLD if old else _NEW
    namespace = event.namespace or "default"
    theirs = (values.get(about) or {}).get("namespace") or ""
    allowed: tuple[str, ...] = (theirs,)
    if values.get("eventTime") is None:
        allowed = ("default",) if not theirs else (theirs,)
    elif not theirs:
        allowed = ("default", "kube-system")
    else:
        allowed = (namespace,)
    if namespace not in allowed:
        yield event[about]["namespace"].found(
            f"the event is in the namespace {namespace}, and its object in `{theirs}`",
            help="write the same namespace twice",
            path="involvedObject.namespace",
        )
    if values.get("eventTime") is not None:
        who = values.get(controller) or ""
        if reason := names.qualified_name(who):
            yield event[controller].found(
                f"{controller} is `{who}`: {reason}", help="name the controller, as example.com/controller"
            )
        for field in ("reportingInstance", "action", "reason"):
            text = values.get(field) or ""
            if not text:
                yield event[field].found(
                    f"`{field}` is missing; an event with eventTime needs it", help=f"write `{field}`"
                )
            elif len(text.encode("utf-8", "surrogatepass")) > 128:
                yield event[field].found(f"{field} has more than 128 bytes", help="shorten it")
        if len((values.get(note) or "").encode("utf-8", "surrogatepass")) > 1024:
            yield event[note].found(f"{note} has more than 1024 bytes", help="shorten it", path="message")
    if old:
        return
    if values.get("deprecatedCount"):
        yield event["deprecatedCount"].found(
            "deprecatedCount cannot be set in this API", help="use series", key=True, path="count"
        )
    source = values.get("deprecatedSource") or {}
    if source.get("component") or source.get("host"):
        yield event["deprecatedSource"].found(
            "deprecatedSource cannot be set in this API", help="use reportingController", key=True, path="source"
        )
