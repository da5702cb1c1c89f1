"""Versions of a custom resource that contradict one another.

Exactly one version is stored, names are given once, every version has a schema, and only a deprecated version has a warning about
it. `preserveUnknownFields: true` is gone: schemas say themselves which fields they keep. The API server refuses the rest.

Set `storage: true` in one version, and write `schema.openAPIV3Schema` in each.

See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CustomResourceDefinition, Findings, Node, rule

MAX_WARNING = 256


@rule(Category.REJECTED)
def check(crd: CustomResourceDefinition) -> Findings:
    """Find versions that contradict one another; follows validateCustomResourceDefinitionSpec in apiextensions-apiserver."""
    spec = crd.mapping().get("spec")
    if spec is None:
        return
    if spec.get("preserveUnknownFields") is True:
        yield crd["spec"]["preserveUnknownFields"].found(
            "preserveUnknownFields cannot be true",
            help="write x-kubernetes-preserve-unknown-fields in the schema where fields are kept",
        )
    versions = [version or {} for version in spec.get("versions") or ()]
    node = crd["spec"]["versions"]
    stored = sum(version.get("storage") is True for version in versions)
    if stored != 1:
        said = "no version is" if not stored else f"{stored} versions are"
        yield node.found(
            f"{said} stored; exactly one has `storage: true`", help="set `storage: true` in one version", key=True
        )
    names = [version.get("name") for version in versions]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield node.found(f"the version `{name}` stands twice", help="remove one of them", key=True)
    for index, version in enumerate(versions):
        if (version.get("schema") or {}).get("openAPIV3Schema") is None:
            yield node[index]["schema"]["openAPIV3Schema"].found(
                f"the version `{version.get('name')}` has no schema", help="write schema.openAPIV3Schema", key=True
            )
        warning = version.get("deprecationWarning")
        if warning is not None:
            yield from _warning(node[index]["deprecationWarning"], warning, version.get("deprecated") is True)


def _warning(node: Node, text: str, deprecated: bool) -> Findings:
    if not deprecated:
        yield node.found(
            "only a deprecated version warns of its deprecation", help="set `deprecated: true`, or remove it", key=True
        )
    elif not text:
        yield node.found("the warning is empty", help="write it, or remove the field")
    elif len(text.encode("utf-8", "surrogatepass")) > MAX_WARNING:
        yield node.found(f"the warning is longer than {MAX_WARNING} bytes", help="shorten it")
    elif not text.isprintable():
        yield node.found(
            "the warning has signs that are not printed, such as a line break", help="write it on one line"
        )
