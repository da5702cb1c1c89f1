"""What a chart leaves to whoever installs it: values that values.yaml holds empty, or does not hold, and that templates print.

`helm install` with the chart's own values is refused there, but nobody installs it so: the values come from the command line, from an
environment's file, from an umbrella chart. What is wrong only because such a value is not there says nothing about the chart; what its
templates write themselves does, and so does a value that the chart forgot: a misspelt one, or one of several below a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from kubetrial.lint.build.chart.objects import PrintedPiece, RenderedObject
from kubetrial.lint.build.chart.template import Branch, Engine, LiteralText, Node, Template, TemplateError
from kubetrial.lint.build.origin import Path
from kubetrial.lint.values.nearest import nearest
from kubetrial.lint.values.records import dataclass

_OTHERWISE = re.compile(r"\b(?:default|coalesce|ternary|or|empty|dig)\b")
_BARE_EDGE = re.compile(r"\A(?:-(?!-)|[:/._@])|[-:/._@]\Z|\w--|\.\.|(?<!:)//|:/(?!/)")
"""What a text shows in which something is not there: `nginx:`, `-web`, `a..example.com`."""
_NOTHING_PRINTED = frozenset(("", '""', "''", "null", "{}", "[]", "<nil>", '"<nil>"'))
_PRINTED_NIL = ("%!", "<nil>", "<no value>")
_STAND_IN = re.compile(r"(?:https?://)?localhost(?::\d{1,5})?(?:/|\Z)")
"""What values.yaml says of the address of a chart's service until somebody knows it."""
_MISSING = object()


def _everything(_name: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """The values of one rendering of a chart, and which of them are left to its user.

    `reads` are the paths that its templates read; `templates` its templates by the files that define them; `others` the values of other
    renderings that somebody chose; `given` says of a name whether other files of the repository give it.
    """

    values: Mapping[str, Any]
    reads: Collection[Path]
    templates: Mapping[str, tuple[Template, ...]]
    others: Sequence[Mapping[str, Any]] = ()
    given: Callable[[str], bool] = _everything

    def told(self, paths: Iterable[Path]) -> tuple[str, ...]:
        """Values as people write them, without those that another rendering gives: `a.b[0].c`."""
        named = [shared(path) for path in paths if not any(_is_given(_held(values, path)) for values in self.others)]
        return tuple("".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)[1:] for path in named)

    def is_open(self, path: Path) -> bool:
        """Whether a value is not there or empty, and its name no slip of one that is there."""
        held: Any = self.values
        for depth, key in enumerate(path):
            inner = _below(held, key)
            if inner is _MISSING:
                return not self._is_forgotten(path[: depth + 1], held)
            held = inner
        return not _is_given(held) or (isinstance(held, str) and _STAND_IN.match(held) is not None)

    def open_of(self, reads: Iterable[Path]) -> tuple[Path, ...]:
        """The values among those that were read that are left to the user."""
        return tuple(path for path in dict.fromkeys(reads) if path and self.is_open(path))

    def holds(self, built: object, path: Path) -> tuple[Path, ...]:
        """The values that what stands at the path of an object waits for: they would have been printed there."""
        if not isinstance(built, RenderedObject):
            return ()
        pieces, exact = built.pieces(path)
        if exact and _is_long(_held(built.value, path)):
            return ()
        if exact:
            indent = built.indent(path)
            return self._of(
                piece
                for piece in pieces
                if self._prints_open(piece)
                and not (piece.silent and piece.begins_line and self._writes_beside(piece, indent))
            )
        return self._of(piece for piece in pieces if piece.silent and self._would_print(piece, path[-1:]))

    def leaves_out(self, built: object, path: Path, name: str = "") -> tuple[Path, ...]:
        """The values that lead to further fields of what stands at the path of an object, and are not given.

        With `name`: to an item of that name, which the template writes.
        """
        if not isinstance(built, RenderedObject):
            return ()
        pieces, _ = built.pieces(path, absent=True)
        if name:
            written = re.compile(rf"(?m)^[ \t-]*name:[ \t]*[\"']?{re.escape(name)}[\"']?[ \t]*$")
            return self._of(
                piece
                for piece in pieces
                if piece.silent
                and self.open_of(piece.reads)
                and any(isinstance(node, LiteralText) and written.search(node.text) for node in self._body(piece))
            )
        return self._of(
            piece
            for piece in pieces
            if (piece.silent and self._would_print(piece, ())) or (not piece.silent and self._prints_open(piece))
        )

    def fails_for(self, error: TemplateError, action: str) -> tuple[Path, ...]:
        """The values for want of which an action failed."""
        if error.problem.startswith("there is no template"):
            return ()
        found = self.open_of(error.reads)
        return found if "nil" in error.problem or not _OTHERWISE.search(action) else ()

    def breaks(self, pieces: Iterable[PrintedPiece]) -> tuple[Path, ...]:
        """The values for want of which actions printed what cannot be read."""
        return self._of(piece for piece in pieces if not piece.silent and self._prints_open(piece))

    def _of(self, pieces: Iterable[PrintedPiece]) -> tuple[Path, ...]:
        return tuple(dict.fromkeys(path for piece in pieces for path in self.open_of(piece.reads)))

    def _prints_open(self, piece: PrintedPiece) -> bool:
        """Whether an action printed what it read, where that is nothing, and puts nothing in its place."""
        open_ones = self.open_of(piece.reads)
        if not open_ones:
            return False
        text = piece.text.strip()
        if text in _NOTHING_PRINTED or any(sign in text for sign in _PRINTED_NIL):
            return True
        if _OTHERWISE.search(piece.action):
            return False
        if any(re.search(rf"\.{re.escape(str(path[-1]))}\b", piece.action) for path in open_ones):
            return True
        # Read by way of a variable or a helper, which may have put something in its place: then nothing is amiss with the text.
        return _BARE_EDGE.search(text.strip("\"'")) is not None or "localhost" in text

    def _writes_beside(self, piece: PrintedPiece, indent: int) -> bool:
        """Whether a branch that was not taken writes fields beside the key that is indented so far, and none below it."""
        first = next((node for node in self._body(piece) if isinstance(node, LiteralText) and node.text.strip()), None)
        if first is None:
            return False
        before = first.text[: len(first.text) - len(first.text.lstrip())]
        written = len(before) - before.rfind("\n") - 1
        # Items of a list may stand as far out as the key that they are the value of.
        return "\n" in before and (written < indent or (written == indent and not first.text.lstrip().startswith("-")))

    def _body(self, piece: PrintedPiece) -> Iterator[Node]:
        """What stands in the branch that begins at the place of a piece."""
        for template in self.templates.get(piece.file, ()):
            for branch in _branches(template.body):
                if branch.at == piece.offset:
                    return _all(branch.body)
        return iter(())

    def _would_print(self, piece: PrintedPiece, key: Path) -> bool:
        """Whether a branch that was not taken for want of a value writes a key, or any field at all."""
        if not self.open_of(piece.reads):
            return False
        name = re.escape(str(key[0])) if key and isinstance(key[0], str) else r"[\w./-]+"
        written = re.compile(rf"(?m)^[ \t-]*[\"']?{name}[\"']?[ \t]*:")
        return any(not isinstance(node, LiteralText) or written.search(node.text) for node in self._body(piece))

    def _is_forgotten(self, path: Path, siblings: Any) -> bool:
        """Whether a value that is not there is a mistake of the chart: misspelt, or the one that it forgot of several below a name.

        Misspelt is one beside which another stands that is called nearly so, and that nothing reads.
        """
        if not isinstance(siblings, dict) or not siblings or not isinstance(path[-1], str):
            return False
        if any(_is_given(_held(values, path)) for values in self.others):
            return False
        if nearest(path[-1], self._unread(path[:-1], siblings)) is not None:
            return True
        return len(path) > 1 and not self.given(path[-1])

    def _unread(self, above: Path, siblings: Mapping[Any, Any]) -> Iterator[str]:
        depth = len(above)
        read = {one[depth] for one in self.reads if len(one) > depth and one[:depth] == above}
        return (key for key in siblings if isinstance(key, str) and key not in read)


