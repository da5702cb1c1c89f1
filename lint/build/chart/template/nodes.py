"""What a template is made of: the nodes that `parse` gives and `evaluate` walks; each knows its offset in the template's text."""

from __future__ import annotations

from typing import Any

from kubetrial.lint.values.records import dataclass, field


@dataclass(frozen=True, slots=True)
class LiteralText:
    """Text that is printed as it stands, `at` its offset (after trimming)."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a text, a boolean or nil, written in the template."""

    at: int
    value: Any


@dataclass(frozen=True, slots=True)
class Dot:
    """`.`."""

    at: int


@dataclass(frozen=True, slots=True)
class DotField:
    """`.a.b`, on the dot."""

    at: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """`$x.a.b`."""

    at: int
    name: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """`(pipeline).a.b`, or a function's name with fields."""

    at: int
    node: Node
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a function."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Command:
    """One stage of a pipeline: what is called or read, and its arguments."""

    at: int
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """`$a, $b := c | d`; `assigns` where it is `=`."""

    at: int
    declared: tuple[str, ...]
    assigns: bool
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """`{{ pipeline }}`; `at` is the place of the braces."""

    at: int
    pipeline: Pipeline


@dataclass(frozen=True, slots=True)
class Branch:
    """if, with or range: what it tests, what follows, and what else."""

    at: int
    word: str
    pipeline: Pipeline
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...] | None


@dataclass(frozen=True, slots=True)
class TemplateCall:
    """`{{ template "name" pipeline }}`."""

    at: int
    name: str
    pipeline: Pipeline | None


@dataclass(frozen=True, slots=True)
class Jump:
    """`{{ break }}` or `{{ continue }}`."""

    at: int
    word: str


Node = (
    LiteralText
    | Constant
    | Dot
    | DotField
    | Variable
    | Chain
    | Name
    | Command
    | Pipeline
    | Action
    | Branch
    | TemplateCall
    | Jump
)


@dataclass(frozen=True, slots=True)
class Template:
    """A template by its name: the file that defines it, and its body."""

    name: str
    file: str
    text: str
    body: tuple[Node, ...]

    @property
    def is_empty(self) -> bool:
        """Whether it holds nothing but white space; such a one replaces no other."""
        return all(isinstance(node, LiteralText) and not node.text.strip() for node in self.body)


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """The templates of one file: the first is the file's own."""

    templates: tuple[Template, ...] = field(default=())
