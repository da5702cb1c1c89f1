"""A name, generateName or namespace that the API server does not take for this kind.

Most names are DNS subdomains: lower-case letters, digits, '-' and '.', at most 253 characters. Some kinds are
stricter, because the name becomes part of a host name or label (Namespace, Service, StatefulSet: at most 63
characters and no dots), some are laxer (roles, budgets: anything without '/' and '%'), and some names follow from the
spec (CustomResourceDefinition: `<plural>.<group>`). `generateName` has the same form and may end with '-'.

Write a name of that form.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kubetrial.lint.authoring import Category, Cluster, CustomResourceDefinition, Findings, Object, rule
from kubetrial.lint.objects.identity import BUILT_IN, is_of_server
from kubetrial.lint.values import names
from kubetrial.lint.values.listed import article
from kubetrial.lint.values.respelled import instead

Form = Callable[[str], "str | None"]

# (group, kind) -> the form of its name. Every other kind, custom ones too: a DNS subdomain.
_FORMS: dict[tuple[str, str], Form] = {
    ("", "Namespace"): names.dns_label,
    ("apps", "StatefulSet"): names.dns_label,
    ("rbac.authorization.k8s.io", "Role"): names.path_segment,
    ("rbac.authorization.k8s.io", "ClusterRole"): names.path_segment,
    ("rbac.authorization.k8s.io", "RoleBinding"): names.path_segment,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): names.path_segment,
    ("policy", "PodDisruptionBudget"): names.path_segment,
    ("certificates.k8s.io", "CertificateSigningRequest"): names.path_segment,
    ("", "Event"): names.path_segment,
    ("coordination.k8s.io", "LeaseCandidate"): names.config_map_key,
}
_BY_SPEC = frozenset((
    ("", "Service"),
    ("networking.k8s.io", "IPAddress"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("apiregistration.k8s.io", "APIService"),
    ("certificates.k8s.io", "ClusterTrustBundle"),
))  # fmt: skip
# What is never stored has no name to check; the name of a StorageVersion is given by the server itself.
_UNNAMED_GROUPS = ("authentication.k8s.io", "authorization.k8s.io", "internal.apiserver.k8s.io")
# Groups that other API servers serve, with forms of their own: of OpenShift's Groups and Users, for instance.
_OWN_SERVERS = (".openshift.io", ".metrics.k8s.io")
# Here the server checks the name that it has made, and never the prefix; until 1.34 it looked at both.
_ONLY_RESULT = (("", "ReplicationController"), ("resource.k8s.io", "DeviceClass"))
_ONLY_RESULT_SINCE = 35


@rule(Category.REJECTED)
def check(obj: Object, cluster: Cluster) -> Findings:
    """Find names that do not have the form of their kind; follows ValidateObjectMeta and each kind's validation."""
    metadata = obj.value.get("metadata")
    if metadata.__class__ is not dict:
        return
    name, prefix, namespace = metadata.get("name"), metadata.get("generateName"), metadata.get("namespace")
    kind = (obj.group, obj.kind)
    if (name or prefix) and kind[0] not in _UNNAMED_GROUPS and is_of_server(kind[0]):
        usual = names.path_segment if kind[0].endswith(_OWN_SERVERS) else names.dns_subdomain
        form = _form_by_spec(obj, kind, cluster.minor) if kind in _BY_SPEC else _FORMS.get(kind, usual)
        if name.__class__ is str and name:
            reason = form(name)
            if reason is not None:
                yield obj.at("metadata", "name").found(
                    f"the name `{name}` is not one for {article(kind[1])} {kind[1]}: {reason}",
                    help=_instead(name, form, reason),
                )
        if prefix.__class__ is str and prefix:
            only_result = kind in _ONLY_RESULT and cluster.minor >= _ONLY_RESULT_SINCE
            reason = _prefix_problem(prefix, form, only_result=only_result, named=bool(name))
            if reason is not None:
                yield obj.at("metadata", "generateName").found(
                    f"names that begin with `{prefix}` are not for {article(kind[1])} {kind[1]}: {reason}",
                    help="write `web-`, or another beginning that such names can have",
                    path="metadata.name" if only_result and not name else "",
                )
    if namespace.__class__ is str and namespace:
        reason = names.dns_label(namespace)
        if reason is not None and _is_namespaced(obj, cluster):
            yield obj.at("metadata", "namespace").found(
                f"the namespace `{namespace}` is malformed: {reason}", help=instead(namespace, names.dns_label)
            )


def _instead(name: str, form: Form, reason: str) -> str:
    """The name that the object must have, where there is only one, else the nearest one that it can have."""
    only = re.search("it must be `([^`]+)`", reason)
    return f"write `{only[1]}`" if only else instead(name, form)


def _prefix_problem(prefix: str, form: Form, *, only_result: bool, named: bool) -> str | None:
    if form is names.path_segment:
        return form(prefix)
    if only_result:
        return names.path_segment(prefix) if named else form(prefix[:58] + "xxxxx")
    return form(names.generate_name_base(prefix))


def _form_by_spec(obj: Object, kind: tuple[str, str], minor: int) -> Form:
    """The form of a name that depends on the object's spec, or on the version of Kubernetes."""
    spec = obj["spec"]
    if kind[1] == "Service":
        return names.dns_label if minor >= 36 else names.dns1035_label
    if kind[1] == "IPAddress":
        from kubetrial.lint.values import addresses

        return addresses.ip_problem
    if kind[1] == "ClusterTrustBundle":
        return _bundle_form(spec.get("signerName"))
    if kind[1] == "CustomResourceDefinition":
        parts = (spec["names"].get("plural"), spec.get("group"))
    else:
        parts = (spec.get("version"), spec.get("group", ""))
    if not parts[0] or any(part.__class__ is not str for part in parts):
        return names.dns_subdomain
    needed = ".".join(parts)
    return lambda text: None if text == needed else f"it must be `{needed}`, as its spec says"


def _bundle_form(signer: object) -> Form:
    """A ClusterTrustBundle of a signer begins with the signer's name, '/' written as ':'."""
    if not isinstance(signer, str) or not signer:
        return names.dns_subdomain
    start = signer.replace("/", ":") + ":"
    return lambda text: (
        names.dns_subdomain(text[len(start) :])
        if text.startswith(start)
        else f"it must begin with `{start}`, the signer's name"
    )


def _is_namespaced(obj: Object, cluster: Cluster) -> bool:
    """Whether the kind lives in namespaces: of others the server drops the field.

    Of a kind that nothing here defines, the namespace that somebody wrote says so.
    """
    from kubetrial.lint.api.walk import Catalogue

    entry = Catalogue().kinds().get(obj.api_version, {}).get(obj.kind)
    if entry is not None:
        return bool(entry["namespaced"])
    if obj.group in BUILT_IN or not is_of_server(obj.group):
        return False
    return (obj.group, obj.kind) not in cluster.once(_everywhere)


def _everywhere(cluster: Cluster) -> frozenset[tuple[str, str]]:
    """Group and kind of what the definitions of the set do not put into namespaces."""
    specs = [crd["spec"] for crd in cluster.all(CustomResourceDefinition)]
    return frozenset(
        (str(spec.get("group")), str(spec["names"].get("kind"))) for spec in specs if spec.get("scope") != "Namespaced"
    )
