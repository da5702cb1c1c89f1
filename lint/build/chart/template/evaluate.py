"""Renders templates as Go's text/template does (exec.go), with helm's `include` and `tpl`; the output knows where it comes from.

All is bounded: steps, output and nesting; what goes wrong is a `TemplateError` at its action.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from kubetrial.lint.build.chart.template import bounds
from kubetrial.lint.build.chart.template import functions as library
from kubetrial.lint.build.chart.template.errors import Failure, TemplateError
from kubetrial.lint.build.chart.template.nodes import (
    Action,
    Branch,
    Chain,
    Command,
    Constant,
    Dot,
    DotField,
    Jump,
    LiteralText,
    Name,
    Node,
    Pipeline,
    Template,
    TemplateCall,
    Variable,
)
from kubetrial.lint.build.chart.template.parse import parse
from kubetrial.lint.build.chart.template.provenance import ALL, Provenance, Reads, leaves
from kubetrial.lint.build.chart.template.sprig_data import merged
from kubetrial.lint.build.chart.template.sprig_rest import to_json_with_paths
from kubetrial.lint.build.chart.template.sprig_text import to_text
from kubetrial.lint.build.chart.template.text import (
    Builder,
    LazyText,
    Path,
    Span,
    SpannedText,
    TextOrigin,
    cut,
    replaced,
)
from kubetrial.lint.build.chart.template.values import GoStruct, HasMethods, Int64, TextMap, is_true, printed, type_of
from kubetrial.lint.build.go_yaml import to_yaml_with_paths
from kubetrial.lint.values.records import dataclass

MAX_STEPS = 1_500_000
MAX_OUTPUT = 20_000_000
MAX_INCLUDES = 250
MAX_WEIGHT = 500_000
MAX_BULK = 100_000_000
MAX_TESTED = 64
PYTHON_FRAMES = 9_000
_NO_VALUE = "<no value>"


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Rendered:
    """One rendered template: its text with origins, or why there is none."""

    text: SpannedText
    error: TemplateError | None = None


@functools.lru_cache(maxsize=16)
def _names(helm: int) -> frozenset[str]:
    """The functions that templates may call: one set for all engines, for parsed templates are kept with it."""
    names = frozenset(library.FUNCTIONS) | _OWN
    return names - library.HELM_4 if helm < 4 else names


class Engine:
    """Templates by name, parsed together: all share what they define, of two definitions the later one counts.

    `templates` are in the order in which helm parses them. `errors` are those of reading. `executed` holds (file, offset) of each action
    and, for branches, (file, offset, outcome) in `taken` with what was tested in `tests`; `reads` holds the path of each value that was
    read, by actions that print nothing too; `used` of each that a function was given which does more than pass it on or print it.
    `helm`: 3 refuses what Helm 4 added.
    """

    def __init__(self, templates: Mapping[str, str], *, helm: int = 4) -> None:
        self.names = _names(helm)
        self.templates: dict[str, Template] = {}
        self.errors: list[TemplateError] = []
        self.spent = 0  # steps of all that was rendered, and output
        self.executed: set[tuple[str, int]] = set()
        self.taken: set[tuple[str, int, bool]] = set()
        self.tests: dict[tuple[str, int], set[Path]] = {}
        self.reads: set[Path] = set()
        self.used: set[Path] = set()
        with _deep():
            for name, text in templates.items():
                try:
                    self.add(parse(name, text, self.names).templates)
                except TemplateError as error:
                    self.errors.append(error)
                except (RecursionError, MemoryError):
                    self.errors.append(TemplateError("blocks are nested too deeply", name, text, 0))

    def add(self, templates: Iterable[Template]) -> None:
        """Take templates over; an empty one replaces none that says something."""
        for each in templates:
            before = self.templates.get(each.name)
            if before is None or before.is_empty or not each.is_empty:
                self.templates[each.name] = each

    def render(self, name: str, context: Any, paths: Mapping[int, Path] | None = None) -> Rendered:
        """Render one template with its dot; `paths` as of `text.paths_of`. Never raises."""
        state = RenderState(self, paths or {})
        try:
            with _deep():
                return Rendered(_without_no_value(state.run(self.templates[name], context)))
        except TemplateError as error:
            return Rendered(SpannedText("", ()), error)
        except Failure as failure:
            at = state.place
            return Rendered(
                SpannedText("", ()), TemplateError(str(failure), at[0], state.text_of(at[0]), at[1], state.chain())
            )
        except KeyError:
            return Rendered(SpannedText("", ()), TemplateError(f"there is no template {name!r}", name, "", 0))
        except (RecursionError, MemoryError):
            at = state.place
            problem = "templates call one another without end, or are nested too deeply"
            return Rendered(
                SpannedText("", ()), TemplateError(problem, at[0], state.text_of(at[0]), at[1], state.chain())
            )
        finally:
            self.spent += state.steps + state.output // 10


@contextlib.contextmanager
def _deep() -> Iterator[None]:
    """Room for templates that are nested as deeply as the bounds of this language allow."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, PYTHON_FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _without_no_value(text: str) -> SpannedText:
    made = replaced(text, _NO_VALUE, SpannedText("", ()))
    return made if isinstance(made, SpannedText) else SpannedText(made, ())


