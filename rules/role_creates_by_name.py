"""A role that allows `create` for named objects only, which never allows it.

The name of an object that is to be created is not part of the request that RBAC sees, and a collection has none. A rule
with `resourceNames` compares the name, so these verbs are always refused ("forbidden: User cannot create").

Write a rule of its own for these verbs, without resourceNames.

See https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule


@rule(Category.RISKY, needs=("resourceNames",))
def check(policy: PolicyRule) -> Findings:
    """Follows ResourceNameMatches in pkg/apis/rbac/v1; a sub-resource's create (pods/exec) names its object.

    So does an apply that makes the object (PatchResource in pkg/endpoints/handlers): it asks for create with the name.
    """
    if not policy.get("resourceNames") or not isinstance(policy.get("resources"), list):
        return
    if any("/" in str(resource) or resource == "*" for resource in policy.get("resources")):
        return
    if policy.root.get("kind") not in ("Role", "ClusterRole"):
        return
    groups = policy.get("apiGroups")
    if isinstance(groups, list) and all("." in str(group) and not str(group).endswith(".k8s.io") for group in groups):
        return  # a program may ask about resources of its own, and give their names (SubjectAccessReview)
    for verb in policy["verbs"].items():
        if verb.value in ("create", "deletecollection") and not _is_granted_without_names(policy, verb.value):
            applies = verb.value == "create" and "patch" in policy.get("verbs")
            yield verb.found(
                f"`{verb.value}` beside resourceNames is not allowed: a create request and a collection carry no name",
                consequence="the request is refused: forbidden; only server-side apply, which is a patch, may make these objects"
                if applies
                else "the request is refused: forbidden",
                help=f"write a rule of its own for {verb.value}, without resourceNames",
                related=(("the names", policy["resourceNames"]),),
            )


def _is_granted_without_names(policy: PolicyRule, verb: str) -> bool:
    """Whether another rule of the role allows the verb on these resources, whatever the name."""
    wanted = set(map(str, policy.get("resources")))
    for other in policy.root["rules"].items():
        resources, verbs = other["resources"].value, other["verbs"].value
        if other.get("resourceNames") or not isinstance(resources, list) or not isinstance(verbs, list):
            continue
        if (verb in verbs or "*" in verbs) and ("*" in resources or wanted <= set(map(str, resources))):
            return True
    return False
