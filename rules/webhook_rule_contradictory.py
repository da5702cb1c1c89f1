"""A rule about requests whose wildcards swallow its other entries.

`*` means every operation, group or version, and nothing may stand beside it; `*/*` means every resource and subresource, `pods/*`
every subresource of pods, `*/scale` the subresource of every resource. A policy that changes objects has nothing to change in a
DELETE. The API server refuses such rules, in webhooks and in admission policies.

Keep the wildcard alone, or list what is meant.

See https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules
"""

from __future__ import annotations

from kubetrial.lint.authoring import AdmissionRule, Category, Findings, PolicyRequestRule, WebhookRule, rule, shown


@rule(Category.REJECTED, needs=("apiGroups", "apiVersions", "operations", "resources"))
def check(requests: WebhookRule | PolicyRequestRule) -> Findings:
    """Find rules that say something twice; follows validateRuleWithOperations in pkg/apis/admissionregistration/validation."""
    values = requests.value
    for field in ("operations", "apiGroups", "apiVersions"):
        listed = values.get(field)
        if listed and len(listed) > 1 and "*" in listed:
            yield requests[field].found(
                f"`*` in {field} means all of them, and nothing may stand beside it",
                help="keep `*` alone, or remove it",
            )
    for index, version in enumerate(values.get("apiVersions") or ()):
        if not version:
            yield requests["apiVersions"][index].found("a version is empty", help="write one, such as v1, or `*`")
    resources = values.get("resources")
    if resources:
        yield from _resources(requests, [resource or "" for resource in resources])
    if "DELETE" in (values.get("operations") or ()) and _changes(requests):
        place = requests["operations"][values["operations"].index("DELETE")]
        yield place.found("a deletion cannot be changed by a mutating policy", help="list CREATE, UPDATE or CONNECT")


def _changes(requests: AdmissionRule) -> bool:
    """Whether it stands in a policy that changes objects, among the rules that include requests."""
    above = requests.parent
    kind = requests.root.get("kind", "")
    return above is not None and above.key == "resourceRules" and str(kind).startswith("MutatingAdmissionPolicy")


def _resources(requests: AdmissionRule, resources: list[str]) -> Findings:
    node = requests["resources"]
    all_of: set[str] = set()
    everywhere: set[str] = set()
    plain_last = False
    for index, resource in enumerate(resources):
        if not resource:
            yield node[index].found("a resource is empty", help="write one, such as pods, or `*`")
            continue
        name, slash, sub = resource.partition("/")
        if not slash:
            plain_last = resource != "*"
            continue
        if name in all_of:
            yield node[index].found(
                f"`{name}/*` stands in the list, and means {shown(resource)} too", help=f"remove {shown(resource)}"
            )
        if sub in everywhere:
            yield node[index].found(
                f"`*/{sub}` stands in the list, and means {shown(resource)} too", help=f"remove {shown(resource)}"
            )
        if sub == "*":
            all_of.add(name)
        if name == "*":
            everywhere.add(sub)
    if len(resources) > 1 and "*/*" in resources:
        yield node.found(
            "`*/*` means every resource, and nothing may stand beside it", help="keep `*/*` alone, or remove it"
        )
    if "*" in resources and plain_last:
        yield node.found(
            "`*` means every resource, and no resource may stand beside it",
            help="keep `*` and subresources, or remove `*`",
        )
