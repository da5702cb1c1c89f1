"""What a kustomization and all below it gathered. Follows api/internal/accumulator/resaccumulator.go and resmap/reswrangler.go."""

from __future__ import annotations

from collections.abc import Iterable

from kubetrial.lint.build.kustomize.facts import TransformerConfig
from kubetrial.lint.build.kustomize.merge import MergeRefused
from kubetrial.lint.build.kustomize.nodes import RNode
from kubetrial.lint.build.kustomize.resource import Id, Resource
from kubetrial.lint.build.kustomize.settings import EMPTY, joined
from kubetrial.lint.values.records import dataclass


@dataclass(frozen=True, slots=True)
class Var:
    """One entry of `vars`: whose field it names."""

    name: str
    id: Id
    path: str
    node: RNode


class ResAccumulator:
    """The objects in order, what transformers write where, and the vars.

    Objects are found by their names, those that they had too: each patch and each new object looks for one among thousands.
    """

    __slots__ = ("_by_name", "_known", "resources", "settings", "variables")

    def __init__(self) -> None:
        self.resources: list[Resource] = []
        self.settings: TransformerConfig = EMPTY
        self.variables: dict[str, Var] = {}
        self._by_name: dict[str, list[Resource]] = {}
        self._known: int = -1  # so many objects are in the index; below zero: it is to be made anew

    def named(self, name: str) -> list[Resource]:
        """The objects that have a name or had it."""
        if self._known != len(self.resources):
            self._by_name, self._known = {}, len(self.resources)
            for one in self.resources:
                self._enter(one)
        return [one for one in self._by_name.get(name, ()) if one.node is not None]

    def _enter(self, one: Resource) -> None:
        for name in {id.name for id in one.ids}:
            self._by_name.setdefault(name, []).append(one)

    def forget(self) -> None:
        """Names may have changed: the next look makes the index anew."""
        self._known = -1

    def renamed(self, changed: Iterable[Resource]) -> None:
        """Some objects may have another name now."""
        for one in changed:
            if one.node is not None and self._known >= 0:
                same_name = self._by_name.setdefault(one.id.name, [])
                if one not in same_name:
                    same_name.append(one)

    def present(self) -> list[Resource]:
        """The objects that no patch deleted."""
        return [one for one in self.resources if one.node is not None]

    def of_id(self, id: Id) -> list[Resource]:
        """The objects that have an id or had it."""
        return [one for one in self.named(id.name) if any(each.same(id) for each in one.ids)]

    def append(self, new: Resource, at: RNode) -> None:
        """Add an object; raises Refused where one has its id."""
        id = new.id
        if any(one.id.same(id) for one in self.named(id.name)):
            raise MergeRefused(
                f"{id} is taken in twice", at, "kustomization-id-twice", "list its file or base once only"
            )
        self.resources.append(new)
        if self._known >= 0:
            self._known += 1
            self._enter(new)

    def drop_deleted(self) -> None:
        """Leave out what patches deleted."""
        if any(one.node is None for one in self.resources):
            self.resources = [one for one in self.resources if one.node is not None]
            self.forget()

    def take_in(self, below: ResAccumulator, at: RNode) -> None:
        """All of another kustomization."""
        for one in below.resources:
            self.append(one, at)
        self.settings = joined(self.settings, below.settings)
        for variable in below.variables.values():
            self.add_variable(variable)

    def add_variable(self, variable: Var) -> None:
        """A var, whose name must be new."""
        if variable.name in self.variables:
            raise MergeRefused(
                f"the var `{variable.name}` is defined twice, so that kustomize refuses to build it",
                variable.node,
                help="define it in one kustomization, or give it another name",
            )
        self.variables[variable.name] = variable
