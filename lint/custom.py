"""Custom kinds: CustomResourceDefinitions of the set and files of schema folders, as schemas of custom resources."""

from __future__ import annotations

from collections.abc import Sequence

from kubetrial.lint.kinds import Object
from kubetrial.lint.node import Found


class CustomKinds:
    """What is known of custom kinds."""

    def __init__(self, objects: Sequence[Object], schema_dirs: Sequence[str]) -> None:
        self._objects = objects

    def knows(self, obj: Object) -> bool:
        """Whether there is a schema for the object's kind."""
        return False

    def check(self, obj: Object) -> list[Found]:
        """What its schema says about the object."""
        return []
