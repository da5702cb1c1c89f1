"""Renders templates as Go's text/template does (exec.go), with helm's `include` and `tpl`; the output knows where it comes from.

All is bounded: steps, output and nesting; what goes wrong is a `TemplateError` at its action.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kubetrial.lint.build.chart.template import functions as library
from kubetrial.lint.build.chart.template.errors import Failure, TemplateError
from kubetrial.lint.build.chart.template.nodes import (
    Action,
    Branch,
    Call,
    Chain,
    Command,
    Constant,
    Dot,
    Field,
    Jump,
    Literal,
    Name,
    Node,
    Pipeline,
    Template,
    Variable,
)
from kubetrial.lint.build.chart.template.parse import parse
from kubetrial.lint.build.chart.template.text import Builder, Origin, Path, Text, replaced
from kubetrial.lint.build.chart.template.values import HasMethods, Int64, Struct, TextMap, is_true, printed, type_of
from kubetrial.lint.build.go_yaml import to_yaml_with_paths

MAX_STEPS = 3_000_000
MAX_OUTPUT = 20_000_000
MAX_INCLUDES = 250
PYTHON_FRAMES = 9_000
_NO_VALUE = "<no value>"


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Rendered:
    """One rendered template: its text with origins, or why there is none."""

    text: Text
    error: TemplateError | None = None


class Engine:
    """Templates by name, parsed together: all share what they define, of two definitions the later one counts.

    `templates` are in the order in which helm parses them. `errors` are those of reading. `executed` holds (file, offset) of each action
    and, for branches, (file, offset, outcome) in `taken` with what was tested in `tests`; `reads` holds the path of each value that was
    read, by actions that print nothing too. `helm`: 3 refuses what Helm 4 added.
    """

    def __init__(
        self, templates: Mapping[str, str], functions: Mapping[str, Callable[..., Any]] | None = None, *, helm: int = 4
    ) -> None:
        self.extra = dict(functions or {})
        self.names = frozenset(library.FUNCTIONS) | frozenset(self.extra) | _OWN
        if helm < 4:
            self.names -= library.HELM_4
        self.templates: dict[str, Template] = {}
        self.errors: list[TemplateError] = []
        self.executed: set[tuple[str, int]] = set()
        self.taken: set[tuple[str, int, bool]] = set()
        self.tests: dict[tuple[str, int], set[Path]] = {}
        self.reads: set[Path] = set()
        for name, text in templates.items():
            try:
                self.add(parse(name, text, self.names).templates)
            except TemplateError as error:
                self.errors.append(error)

    def add(self, templates: Iterable[Template]) -> None:
        """Take templates over; an empty one replaces none that says something."""
        for each in templates:
            before = self.templates.get(each.name)
            if before is None or before.is_empty or not each.is_empty:
                self.templates[each.name] = each

    def render(self, name: str, context: Any, paths: Mapping[int, Path] | None = None) -> Rendered:
        """Render one template with its dot; `paths` as of `text.paths_of`. Never raises."""
        limit = sys.getrecursionlimit()
        state = State(self, paths or {})
        try:
            sys.setrecursionlimit(max(limit, PYTHON_FRAMES))
            text = state.run(self.templates[name], context)
            return Rendered(_without_no_value(text))
        except TemplateError as error:
            return Rendered(Text("", ()), error)
        except KeyError:
            return Rendered(Text("", ()), TemplateError(f"there is no template {name!r}", name, "", 0))
        except (RecursionError, MemoryError):
            at = state.place
            problem = "templates call one another without end, or are nested too deeply"
            return Rendered(Text("", ()), TemplateError(problem, at[0], state.text_of(at[0]), at[1], state.chain()))
        finally:
            sys.setrecursionlimit(limit)


def _without_no_value(text: str) -> Text:
    made = replaced(text, _NO_VALUE, "")
    return made if isinstance(made, Text) else Text(made, ())


class State:
    """What one rendering knows: counters, the chain of includes, and what the current action read."""

    def __init__(self, engine: Engine, paths: Mapping[int, Path]) -> None:
        self.engine, self.paths = engine, paths
        self.steps = self.output = 0
        self.includes: list[tuple[str, int]] = []
        self.place: tuple[str, int] = ("", 0)
        self.reads: list[Path] = []
        self.tail: str = ""
        self.owned = {
            "include": self.include,
            "tpl": self.tpl,
            "toYaml": self.to_yaml,
            "mustToYaml": self.to_yaml,
            "call": self.call,
        }

    def text_of(self, file: str) -> str:
        """The text of a file that is rendered."""
        found = self.engine.templates.get(file)
        return found.text if found is not None else self.tail

    def chain(self) -> tuple[tuple[str, int], ...]:
        """The actions that lead to the current one."""
        return tuple(self.includes)

    def fail(self, problem: str, frame: Frame, at: int) -> TemplateError:
        """The error of an action."""
        return TemplateError(problem, frame.template.file, frame.template.text, at, self.chain())

    def step(self, frame: Frame, at: int) -> None:
        """Count one step of work."""
        self.steps += 1
        if self.steps > MAX_STEPS or self.output > MAX_OUTPUT:
            raise self.fail("this takes too many steps or prints too much; is there a loop without end?", frame, at)

    def run(self, template: Template, dot: Any) -> Text:
        """The output of a template."""
        frame = Frame(template, dot)
        self.nodes(template.body, frame, dot)
        self.output += frame.out.length
        return frame.out.text()

    # nodes

    def nodes(self, body: tuple[Node, ...], frame: Frame, dot: Any) -> None:
        """Walk nodes in order."""
        for node in body:
            if isinstance(node, Literal):
                frame.out.literal(node.text, node.at, frame.literal)
            elif isinstance(node, Action):
                self.action(node, frame, dot)
            elif isinstance(node, Branch):
                kept = len(frame.variables)
                self.step(frame, node.at)
                if node.word == "range":
                    self.range(node, frame, dot)
                else:
                    self.branch(node, frame, dot)
                del frame.variables[kept:]
            elif isinstance(node, Call):
                self.template(node, frame, dot)
            elif isinstance(node, Jump):
                raise _Break if node.word == "break" else _Continue

    def action(self, node: Action, frame: Frame, dot: Any) -> None:
        """Evaluate, and print unless it only sets a variable."""
        self.begin(frame, node.at)
        value = self.pipeline(node.pipeline, frame, dot)
        if node.pipeline.declared:
            return
        if isinstance(value, str):
            text: str = value
        elif value is None:
            text = _NO_VALUE
        elif callable(value) and not isinstance(value, HasMethods):
            raise self.fail("a function cannot be printed", frame, node.at)
        else:
            text = printed(value)
        origin = frame.literal._replace(literal=False, reads=_leaves(self.reads)) if self.reads else frame.plain
        frame.out.printed(text, node.at, origin)

    def begin(self, frame: Frame, at: int) -> None:
        """An action starts: it has read nothing yet."""
        self.step(frame, at)
        self.place = (frame.template.file, at)
        self.engine.executed.add(self.place)
        self.reads = []

    def branch(self, node: Branch, frame: Frame, dot: Any) -> None:
        """if and with."""
        self.begin(frame, node.at)
        value = self.pipeline(node.pipeline, frame, dot)
        holds = is_true(value)
        self.decided(node, frame, holds)
        if holds:
            self.nodes(node.body, frame, value if node.word == "with" else dot)
        elif node.otherwise is not None:
            self.nodes(node.otherwise, frame, dot)

    def decided(self, node: Branch, frame: Frame, holds: bool) -> None:
        """Remember the outcome of a test, and which values it read."""
        key = (frame.template.file, node.at)
        self.engine.taken.add((*key, holds))
        self.engine.tests.setdefault(key, set()).update(_leaves(self.reads))

    def range(self, node: Branch, frame: Frame, dot: Any) -> None:
        """range over lists, maps in sorted order, and numbers."""
        self.begin(frame, node.at)
        value = self.pipeline(node.pipeline, frame, dot, sets=False)
        pairs = self.pairs(value, frame, node)
        self.decided(node, frame, bool(pairs))
        if not pairs:
            if node.otherwise is not None:
                self.nodes(node.otherwise, frame, dot)
            return
        declared = node.pipeline.declared
        kept = len(frame.variables)
        for key, item in pairs:
            self.step(frame, node.at)
            names = (item,) if len(declared) == 1 else (key, item)
            if isinstance(pairs, range) and len(declared) == 1:
                names = (key,)
            for name, each in zip(declared, names, strict=False):
                if node.pipeline.assigns:
                    self.assign(name, each, frame, node.at)
                else:
                    frame.variables.append((name, each))
            try:
                self.nodes(node.body, frame, item)
            except _Continue:
                pass
            except _Break:
                break
            finally:
                del frame.variables[kept:]

    def pairs(self, value: Any, frame: Frame, node: Branch) -> list[tuple[Any, Any]]:
        """What a range goes through."""
        if value is None:
            return []
        if isinstance(value, (bool, str, float, Struct)):
            raise self.fail(f"range can't iterate over {printed(value)}", frame, node.at)
        if isinstance(value, int):
            if len(node.pipeline.declared) > 1:
                raise self.fail(f"range over the number {value} sets one variable, not two", frame, node.at)
            if value > MAX_STEPS:
                raise self.fail(f"range over {value} takes too many steps", frame, node.at)
            return [(index, index) for index in range(value)]
        if isinstance(value, dict):
            return sorted(value.items(), key=lambda pair: str(pair[0]))
        if isinstance(value, (list, tuple, bytes)):
            return list(enumerate(value))
        raise self.fail(f"range can't iterate over {printed(value)}", frame, node.at)

    def template(self, node: Call, frame: Frame, dot: Any) -> None:
        """{{ template "name" . }}."""
        self.begin(frame, node.at)
        value = self.pipeline(node.pipeline, frame, dot) if node.pipeline is not None else None
        frame.out.printed(self.included(node.name, value, frame, node.at), node.at, frame.plain)

    def included(self, name: str, dot: Any, frame: Frame, at: int) -> Text:
        """The output of another template, one level deeper."""
        found = self.engine.templates.get(name)
        if found is None:
            raise self.fail(f"there is no template {name!r}", frame, at)
        return self.deeper(found, dot, frame, at)

    def deeper(self, template: Template, dot: Any, frame: Frame, at: int) -> Text:
        """Run a template from an action; what the action has read is kept."""
        if len(self.includes) >= MAX_INCLUDES:
            raise self.fail(
                f"{template.name} is included {MAX_INCLUDES} levels deep; does it include itself?", frame, at
            )
        reads, place = self.reads, self.place
        self.includes.append(place)
        made = self.run(template, dot)
        self.includes.pop()
        self.reads, self.place = reads, place
        return made

    # pipelines

    def pipeline(self, node: Pipeline, frame: Frame, dot: Any, sets: bool = True) -> Any:
        """The value of a pipeline; its variables are set."""
        value: Any = None
        for index, command in enumerate(node.commands):
            value = self.command(command, frame, dot, (value,) if index else ())
        for name in node.declared:
            if node.assigns:
                self.assign(name, value, frame, node.at)
            elif sets:
                frame.variables.append((name, value))
        return value

    def assign(self, name: str, value: Any, frame: Frame, at: int) -> None:
        """Set a variable that is declared."""
        if not frame.assign(name, value):
            raise self.fail(f"the variable {name} is not declared here; write := to declare it", frame, at)

    def command(self, node: Command, frame: Frame, dot: Any, final: tuple[Any, ...]) -> Any:
        """One stage: a function or method with its arguments, or a value."""
        first, rest = node.parts[0], node.parts[1:]
        if isinstance(first, Name):
            return self.function(first, rest, frame, dot, final)
        if isinstance(first, (Field, Variable, Chain)):
            receiver, names, absent = self.receiver(first, frame, dot)
            return self.fields(receiver, names, absent, frame, first.at, rest, dot, final)
        if rest or final or (isinstance(first, Constant) and first.value is None):
            word = "nil" if isinstance(first, Constant) and first.value is None else "a value"
            raise self.fail(f"{word} cannot be called; a function stands first", frame, node.at)
        return self.operand(first, frame, dot)

    def receiver(self, node: Field | Variable | Chain, frame: Frame, dot: Any) -> tuple[Any, tuple[str, ...], bool]:
        """What fields are read from."""
        if isinstance(node, Field):
            return dot, node.names, True
        if isinstance(node, Variable):
            found = frame.variable(node.name)
            if found is _UNDECLARED:
                raise self.fail(f"the variable {node.name} is not declared here", frame, node.at)
            return found, node.names, True
        return self.operand(node.node, frame, dot), node.names, True

    def operand(self, node: Node, frame: Frame, dot: Any) -> Any:
        """The value of an argument."""
        if isinstance(node, Constant):
            return node.value
        if isinstance(node, Dot):
            return dot
        if isinstance(node, Pipeline):
            return self.pipeline(node, frame, dot)
        if isinstance(node, Name):
            return self.function(node, (), frame, dot, ())
        if isinstance(node, (Field, Variable, Chain)):
            receiver, names, absent = self.receiver(node, frame, dot)
            return self.fields(receiver, names, absent, frame, node.at, (), dot, ())
        raise self.fail("this is no value", frame, node.at)

    def fields(
        self,
        value: Any,
        names: tuple[str, ...],
        absent: bool,
        frame: Frame,
        at: int,
        rest: tuple[Node, ...],
        dot: Any,
        final: tuple[Any, ...],
    ) -> Any:
        """`value.a.b`; the last may be a method with arguments. `absent`: the value is nil as a whole, so its fields are nil."""
        if not names and (rest or final):
            raise self.fail("a value cannot be called; a function stands first", frame, at)
        last = len(names) - 1
        for index, name in enumerate(names):
            has_arguments = index == last and bool(rest or final)
            if isinstance(value, dict) and not hasattr(value, "call_method"):
                if has_arguments:
                    raise self.fail(f"{name} is a value, not a method; it takes no arguments", frame, at)
                self.read(value, name)
                if name not in value and isinstance(value, Struct):
                    raise self.fail(f"there is no field {name!r} in this object", frame, at)
                value, absent = value.get(name, "" if isinstance(value, TextMap) else None), False
            elif value is None:
                if not absent:
                    written = ".".join(("", *names[:index]))
                    raise self.fail(f"nil pointer: {written} is nil or not set, so it has no {name!r}", frame, at)
            elif isinstance(value, HasMethods):
                arguments = [self.operand(each, frame, dot) for each in rest] if index == last else []
                value = self.method(value, name, [*arguments, *(final if index == last else ())], frame, at)
            else:
                raise self.fail(f"can't read {name!r} of a {type_of(value)}, which has no fields", frame, at)
        return value

    def method(self, value: HasMethods, name: str, arguments: list[Any], frame: Frame, at: int) -> Any:
        """A method of one of Helm's objects."""
        try:
            return value.call_method(name, arguments)
        except Failure as failure:
            raise self.fail(str(failure), frame, at) from None
        except LookupError:
            raise self.fail(f"there is no {name!r} in this object", frame, at) from None

    def read(self, container: Any, name: str | int) -> None:
        """Remember that a value was read."""
        path = self.paths.get(id(container))
        if path is not None:
            self.reads.append((*path, name))
            self.engine.reads.add(self.reads[-1])

    # functions

    def function(self, node: Name, rest: tuple[Node, ...], frame: Frame, dot: Any, final: tuple[Any, ...]) -> Any:
        """Call a function; `and` and `or` stop early."""
        name = node.name
        self.step(frame, node.at)
        if name in ("and", "or"):
            return self.logic(name, rest, frame, dot, final, node.at)
        arguments = [self.operand(each, frame, dot) for each in rest]
        arguments.extend(final)
        try:
            if name in ("include", "tpl"):
                return self.nested(name, arguments, frame, node.at)
            if name in ("get", "index", "dig", "hasKey") and len(arguments) > 1:
                self.looked_up(name, arguments)
            own = self.owned.get(name) or self.engine.extra.get(name)
            if own is not None:
                return own(*arguments)
            if None in arguments and (place := _nil_that_was_read(rest, arguments)) is not None:
                library.refuse_nil_map(name, place)
            return library.call(name, arguments)
        except Failure as failure:
            raise self.fail(f"{name}: {failure}", frame, node.at) from None
        except (TypeError, ValueError, OverflowError, KeyError, IndexError, AttributeError, ArithmeticError) as error:
            raise self.fail(f"{name} does not take what it is given: {error}", frame, node.at) from None

    def looked_up(self, name: str, arguments: list[Any]) -> None:
        """Values read by index, get, hasKey and dig."""
        value = arguments[-1] if name == "dig" else arguments[0]
        keys = arguments[:-2] if name == "dig" else arguments[1:]
        for key in keys:
            if not isinstance(value, (dict, list)) or not isinstance(key, (str, int)):
                return
            self.read(value, key)
            if isinstance(value, dict):
                value = value.get(key)
            else:
                value = value[key] if isinstance(key, int) and 0 <= key < len(value) else None

    def logic(self, name: str, rest: tuple[Node, ...], frame: Frame, dot: Any, final: tuple[Any, ...], at: int) -> Any:
        """and, or: the first operand that decides."""
        if not rest and not final:
            raise self.fail(f"{name} wants at least one value", frame, at)
        value: Any = None
        for each in rest:
            value = self.operand(each, frame, dot)
            if is_true(value) is (name == "or"):
                return value
        return final[0] if final else value

    def nested(self, name: str, arguments: list[Any], frame: Frame, at: int) -> Any:
        """include and tpl."""
        if len(arguments) != 2 or not isinstance(arguments[0], str):
            raise Failure("it wants a text and the dot")
        if name == "include":
            return self.included(arguments[0], arguments[1], frame, at)
        return self.expand(arguments[0], arguments[1], frame, at)

    def include(self, *_: Any) -> Any:
        """Answered by `nested`."""

    tpl = include

    def call(self, *_: Any) -> Any:
        """Go's call: values of templates hold no functions."""
        raise Failure("there is no function to call")

    def expand(self, text: str, dot: Any, frame: Frame, at: int) -> Text:
        """tpl: a text that is a template itself; its literal text stands where the text came from, else at the action."""
        file = frame.template.file
        plain = str.__str__(text)
        try:
            parsed = parse(file, plain, self.engine.names).templates
        except TemplateError as error:
            raise self.fail(f"the text given to tpl, line {error.line}: {error.problem}", frame, at) from None
        before = dict(self.engine.templates)
        own, *defined = parsed
        mark = Template("tpl of " + file, _TPL, plain, own.body)
        self.engine.add(Template(each.name, _TPL, plain, each.body) for each in defined)
        reads = list(self.reads)
        try:
            made = self.deeper(mark, dot, frame, at)
        except TemplateError as error:
            if error.file != _TPL:
                raise
            problem = f"in the text given to tpl, line {error.line}: {error.problem}"
            raise self.fail(problem, frame, at) from None
        finally:
            self.engine.templates = before
        made = Text(made, [_from_tpl(span, text, file, at, tuple(reads)) for span in made.spans])
        return _without_no_value(made)

    def to_yaml(self, *values: Any) -> str:
        """toYaml, with the paths of the values that it prints."""
        if len(values) != 1:
            raise Failure(f"it takes one value, and is given {len(values)}")
        (value,) = values
        path = self.paths.get(id(value)) if isinstance(value, (dict, list)) else None
        text, places = to_yaml_with_paths(value)
        text = text.removesuffix("\n")
        if path is None:
            return text
        file = self.place[0]
        spans = [
            (start, self.place[1], Origin(file, reads=((*path, *below),), value=(*path, *below), is_key=is_key))
            for start, below, is_key in places
            if start < len(text)
        ]
        return Text(text, spans) if text else text