def left_open(
    values: Mapping[str, Any],
    engine: Engine,
    others: Sequence[Mapping[str, Any]] = (),
    given: Callable[[str], bool] = _everything,
) -> LeftOpen:
    """What is left open of the values that an engine has rendered templates with."""
    templates: dict[str, tuple[Template, ...]] = {}
    for one in engine.templates.values():
        templates[one.file] = (*templates.get(one.file, ()), one)
    return LeftOpen(values, engine.reads, templates, others, given)


def shared(path: Path) -> Path:
    """A global of a dependency as its parent's: who sets it sets it there."""
    return path[path.index("global") :] if "global" in path[1:] else path


_MOST_SIGNS = 253
"""So long is the longest name; what is longer or has several lines is a script, in which much may be left out."""


def _is_long(held: Any) -> bool:
    return isinstance(held, str) and (len(held) > _MOST_SIGNS or "\n" in held.strip())


def _held(values: Any, path: Path) -> Any:
    for key in path:
        values = _below(values, key)
    return values


def _is_given(held: Any) -> bool:
    return held is not _MISSING and held is not None and held not in ("", [], {})


def _below(held: Any, key: str | int) -> Any:
    """The value at a key or index; `_MISSING` where there is none."""
    if isinstance(held, dict):
        return held.get(key, _MISSING)
    if isinstance(held, list) and isinstance(key, int) and 0 <= key < len(held):
        return held[key]
    return _MISSING


def _branches(body: tuple[Node, ...]) -> Iterator[Branch]:
    return (node for node in _all(body) if isinstance(node, Branch))


def _all(body: tuple[Node, ...]) -> Iterator[Node]:
    """The nodes of a body and of the branches in it, each branch before what it holds."""
    waiting = list(reversed(body))
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Branch):
            waiting.extend(reversed((*node.body, *(node.otherwise or ()))))
