"""The branches of a chart's templates: what each tests, what it holds, and which values could turn it.

A target is one outcome of an `if`, `with` or `range` behind which something stands. Its hints come from the words of the template alone:
the constants that it compares with, the API versions that it asks for, and the fields that its body reads of the dot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kubetrial.lint.build.chart.template.nodes import (
    Action,
    Branch,
    Chain,
    Command,
    Constant,
    DotField,
    LiteralText,
    Name,
    Node,
    Pipeline,
    Template,
    TemplateCall,
    Variable,
)
from kubetrial.lint.values.records import dataclass

Key = tuple[str, int, bool]
"""A file, the offset of a branch in it, and an outcome."""

Constants = tuple[Any, tuple[tuple[str, ...], ...], bool]
"""A constant, the fields that it is compared with, and whether it is the whole value and not a part of a text."""

INVENTED = "invented"
"""What stands for a text that nobody knows."""
_COMPARE = frozenset(["eq", "ne", "has", "contains", "hasPrefix", "hasSuffix", "mustHas", "regexMatch"])
_WHOLE = frozenset(["eq", "ne", "has", "mustHas"])
MOST_FIELDS = 20


@dataclass(frozen=True, slots=True)
class Target:
    """One outcome of a branch: from `begin` to `end` stands what it leads to.

    `constants` are what the test compares with, each with the fields that stand beside it; `api_versions` what it asks the cluster for;
    `shape` is what a value would hold of which the body reads fields (None where it reads none); `actions` are the places of the actions
    that stand in it, at any depth.
    """

    file: str
    at: int
    outcome: bool
    word: str
    begin: int
    end: int
    constants: tuple[Constants, ...] = ()
    api_versions: tuple[str, ...] = ()
    shape: Any = None
    lists: bool = False
    actions: tuple[int, ...] = ()

    @property
    def key(self) -> Key:
        """What tells it from others."""
        return self.file, self.at, self.outcome


def targets(templates: Iterable[Template]) -> dict[Key, Target]:
    """The outcomes of all branches of templates behind which something stands, from the top down."""
    found: dict[Key, Target] = {}
    for template in templates:
        waiting: list[Node] = list(reversed(template.body))
        while waiting:
            node = waiting.pop()
            if isinstance(node, Branch):
                waiting.extend(reversed((*node.body, *(node.otherwise or ()))))
                for target in _of_branch(template, node):
                    found.setdefault(target.key, target)
    return found


def _of_branch(template: Template, node: Branch) -> Iterator[Target]:
    file = template.file
    constants, api_versions = _hints(node.pipeline)
    last = _end(node.body, template.text)
    if _says_something(node.body):
        shape = _shape(node) if node.word != "if" else None
        actions = tuple(_actions(node.body))
        lists = node.word == "range" and len(node.pipeline.declared) < 2
        yield Target(file, node.at, True, node.word, node.at, last, constants, api_versions, shape, lists, actions)
    if node.otherwise and _says_something(node.otherwise):
        begin, actions = _begin(node.otherwise), tuple(_actions(node.otherwise))
        yield Target(
            file,
            node.at,
            False,
            node.word,
            begin,
            _end(node.otherwise, template.text),
            constants,
            (),
            None,
            False,
            actions,
        )


def _begin(body: tuple[Node, ...]) -> int:
    return body[0].at


def _end(body: tuple[Node, ...], text: str) -> int:
    ends = [0]
    waiting: list[Node] = list(body)
    while waiting:
        node = waiting.pop()
        ends.append(node.at + len(node.text) if isinstance(node, LiteralText) else text.find("}}", node.at) + 2)
        if isinstance(node, Branch):
            waiting.extend((*node.body, *(node.otherwise or ())))
    return max(ends)


def _says_something(body: tuple[Node, ...]) -> bool:
    return any(not isinstance(node, LiteralText) or bool(node.text.strip()) for node in body)


def _actions(body: tuple[Node, ...]) -> Iterator[int]:
    waiting: list[Node] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (Action, Branch, TemplateCall)):
            yield node.at
        if isinstance(node, Branch):
            waiting.extend((*node.body, *(node.otherwise or ())))


def _hints(pipeline: Pipeline) -> tuple[tuple[Constants, ...], tuple[str, ...]]:
    """The constants that a test compares with, and the API versions that it asks for."""
    constants: list[Constants] = []
    versions: list[str] = []
    for command in _commands(pipeline):
        first, written = command.parts[0], [part.value for part in command.parts[1:] if isinstance(part, Constant)]
        if isinstance(first, Name) and first.name in _COMPARE:
            beside = tuple(_fields(command))
            whole = first.name in _WHOLE and all(_is_as_it_is(part) for part in command.parts[1:])
            constants.extend(
                (each, beside, whole) for each in written if each is not None and not isinstance(each, bool)
            )
        elif isinstance(first, (DotField, Variable)) and first.names[-2:] == ("APIVersions", "Has"):
            versions.extend(value for value in written if isinstance(value, str))
    return tuple(dict.fromkeys(constants))[:6], tuple(dict.fromkeys(versions))


_KEPT = frozenset(["default", "coalesce", "toString", "trim", "trimAll", "lower", "upper", "quote"])


def _is_as_it_is(node: Node) -> bool:
    """Whether an argument is a value itself, or one that is there instead, and no part that a function took of it."""
    if not isinstance(node, Pipeline):
        return True
    firsts = [command.parts[0] for command in node.commands]
    inner = [part for command in node.commands for part in command.parts[1:]]
    return all(not isinstance(one, Name) or one.name in _KEPT for one in firsts) and all(map(_is_as_it_is, inner))


def _fields(command: Command) -> Iterator[tuple[str, ...]]:
    """The fields in the arguments of a command, without `Values`; of pipelines in parentheses too."""
    waiting: list[Node] = list(command.parts[1:])
    while waiting:
        node = waiting.pop()
        if isinstance(node, (DotField, Variable, Chain)) and node.names:
            yield node.names[1:] if node.names[0] == "Values" and len(node.names) > 1 else node.names
        elif isinstance(node, Pipeline):
            waiting.extend(part for each in node.commands for part in each.parts)


def _commands(pipeline: Pipeline) -> Iterator[Command]:
    waiting: list[Node] = [pipeline]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Pipeline):
            waiting.extend(node.commands)
        elif isinstance(node, Command):
            yield node
            waiting.extend(node.parts)
        elif isinstance(node, Chain):
            waiting.append(node.node)


def _shape(node: Branch) -> Any:
    """What a value holds of which the body reads fields: a map of invented texts; None where it reads none of its own."""
    names = {node.pipeline.declared[-1]} if node.pipeline.declared else set()
    fields: dict[str, Any] = {}
    for path in _reads(node.body, frozenset(names)):
        place = fields
        for name in path[:-1]:
            inner = place.get(name)
            if not isinstance(inner, dict):
                inner = place[name] = {}
            place = inner
        place.setdefault(path[-1], INVENTED)
        if len(fields) >= MOST_FIELDS:
            break
    return fields or None


def _reads(body: Iterable[Node], names: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """The fields that nodes read of the dot or of some variables."""
    waiting: list[tuple[Node, bool]] = [(node, True) for node in body]
    while waiting:
        node, own_dot = waiting.pop()
        if (isinstance(node, DotField) and own_dot) or (
            isinstance(node, Variable) and node.name in names and node.names
        ):
            yield node.names
        elif isinstance(node, Branch):
            waiting.append((node.pipeline, own_dot))
            inside = own_dot and node.word == "if"
            waiting.extend((each, inside) for each in node.body)
            waiting.extend((each, own_dot) for each in node.otherwise or ())
        elif isinstance(node, Action) or (isinstance(node, TemplateCall) and node.pipeline is not None):
            waiting.append((node.pipeline, own_dot))  # type: ignore[arg-type]
        elif isinstance(node, Pipeline):
            waiting.extend((each, own_dot) for each in node.commands)
        elif isinstance(node, Command):
            waiting.extend((each, own_dot) for each in node.parts)
        elif isinstance(node, Chain):
            waiting.append((node.node, own_dot))