def _nil_that_was_read(rest: tuple[Node, ...], arguments: list[Any]) -> int | None:
    """The place of an argument that is nil and was read from a field: Go tells it from a nil that a pipeline gave."""
    for place, (node, value) in enumerate(zip(rest, arguments, strict=False)):
        if value is None and (isinstance(node, (Field, Chain)) or (isinstance(node, Variable) and node.names)):
            return place
    return None


_TPL = "<tpl>"
_UNDECLARED = object()
_OWN = frozenset(["and", "or", "include", "tpl", "toYaml", "mustToYaml", "call"])


def _from_tpl(
    span: tuple[int, int, Origin], text: str, file: str, at: int, reads: tuple[Path, ...]
) -> tuple[int, int, Origin]:
    start, offset, origin = span
    if origin.file != _TPL:
        return span
    if isinstance(text, Text):
        where = text.origin_at(offset)
        if where is not None and where.file:
            literal = origin.literal and where.origin.literal
            return start, where.offset, where.origin._replace(literal=literal, reads=where.origin.reads + origin.reads)
    return start, at, Origin(file, reads=reads + origin.reads)


class Frame:
    """One template that runs: its output and its variables."""

    __slots__ = ("literal", "out", "plain", "template", "variables")

    def __init__(self, template: Template, dot: Any) -> None:
        self.template = template
        self.out = Builder()
        self.variables: list[tuple[str, Any]] = [("$", dot)]
        self.literal = Origin(template.file, True)
        self.plain = Origin(template.file)

    def variable(self, name: str) -> Any:
        """The value of a variable, the innermost of its name; `_UNDECLARED` where there is none."""
        for known, value in reversed(self.variables):
            if known == name:
                return value
        return _UNDECLARED

    def assign(self, name: str, value: Any) -> bool:
        """Set a variable; False where it is not declared."""
        for index in range(len(self.variables) - 1, -1, -1):
            if self.variables[index][0] == name:
                self.variables[index] = (name, value)
                return True
        return False


def _leaves(reads: list[Path]) -> tuple[Path, ...]:
    """The paths that were read to their end: no other one goes on from them."""
    kept = list(dict.fromkeys(reads))
    return tuple(
        path for path in kept if not any(len(other) > len(path) and other[: len(path)] == path for other in kept)
    )


__all__ = ["Engine", "Int64", "Rendered"]
