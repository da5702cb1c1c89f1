"""A schema of a custom resource that is not structural.

The API server prunes, defaults and documents custom resources by their schemas, and takes only such as say the type of every
field outside of allOf, anyOf, oneOf and not, without references, with defaults that fit, and with lists and maps of a known kind.

Give each field its type, and write in logical words only what restricts values.

See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
"""

from __future__ import annotations

from kubetrial.lint.api.custom import structural
from kubetrial.lint.authoring import Category, CustomResourceDefinition, Findings, rule


@rule(Category.REJECTED, needs=("versions",))
def check(crd: CustomResourceDefinition) -> Findings:
    """Find schemas that are refused; follows validateCustomResourceDefinitionValidation in apiextensions-apiserver."""
    for schema, status in crd.schemas():
        yield from structural.problems(schema, status)
