"""A word of a custom resource's schema that the API server takes and ignores.

A `format` that it does not know, or that does not go with the type, checks nothing. Below `items` and `additionalProperties` even a
misspelt word, such as `requred`, is dropped without an error. The schema then lets values through that it seems to refuse.

Write the word as Kubernetes has it; for a format of your own write a `pattern`.

See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.api.custom import structural
from kubetrial.lint.authoring import Category, Cluster, CustomResourceDefinition, Findings, Node, nearest, rule, shown
from kubetrial.lint.values.listed import article

TEXT = frozenset((
    "bsonobjectid", "byte", "cidr", "creditcard", "date", "datetime", "duration", "email", "hexcolor", "hostname", "ipv4", "ipv6",
    "isbn", "isbn10", "isbn13", "mac", "password", "rgbcolor", "ssn", "uri", "uuid", "uuid3", "uuid4", "uuid5",
))  # fmt: skip
SINCE_35 = frozenset(("k8sshortname", "k8slongname"))
NUMBERS = {"integer": ("int32", "int64"), "number": ("float", "double")}


@rule(Category.RISKY, needs=("versions",))
def check(crd: CustomResourceDefinition, cluster: Cluster) -> Findings:
    """Find words without effect; follows getUnrecognizedFormatsInCRD, and what non-strict decoding drops, as measured."""
    for schema, _ in crd.schemas():
        formats: dict[tuple[str, str], list[Node]] = {}
        yield from _ignored(schema, schema.value, cluster.minor, formats, False, 0)
        for (form, kind), places in formats.items():
            more = len(places) - 1
            again = f" (and so in {more} more place{'s' * (more > 1)} of this schema)" if more else ""
            yield places[0].found(
                f"the format {shown(form)} of {article(str(kind))} {kind} is unknown to the API server, and checks nothing{again}",
                help="write a known one, or a `pattern`",
            )


def _ignored(
    node: Node, value: Any, minor: int, formats: dict[tuple[str, str], list[Node]], loose: bool, depth: int
) -> Findings:
    """Words that are dropped; what has an unknown format is added to `formats`, by format and type."""
    if value.__class__ is not dict or depth > structural.MAX_DEPTH:
        return
    form = value.get("format")
    if form.__class__ is str and form and not _is_known(form, value, minor):
        formats.setdefault((form, str(value.get("type") or "string")), []).append(node["format"])
    if loose:
        for name in value:
            if name not in structural.WORDS:
                close = nearest(name, structural.WORDS)
                yield node[name].found(
                    f"`{name}` is no word of schemas, and the API server drops it here without an error",
                    help=f"write `{close}`" if close else "remove it",
                    key=True,
                )
    for path, inner in structural.inner_schemas(value):
        yield from _ignored(
            node.at(*path), inner, minor, formats, loose or path[0] in ("items", "additionalProperties"), depth + 1
        )


def _is_known(form: str, value: Mapping[str, Any], minor: int) -> bool:
    kind = value.get("type") or "string"
    if kind == "string":
        bare = form.replace("-", "")
        return bare in TEXT or (minor >= 35 and bare in SINCE_35)
    return form in NUMBERS.get(str(kind), ())