class RenderState:
    """What one rendering knows: counters, the chain of includes, and what the current action read."""

    def __init__(self, engine: Engine, paths: Mapping[int, Path]) -> None:
        self.engine, self.known = engine, Provenance(paths)
        self.steps = self.output = 0
        self.includes: list[tuple[str, int]] = []
        self.place: tuple[str, int] = ("", 0)
        self.reads: list[Path] = []
        self.tail: str = ""
        self.bulk = 0
        self.weights: dict[int, tuple[int, Any]] = {}  # with the container, so that its identity stays its own
        self.owned: dict[str, Callable[..., Any]] = {
            "toYaml": self.to_yaml,
            "mustToYaml": self.to_yaml,
            "toJson": functools.partial(self.to_json, True),
            "mustToJson": functools.partial(self.to_json, True),
            "toRawJson": functools.partial(self.to_json, False),
            "mustToRawJson": functools.partial(self.to_json, False),
            "call": self.call,
            "merge": functools.partial(self.merged, False),
            "mustMerge": functools.partial(self.merged, False),
            "mergeOverwrite": functools.partial(self.merged, True),
            "mustMergeOverwrite": functools.partial(self.merged, True),
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
        error = TemplateError(problem, frame.template.file, frame.template.text, at, self.chain())
        error.reads = leaves(self.reads)
        return error

    def step(self, frame: Frame, at: int) -> None:
        """Count one step of work."""
        self.steps += 1
        if self.steps > MAX_STEPS or self.output > MAX_OUTPUT:
            raise self.fail("this takes too many steps or prints too much; is there a loop without end?", frame, at)

    def run(self, template: Template, dot: Any) -> SpannedText:
        """The output of a template."""
        frame = Frame(template, dot)
        self.nodes(template.body, frame, dot)
        return frame.out.text()

    # nodes

    def nodes(self, body: tuple[Node, ...], frame: Frame, dot: Any) -> None:
        """Walk nodes in order."""
        for node in body:
            kind = type(node)
            if kind is LiteralText:
                frame.out.literal(node.text, node.at, frame.literal)  # type: ignore[union-attr]
            elif kind is Action:
                self.action(node, frame, dot)  # type: ignore[arg-type]
            elif kind is Branch:
                kept = len(frame.variables)
                if node.word == "range":  # type: ignore[union-attr]
                    self.range(node, frame, dot)  # type: ignore[arg-type]
                else:
                    self.branch(node, frame, dot)  # type: ignore[arg-type]
                del frame.variables[kept:]
            elif kind is TemplateCall:
                self.template(node, frame, dot)  # type: ignore[arg-type]
            elif kind is Jump:
                raise _Break if node.word == "break" else _Continue  # type: ignore[union-attr]

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
            try:
                self.steps += bounds.weigh("print", [value])
            except Failure as failure:
                raise self.fail(str(failure), frame, node.at) from None
            # A struct of Helm's with a method for it prints itself; in a function it is a struct.
            # Of a struct that is held by its address, the struct is printed.
            text = str(value) if isinstance(value, GoStruct) and isinstance(value, HasMethods) else printed(value)
            text = text.removeprefix("&") if isinstance(value, GoStruct) else text
        origin = TextOrigin(frame.template.file, reads=leaves(self.reads)) if self.reads else frame.plain
        frame.out.printed(text, node.at, origin)

    def begin(self, frame: Frame, at: int) -> None:
        """An action starts: it has read nothing yet."""
        self.step(frame, at)
        self.place = (frame.template.file, at)
        self.engine.executed.add(self.place)
        if self.reads:
            frame.gathered.extend(self.reads)
            self.reads = []

    def branch(self, node: Branch, frame: Frame, dot: Any) -> None:
        """if and with."""
        self.begin(frame, node.at)
        value = self.pipeline(node.pipeline, frame, dot)
        holds = is_true(value)
        self.decided(node, frame, holds)
        if holds and node.word == "with":
            before, frame.dot_reads = frame.dot_reads, leaves(self.reads)
            self.nodes(node.body, frame, value)
            frame.dot_reads = before
        elif holds:
            self.nodes(node.body, frame, dot)
        elif node.otherwise is not None:
            self.nodes(node.otherwise, frame, dot)
        elif self.reads:
            frame.out.silent(node.at, TextOrigin(frame.template.file, reads=leaves(self.reads)))

    def decided(self, node: Branch, frame: Frame, holds: bool) -> None:
        """Remember the outcome of a test, and which values it read."""
        self.engine.taken.add((*self.place, holds))
        tests = self.engine.tests.setdefault(self.place, set())
        if self.reads and len(tests) < MAX_TESTED:
            tests.update(leaves(self.reads))

    def range(self, node: Branch, frame: Frame, dot: Any) -> None:
        """range over lists, maps in sorted order, and numbers."""
        self.begin(frame, node.at)
        value = self.pipeline(node.pipeline, frame, dot, sets=False)
        pairs = self.pairs(value, frame, node)
        self.uses(self.reads)
        self.decided(node, frame, bool(pairs))
        if not pairs:
            if node.otherwise is not None:
                self.nodes(node.otherwise, frame, dot)
            elif self.reads:
                frame.out.silent(node.at, TextOrigin(frame.template.file, reads=leaves(self.reads)))
            return
        declared = node.pipeline.declared
        kept = len(frame.variables)
        behind, known, outside = leaves(self.reads), self.known.knows(value), frame.dot_reads
        is_number = isinstance(value, int)
        for key, item in pairs:
            self.step(frame, node.at)
            reads = frame.dot_reads = self.known.entry(value, key) if known else behind
            names = (item,) if len(declared) == 1 and not is_number else (key, item)
            for name, each in zip(declared, names, strict=False):
                if node.pipeline.assigns:
                    self.assign(name, each, frame, node.at, reads)
                else:
                    frame.variables.append((name, each, reads))
            try:
                self.nodes(node.body, frame, item)
            except _Continue:
                pass
            except _Break:
                break
            finally:
                del frame.variables[kept:]
        frame.dot_reads = outside

    def pairs(self, value: Any, frame: Frame, node: Branch) -> list[tuple[Any, Any]]:
        """What a range goes through."""
        if value is None:
            return []
        if isinstance(value, (bool, str, float, GoStruct)):
            raise self.fail(f"range can't iterate over {printed(value)}", frame, node.at)
        if isinstance(value, int):
            if len(node.pipeline.declared) > 1:
                raise self.fail(f"range over the number {value} sets one variable, not two", frame, node.at)
            if value > MAX_STEPS:
                raise self.fail(f"range over {value} takes too many steps", frame, node.at)
            if isinstance(value, Int64):
                return [(Int64(index), Int64(index)) for index in range(value)]
            return [(index, index) for index in range(value)]
        if isinstance(value, dict):
            return sorted(value.items(), key=lambda pair: str(pair[0]))
        if isinstance(value, (list, tuple, bytes)):
            return list(enumerate(value))
        raise self.fail(f"range can't iterate over {printed(value)}", frame, node.at)

    def template(self, node: TemplateCall, frame: Frame, dot: Any) -> None:
        """{{ template "name" . }}."""
        self.begin(frame, node.at)
        value = self.pipeline(node.pipeline, frame, dot) if node.pipeline is not None else None
        made = self.included(node.name, value, leaves(self.reads), frame, node.at)
        frame.out.printed(made, node.at, frame.plain)

    def included(self, name: str, dot: Any, dot_reads: Reads, frame: Frame, at: int) -> SpannedText:
        """The output of another template, one level deeper."""
        found = self.engine.templates.get(name)
        if found is None:
            raise self.fail(f"there is no template {name!r}", frame, at)
        return self.deeper(found, dot, dot_reads, frame, at)

    def deeper(self, template: Template, dot: Any, dot_reads: Reads, frame: Frame, at: int) -> SpannedText:
        """Run a template from an action; what the action has read is kept, and what was read within is added."""
        if len(self.includes) >= MAX_INCLUDES:
            raise self.fail(
                f"{template.name} is included {MAX_INCLUDES} levels deep; does it include itself?", frame, at
            )
        reads, place = self.reads, self.place
        self.includes.append(place)
        self.reads = []
        inner = Frame(template, dot, dot_reads)
        self.nodes(template.body, inner, dot)
        self.output += inner.out.length
        self.includes.pop()
        self.place = place
        if inner.gathered or self.reads:
            reads.extend(leaves((*inner.gathered, *self.reads)))
        self.reads = reads
        return inner.out.text()

    # pipelines

    def pipeline(self, node: Pipeline, frame: Frame, dot: Any, sets: bool = True) -> Any:
        """The value of a pipeline; its variables are set."""
        begin = len(self.reads)
        first, *more = node.commands
        value = self.command(first, frame, dot, ())
        for command in more:
            value = self.command(command, frame, dot, (value,), begin)
        if node.declared:
            reads = leaves(self.reads[begin:])
            for name in node.declared:
                if node.assigns:
                    self.assign(name, value, frame, node.at, reads)
                elif sets:
                    frame.variables.append((name, value, reads))
        return value

    def assign(self, name: str, value: Any, frame: Frame, at: int, reads: Reads) -> None:
        """Set a variable that is declared."""
        if not frame.assign(name, value, reads):
            raise self.fail(f"the variable {name} is not declared here; write := to declare it", frame, at)

    def command(self, node: Command, frame: Frame, dot: Any, final: tuple[Any, ...], begin: int = 0) -> Any:
        """One stage: a function or method with its arguments, or a value; `begin`: from there on the reads belong to `final`."""
        first, rest = node.parts[0], node.parts[1:]
        kind = type(first)
        if kind is Name:
            return self.function(first, rest, frame, dot, final, begin)  # type: ignore[arg-type]
        if kind is DotField or kind is Variable or kind is Chain:
            receiver, names = self.receiver(first, frame, dot)  # type: ignore[arg-type]
            return self.fields(receiver, names, frame, first.at, rest, dot, final)
        if rest or final or (kind is Constant and first.value is None):  # type: ignore[union-attr]
            word = "nil" if isinstance(first, Constant) and first.value is None else "a value"
            raise self.fail(f"{word} cannot be called; a function stands first", frame, node.at)
        return self.operand(first, frame, dot)

    def receiver(self, node: DotField | Variable | Chain, frame: Frame, dot: Any) -> tuple[Any, tuple[str, ...]]:
        """What fields are read from; what stands behind it is remembered."""
        if type(node) is DotField:
            if frame.dot_reads and not self.known.knows(dot):
                self.reads.extend(frame.dot_reads)
            return dot, node.names
        if type(node) is Variable:
            found, reads = frame.variable(node.name)
            if found is _UNDECLARED:
                raise self.fail(f"the variable {node.name} is not declared here", frame, node.at)
            if reads and not (node.names and self.known.knows(found)):
                self.reads.extend(reads)
            return found, node.names
        return self.operand(node.node, frame, dot), node.names  # type: ignore[union-attr]

    def operand(self, node: Node, frame: Frame, dot: Any) -> Any:
        """The value of an argument."""
        kind = type(node)
        if kind is Constant:
            return node.value  # type: ignore[union-attr]
        if kind is Dot:
            self.reads.extend(frame.dot_reads)
            return dot
        if kind is Pipeline:
            return self.pipeline(node, frame, dot)  # type: ignore[arg-type]
        if kind is Name:
            return self.function(node, (), frame, dot, ())  # type: ignore[arg-type]
        if kind is DotField or kind is Variable or kind is Chain:
            receiver, names = self.receiver(node, frame, dot)  # type: ignore[arg-type]
            return self.fields(receiver, names, frame, node.at, (), dot, ()) if names else receiver
        raise self.fail("this is no value", frame, node.at)

    def fields(
        self,
        value: Any,
        names: tuple[str, ...],
        frame: Frame,
        at: int,
        rest: tuple[Node, ...],
        dot: Any,
        final: tuple[Any, ...],
    ) -> Any:
        """`value.a.b`; the last may be a method with arguments. Fields of a value that is nil as a whole are nil."""
        has_arguments = bool(rest or final)
        if not names and has_arguments:
            raise self.fail("a value cannot be called; a function stands first", frame, at)
        last = len(names) - 1
        absent = True
        for index, name in enumerate(names):
            if (
                name == "AsMap"
                and index
                and names[index - 1] == "Values"
                and isinstance(value, dict)
                and name not in value
            ):
                continue  # the one method of Helm's Values that templates call: the same as a plain map
            if isinstance(value, dict) and not hasattr(value, "call_method"):
                if index == last and has_arguments:
                    raise self.fail(f"{name} is a value, not a method; it takes no arguments", frame, at)
                self.read(value, name)
                value, absent = self.field(value, name, frame, at), False
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

    def field(self, value: dict[str, Any], name: str, frame: Frame, at: int) -> Any:
        """The entry of a map; nil where it has none, and an error for a struct."""
        if name in value:
            return value[name]
        if isinstance(value, GoStruct):
            raise self.fail(f"there is no field {name!r} in this object", frame, at)
        return "" if isinstance(value, TextMap) else None

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
        found = self.known.entry(container, name)
        if found:
            self.reads.extend(found)
            self.engine.reads.update(found)

    def uses(self, reads: list[Path]) -> None:
        """Remember the values on which something rests that is not printed."""
        if reads:
            self.engine.used.update(leaves(reads))

    # functions

    def function(
        self, node: Name, rest: tuple[Node, ...], frame: Frame, dot: Any, final: tuple[Any, ...], begin: int = 0
    ) -> Any:
        """Call a function; `and` and `or` stop early."""
        name = node.name
        self.step(frame, node.at)
        if name in ("and", "or"):
            return self.logic(name, rest, frame, dot, final, node.at)
        arguments: list[Any] = []
        marks = [len(self.reads)]
        for each in rest:
            arguments.append(self.operand(each, frame, dot))
            marks.append(len(self.reads))
        arguments.extend(final)
        try:
            if name in ("include", "tpl"):
                if name == "include":
                    self.uses(self.reads[marks[0] : marks[1]])
                return self.nested(name, arguments, marks, frame, node.at)
            if name in _LOOKUPS and len(arguments) > 1:
                self.looked_up(name, arguments)
            if None in arguments and (place := _nil_that_was_read(rest, arguments)) is not None:
                library.refuse_nil_map(name, place)
            if name not in _PASS_ON:
                self.uses(self.reads[begin if final else marks[0] :])
            self.steps += bounds.weigh(name, arguments)
            own = self.owned.get(name)
            if own is not None:
                made = own(*arguments)
                self.steps += bounds.weigh_result(made)
                return made
            made = library.call(name, arguments)
            self.steps += bounds.weigh_result(made)
            if name in _MAKERS:
                self.made(name, made, arguments, marks, begin if final else -1)
            if name in _READERS and isinstance(made, (dict, list)) and isinstance(arguments[0], SpannedText):
                self.known.parsed(made, arguments[0])
            if made.__class__ in _GROWS:
                self.grown(made)
            return made
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

    def grown(self, made: Any) -> None:
        """Count what functions make, so that no loop doubles a text or a list without end."""
        if isinstance(made, str):
            weight = len(made)  # one that is too long by itself has been refused
        else:
            items = made.values() if isinstance(made, dict) else made
            weight = 1 + sum(self.weights.get(id(item), _LIGHT)[0] for item in items)
            self.weights[id(made)] = weight, made
        self.bulk += weight
        if (weight > MAX_WEIGHT and not isinstance(made, str)) or self.bulk > MAX_BULK:
            raise Failure("this grows without bounds; is there a loop that doubles it?")

    def made(self, name: str, made: Any, arguments: list[Any], marks: list[int], begin: int) -> None:
        """Remember what stands behind the entries of a container that a function made."""
        if name.endswith("eepCopy"):
            self.known.same(made, arguments[0])
            return

        def behind(place: int) -> list[Path]:
            if place + 1 < len(marks):
                return self.reads[marks[place] : marks[place + 1]]
            return self.reads[begin : marks[0]] if begin >= 0 else []

        if name == "dict":
            for place in range(1, len(arguments), 2):
                self.known.put(made, to_text(arguments[place - 1]), behind(place))
        elif name in ("list", "tuple"):
            for place in range(len(arguments)):
                self.known.put(made, place, behind(place))
        elif name == "set":
            self.known.put(made, arguments[1], behind(2))
        elif name in ("pick", "omit"):
            for key in made:
                self.known.move(made, arguments[0], key)
        else:
            self.known.put(made, ALL, self.reads[begin if begin >= 0 else marks[0] :])

    def merged(self, over: bool, *maps: Any) -> Any:
        """merge and mergeOverwrite: what each entry came from is remembered."""

        return merged(over, maps, self.known.move)

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

    def nested(self, name: str, arguments: list[Any], marks: list[int], frame: Frame, at: int) -> Any:
        """include and tpl."""
        if len(arguments) != 2 or not isinstance(arguments[0], str):
            raise Failure("it wants a text and the dot")
        dot_reads = leaves(self.reads[marks[1] :]) if len(marks) > 2 else ()
        if name == "include":
            return self.included(arguments[0], arguments[1], dot_reads, frame, at)
        return self.expand(arguments[0], arguments[1], dot_reads, frame, at)

    def call(self, *_: Any) -> Any:
        """Go's call: values of templates hold no functions."""
        raise Failure("there is no function to call")

    def expand(self, text: str, dot: Any, dot_reads: Reads, frame: Frame, at: int) -> SpannedText:
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
        reads = leaves(self.reads)
        try:
            made = self.deeper(mark, dot, dot_reads, frame, at)
        except TemplateError as error:
            if error.file != _TPL:
                raise
            problem = f"in the text given to tpl, line {error.line}: {error.problem}"
            raise self.fail(problem, frame, at) from None
        finally:
            self.engine.templates = before
        ends = [*(span[0] for span in made.spans[1:]), len(made)]
        spans = zip(made.spans, ends, strict=False)  # nothing printed has no span
        begin = self.place[1] if self.place[0] == file else at
        made = SpannedText(made, [one for span, end in spans for one in _from_tpl(span, end, text, file, begin, reads)])
        return _without_no_value(made)

    def to_yaml(self, *values: Any) -> str:
        """toYaml, with the paths of the values that it prints."""
        if len(values) != 1:
            raise Failure(f"it takes one value, and is given {len(values)}")
        (value,) = values
        text, places = to_yaml_with_paths(value)
        text = text.removesuffix("\n")
        if not text or not isinstance(value, (dict, list)) or not (self.reads or self.known.is_traced(value)):
            return text
        return SpannedText(text, self.traced(value, text, places))

    def to_json(self, escaped: bool, *values: Any) -> str:
        """toJson and toRawJson, with the places of what they print, which few ask for."""
        if len(values) != 1:
            raise Failure(f"it takes one value, and is given {len(values)}")
        (value,) = values
        text, places = to_json_with_paths(value, escaped=escaped)
        if not isinstance(value, (dict, list)) or not (self.reads or self.known.is_traced(value)):
            return text
        return LazyText(text, functools.partial(self.traced, value, text, places, self.place, leaves(self.reads)))

    def traced(
        self,
        value: Any,
        text: str,
        places: Iterable[tuple[int, Path, bool]],
        action: tuple[str, int] | None = None,
        behind: Reads | None = None,
    ) -> list[Span]:
        """The spans of a value that was written as a text, from the places of its parts in the text."""
        file, at = action or self.place
        behind = leaves(self.reads) if behind is None else behind
        spans: list[Span] = []
        for start, below, is_key in places:
            if start >= len(text):
                continue
            path, reads, where = self.known.shown(value, below, behind, is_key)
            if where is None:
                spans.append((start, at, TextOrigin(file, reads=reads, value=path, is_key=is_key and path is not None)))
            else:
                (_, offset, origin), written = where
                again = origin.literal and not text.startswith(written, start)
                spans.append((start, offset, origin._replace(again=again)))
        return spans


def _nil_that_was_read(rest: tuple[Node, ...], arguments: list[Any]) -> int | None:
    """The place of an argument that is nil and was read from a field: Go tells it from a nil that a pipeline gave."""
    for place, (node, value) in enumerate(zip(rest, arguments, strict=False)):
        if value is None and (isinstance(node, (DotField, Chain)) or (isinstance(node, Variable) and node.names)):
            return place
    return None


_TPL = "<tpl>"
_UNDECLARED = object()
_LIGHT = (1, None)
_GROWS = frozenset([str, SpannedText, list, dict])
_LOOKUPS = frozenset(["get", "index", "dig", "hasKey"])
_MAKERS = frozenset(
    ["dict", "list", "tuple", "set", "pick", "omit", "deepCopy", "mustDeepCopy", "append", "mustAppend", "prepend", "mustPrepend", "concat",
     "uniq", "mustUniq", "without", "mustWithout", "compact", "mustCompact", "reverse", "mustReverse", "splitList", "values", "pluck",
     "sortAlpha", "rest", "initial", "slice", "keys"]
)  # fmt: skip
_PASS_ON = _MAKERS | frozenset(
    ["default", "coalesce", "required", "quote", "squote", "toString", "toYaml", "mustToYaml", "toJson", "mustToJson", "toRawJson",
     "mustToRawJson", "indent", "nindent", "trim", "print", "println", "printf", "cat", "join", "merge", "mustMerge", "mergeOverwrite",
     "mustMergeOverwrite", "fromYaml", "fromYamlArray", "fromJson", "fromJsonArray", "mustFromJson", "get", "index", "dig", "hasKey",
     "first", "last", "empty", "not", "typeIs", "typeOf", "kindIs", "kindOf"]
)  # fmt: skip
"""Functions that print a value, hand it on, or ask only whether there is one and of which type."""
_READERS = frozenset(["fromYaml", "fromYamlArray", "fromJson", "fromJsonArray", "mustFromJson", "mustFromYaml"])
_OWN = frozenset(["and", "or", "include", "tpl", "toYaml", "mustToYaml", "call"])


def _from_tpl(span: Span, end: int, text: str, file: str, at: int, reads: tuple[Path, ...]) -> Iterable[Span]:
    """The spans of a piece of tpl's output that ends at `end`: where the text itself knows its places, these."""
    start, offset, origin = span
    if origin.file != _TPL:
        return (span,)
    plain = (start, at, TextOrigin(file, reads=reads + origin.reads))
    if not isinstance(text, SpannedText):
        return (plain,)
    inner = cut(text, offset, offset + end - start if origin.literal else offset + 1)
    found: list[Span] = []
    for begin, where, under in inner.spans if isinstance(inner, SpannedText) else ():
        if under.file:
            merged = under._replace(literal=origin.literal and under.literal, reads=under.reads + origin.reads)
            found.append((start + begin, where, merged))
        else:
            found.append((start + begin, *plain[1:]))
    return found if found and found[0][0] == start else (plain, *found)


class Frame:
    """One template that runs: its output, its variables with what stands behind each, and what stands behind its dot."""

    __slots__ = ("dot_reads", "gathered", "literal", "out", "plain", "template", "variables")

    def __init__(self, template: Template, dot: Any, dot_reads: Reads = ()) -> None:
        self.template = template
        self.out = Builder()
        self.variables: list[tuple[str, Any, Reads]] = [("$", dot, dot_reads)]
        self.dot_reads = dot_reads
        self.gathered: list[Path] = []
        self.literal = TextOrigin(template.file, True)
        self.plain = TextOrigin(template.file)

    def variable(self, name: str) -> tuple[Any, Reads]:
        """The value of a variable, the innermost of its name, and what stands behind it; `_UNDECLARED` where there is none."""
        for known, value, reads in reversed(self.variables):
            if known == name:
                return value, reads
        return _UNDECLARED, ()

    def assign(self, name: str, value: Any, reads: Reads) -> bool:
        """Set a variable; False where it is not declared."""
        for index in range(len(self.variables) - 1, -1, -1):
            if self.variables[index][0] == name:
                self.variables[index] = (name, value, reads)
                return True
        return False


__all__ = ["Engine", "Int64", "Rendered"]
