"""What every object has: names, metadata, label selectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.facts import selectors
from kubetrial.lint.yaml.node import Node


class Object(Node):
    """Any Kubernetes object: what stands at the root of a document or in a List."""

    # What rules across objects ask for very often is worked out once.
    __slots__ = ("_group", "_kind", "_name", "_namespace")

    @property
    def api_version(self) -> str:
        """`apps/v1`."""
        return str(self.get("apiVersion", ""))

    @property
    def group(self) -> str:
        """`apps`; empty for the core group."""
        try:
            return self._group
        except AttributeError:
            self._group: str = self.api_version.rpartition("/")[0]
            return self._group

    @property
    def kind(self) -> str:
        """`StatefulSet`."""
        try:
            return self._kind
        except AttributeError:
            self._kind: str = str(self.get("kind", ""))
            return self._kind

    @property
    def name(self) -> str:
        """The object's name, or its generateName with `*`; empty where it has neither."""
        try:
            return self._name
        except AttributeError:
            metadata = self._metadata()
            name, generated = metadata.get("name"), metadata.get("generateName")
            self._name: str = str(name) if name else f"{generated}*" if generated else ""
            return self._name

    @property
    def namespace(self) -> str:
        """The namespace that the manifest names; empty where it names none."""
        try:
            return self._namespace
        except AttributeError:
            namespace = self._metadata().get("namespace", "")
            self._namespace: str = namespace if isinstance(namespace, str) else ""
            return self._namespace

    @property
    def labels(self) -> Mapping[str, Any]:
        """The object's labels."""
        return self._of_metadata("labels")

    @property
    def annotations(self) -> Mapping[str, Any]:
        """The object's annotations."""
        return self._of_metadata("annotations")

    def _of_metadata(self, name: str) -> Mapping[str, Any]:
        found = self._metadata().get(name)
        return found if found.__class__ is dict else {}

    def _metadata(self) -> dict[str, Any]:
        metadata = self.get("metadata")
        return metadata if metadata.__class__ is dict else {}

    def __str__(self) -> str:
        """`StatefulSet shop/web`."""
        name = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {name}".strip()


class Metadata(Node):
    """The metadata of an object, of a pod template, or of a template for another object."""

    __slots__ = ()
    schema = "meta.v1.ObjectMeta"

    @property
    def of_object(self) -> bool:
        """Whether it is an object's own, and not a template's."""
        return self.parent is not None and self.parent.parent is None

    @property
    def unchecked(self) -> bool:
        """Whether the server does not look into it: of a CronJob's Jobs, of volumeClaimTemplates, and of reviews, which
        are answered and not kept.
        """
        above = self.parent
        if above is None:
            return False
        if above.parent is None:
            return str(above.get("apiVersion")).startswith(("authentication.k8s.io/", "authorization.k8s.io/"))
        return above.key == "jobTemplate" or above.parent.key == "volumeClaimTemplates"


class LabelSelector(Node):
    """A choice of objects by their labels."""

    __slots__ = ()
    schema = "meta.v1.LabelSelector"

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing, and so matches everything."""
        return not self.get("matchLabels") and not self.get("matchExpressions")

    def matches(self, labels: Mapping[str, Any]) -> bool:
        """Whether an object with these labels is chosen."""
        return selectors.matches(self.mapping(), labels)


class Configuration(Object):
    """A document with apiVersion and kind for a program that reads files, such as kubeadm: no object of the API server."""

    __slots__ = ()
