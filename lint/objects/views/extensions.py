"""Kinds that others serve: definitions and aggregated APIs."""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.objects.views.base import Object
from kubetrial.lint.yaml.node import Node


class APIService(Object):
    """A group and version that another server answers."""

    __slots__ = ()
    schema = "apiregistration.v1.APIService"


class CustomResourceDefinition(Object):
    """A kind of one's own."""

    __slots__ = ()
    schema = "apiextensions.v1.CustomResourceDefinition"

    def schemas(self) -> Iterator[tuple[Node, bool]]:
        """The schemas of its versions, the same one once, and whether the status is a subresource there."""
        versions = list(self["spec"]["versions"].items())
        values = [version["schema"].value for version in versions]
        statuses = [version["subresources"]["status"].present for version in versions]
        same = all(value == values[0] for value in values)
        for version, status in zip(versions, statuses, strict=True):
            schema = version["schema"]["openAPIV3Schema"]
            if schema.value.__class__ is dict:
                yield schema, any(statuses) if same else status
            if same:
                return
