"""Parameters of an admission policy that cannot be found.

`paramKind` is the apiVersion and kind of the parameters' objects. A binding chooses them by `name` or by `selector`, never by both.
The API server refuses the rest.

Write apiVersion and kind as the parameters' own manifests have them, and one way to choose.

See https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#parameter-resources
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyParamKind, PolicyParamRef, rule, shown
from kubetrial.lint.values import names


@rule(Category.REJECTED)
def check(parameters: PolicyParamKind | PolicyParamRef) -> Findings:
    """Find parameters that cannot be found; follows validateParamKind and validateParamRef in pkg/apis/admissionregistration."""
    if isinstance(parameters, PolicyParamRef):
        yield from _reference(parameters)
        return
    version, kind = parameters.get("apiVersion", ""), parameters.get("kind", "")
    reason = _version_problem(version) if version else None
    if reason is not None:
        yield parameters["apiVersion"].found(
            f"the parameters' apiVersion is {shown(version)}: {reason}", help="write group/version"
        )
    if kind and (reason := names.dns1035_label(kind.lower())) is not None:
        yield parameters["kind"].found(
            f"the parameters' kind is {shown(kind)}: {reason} (capitals are allowed)",
            help="write the kind as its definition has it: letters and digits, such as ReplicaLimit",
        )


def _version_problem(text: str) -> str | None:
    if text.count("/") > 1:
        return "one '/' at most, between group and version"
    group, _, version = text.rpartition("/")
    if group and (reason := names.dns_subdomain(group)) is not None:
        return f"the group: {reason}"
    if not version:
        return "the version is missing"
    reason = names.dns1035_label(version)
    return None if reason is None else f"the version: {reason}"


def _reference(reference: PolicyParamRef) -> Findings:
    name, selector = reference.get("name"), reference.get("selector")
    if name and selector is not None:
        yield reference["name"].found("`name` and `selector` exclude one another", help="keep one of the two", key=True)
    if not name and selector is None:
        yield reference.found("paramRef chooses no parameters", help="set `name` or `selector`", key=True)
