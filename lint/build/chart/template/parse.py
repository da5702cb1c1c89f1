"""Reads templates as Go's text/template does (text/template/parse of Go 1.26): each node with its place.

Errors are `TemplateError`s in our words. `parse` is pure and keeps its answers.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from kubetrial.lint.build.chart.template.constants import number, unquoted
from kubetrial.lint.build.chart.template.errors import TemplateError
from kubetrial.lint.build.chart.template.functions import HELM_4
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
    TemplateFile,
    Variable,
)

MAX_NESTING = 150
SPACE = " \t\r\n"
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)|(?P<raw>`[^`]*`)|(?P<text>"(?:[^"\\\n]|\\[^\n])*")|(?P<char>'(?:[^'\\\n]|\\[^\n])+')"""
    r"""|(?P<number>[+-]?(?:\.?[0-9])(?:[eEpP][+-]|[\w.])*)|(?P<field>\.\w+)|(?P<variable>\$\w*)|(?P<word>\w+)"""
    r"""|(?P<declare>:=)|(?P<sign>[=|(),.])"""
)
_KEYWORDS = frozenset(["if", "with", "range", "else", "end", "define", "template", "block", "break", "continue"])
_END_OF_WORD = frozenset(" \t\r\n.,|:)(")


class Token(NamedTuple):
    """A piece of an action."""

    kind: str
    text: str
    at: int


class TemplatePiece(NamedTuple):
    """Literal text (kind `text`) or the tokens of an action, at the place of its braces."""

    at: int
    text: str
    tokens: tuple[Token, ...] | None


def pieces(file: str, text: str) -> list[TemplatePiece]:
    """A text cut into literals and actions, trimmed as its markers say; comments are gone."""
    found: list[TemplatePiece] = []
    place, trims = 0, False
    while True:
        opened = text.find("{{", place)
        literal = text[place:] if opened < 0 else text[place:opened]
        begin = place
        if trims:
            kept = literal.lstrip(SPACE)
            begin += len(literal) - len(kept)
            literal = kept
        inside = opened + 2
        if opened >= 0 and text[inside : inside + 1] == "-" and text[inside + 1 : inside + 2] in tuple(SPACE):
            literal = literal.rstrip(SPACE)
            inside += 2
        if literal:
            found.append(TemplatePiece(begin, literal, None))
        if opened < 0:
            return found
        if text.startswith("/*", inside):
            place, trims = _comment_end(file, text, opened, inside)
            continue
        tokens, place, trims = _tokens(file, text, opened, inside)
        found.append(TemplatePiece(opened, "", tokens))


def _comment_end(file: str, text: str, opened: int, inside: int) -> tuple[int, bool]:
    end = text.find("*/", inside + 2)
    if end < 0:
        raise TemplateError("this comment is never closed; write */}} behind it", file, text, opened)
    end += 2
    if text.startswith("}}", end):
        return end + 2, False
    if text[end : end + 1] in tuple(SPACE) and text.startswith("-}}", end + 1):
        return end + 4, True
    raise TemplateError("a comment ends before the braces: write */}} or */ -}}", file, text, opened)


def _tokens(file: str, text: str, opened: int, place: int) -> tuple[tuple[Token, ...], int, bool]:
    found: list[Token] = []
    depth = 0
    while True:
        ends = text.startswith("}}", place)
        trims = text[place : place + 1] in tuple(SPACE) and text.startswith("-}}", place + 1)
        if ends or trims:
            if depth:
                raise TemplateError("a parenthesis is not closed", file, text, opened)
            return tuple(found), place + (4 if trims else 2), trims
        match = _TOKEN.match(text, place)
        if match is None:
            raise _bad_sign(file, text, opened, place)
        kind = str(match.lastgroup)
        token = Token(kind, match[0], place)
        place = match.end()
        if kind == "space":
            # " -}}" may begin in the middle of white space
            if text.startswith("-}}", place):
                place -= 1
            if place > token.at:
                found.append(token)
            continue
        if kind in ("field", "variable", "word") and place < len(text):
            ends = text[place] in _END_OF_WORD or text.startswith("}}", place)
            if not ends:
                raise TemplateError(f"bad character {text[place]!r} behind {token.text}", file, text, place)
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth < 0:
            raise TemplateError("this parenthesis closes nothing", file, text, token.at)
        found.append(token)


def _bad_sign(file: str, text: str, opened: int, place: int) -> TemplateError:
    if place >= len(text):
        return TemplateError("this action is never closed; write }} behind it", file, text, opened)
    if text[place] in "\"`'":
        return TemplateError("this text in quotes is never closed on its line", file, text, place)
    return TemplateError(f"{text[place]!r} means nothing in an action", file, text, place)


MOST_KEPT = 30_000
"""Letters of a template that is kept for other renderings: a process that lives long keeps a thousand of them, and no more."""

MOST_KEPT_LONG = 150_000
"""Letters of one of the few long templates that are kept: a search of branches renders the same chart some hundred times."""


def parse(file: str, text: str, functions: frozenset[str]) -> TemplateFile:
    """The templates that a file defines, its own first; raises TemplateError. `functions` are the names that may be called."""
    if len(text) <= MOST_KEPT:
        return _kept(file, text, functions)
    return (
        _kept_long(file, text, functions)
        if len(text) <= MOST_KEPT_LONG
        else _TemplateParser(file, text, functions).read()
    )


@functools.lru_cache(maxsize=1000)
def _kept(file: str, text: str, functions: frozenset[str]) -> TemplateFile:
    return _TemplateParser(file, text, functions).read()


@functools.lru_cache(maxsize=6)
def _kept_long(file: str, text: str, functions: frozenset[str]) -> TemplateFile:
    return _TemplateParser(file, text, functions).read()


class _TemplateParser:
    def __init__(self, file: str, text: str, functions: frozenset[str]) -> None:
        self.file, self.text, self.functions = file, text, functions
        self.pieces = pieces(file, text)
        self.next = 0
        self.tokens: list[Token] = []
        self.token = 0
        self.variables = ["$"]
        self.ranges = 0
        self.depth = 0
        self.defined: dict[str, Template] = {}

    def error(self, problem: str, at: int) -> TemplateError:
        return TemplateError(problem, self.file, self.text, at)

    def read(self) -> TemplateFile:
        body, word, at = self.nodes(top=True)
        if word:
            raise self.error(f"{{{{{word}}}}} belongs to no block", at)
        own = Template(self.file, self.file, self.text, body)
        return TemplateFile((own, *self.defined.values()))

    # blocks

    def nodes(self, top: bool = False) -> tuple[tuple[Node, ...], str, int]:
        """Nodes up to an `end` or `else` (whose word and place come back; its tokens are still to be read)."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self.error("blocks are nested too deeply", self.pieces[self.next - 1].at)
        found: list[Node] = []
        while self.next < len(self.pieces):
            piece = self.pieces[self.next]
            self.next += 1
            if piece.tokens is None:
                found.append(LiteralText(piece.at, piece.text))
                continue
            self.tokens, self.token = list(piece.tokens), 0
            self.skip_space()
            word = self.peek()
            if word is not None and word.text in ("end", "else") and word.kind == "word":
                self.token += 1
                self.depth -= 1
                return tuple(found), word.text, piece.at
            node = self.action(piece.at, top)
            if node is not None:
                found.append(node)
        self.depth -= 1
        return tuple(found), "", len(self.text)

    def action(self, at: int, top: bool) -> Node | None:
        word = self.peek()
        if word is not None and word.kind == "word" and word.text in _KEYWORDS:
            self.token += 1
            if word.text in ("if", "with", "range"):
                return self.branch(at, word.text)
            if word.text == "define":
                if not top:
                    raise self.error("define stands at the top of a file only, never inside of a block", at)
                self.define(at)
                return None
            if word.text == "template":
                return self.call(at)
            if word.text == "block":
                return self.block(at)
            return self.jump(at, word.text)
        pipeline = self.pipeline(at, "action")
        return Action(at, pipeline)

    def jump(self, at: int, word: str) -> Jump:
        self.finish(word)
        if not self.ranges:
            raise self.error(f"{word} stands outside of a range", at)
        return Jump(at, word)

    def branch(self, at: int, word: str) -> Branch:
        kept = len(self.variables)
        pipeline = self.pipeline(at, word)
        self.ranges += word == "range"
        body, ended, place = self.nodes()
        self.ranges -= word == "range"
        otherwise: tuple[Node, ...] | None = None
        if ended == "else":
            self.skip_space()
            follows = self.peek()
            if follows is not None and follows.text == word and word in ("if", "with"):
                self.token += 1
                self.depth += 1
                if self.depth > MAX_NESTING:
                    raise self.error("blocks are nested too deeply", place)
                otherwise = (self.branch(place, word),)
                self.depth -= 1
                del self.variables[kept:]
                return Branch(at, word, pipeline, body, otherwise)
            self.finish("else")
            otherwise, ended, place = self.nodes()
            if ended == "else":
                raise self.error("a second else: one block has one", place)
        if not ended:
            raise self.error(f"this {word} has no {{{{ end }}}}", at)
        self.finish("end")
        del self.variables[kept:]
        return Branch(at, word, pipeline, body, otherwise)

    def define(self, at: int) -> None:
        name = self.name(at, "define")
        self.finish("define")
        self.inner(at, name)

    def inner(self, at: int, name: str) -> None:
        kept, ranges = self.variables, self.ranges
        self.variables, self.ranges = ["$"], 0
        body, ended, place = self.nodes()
        if ended != "end":
            raise self.error(f"the template {name!r} has no {{{{ end }}}}", place if ended else at)
        self.finish("end")
        self.variables, self.ranges = kept, ranges
        made = Template(name, self.file, self.text, body)
        before = self.defined.get(name)
        if before is not None and not before.is_empty and not made.is_empty:
            raise self.error(f"the template {name!r} is defined twice in this file", at)
        if before is None or not made.is_empty:
            self.defined[name] = made

    def call(self, at: int) -> TemplateCall:
        name = self.name(at, "template")
        self.skip_space()
        return TemplateCall(at, name, self.pipeline(at, "template") if self.peek() is not None else None)

    def block(self, at: int) -> TemplateCall:
        name = self.name(at, "block")
        pipeline = self.pipeline(at, "block")
        self.inner(at, name)
        return TemplateCall(at, name, pipeline)

    def name(self, at: int, word: str) -> str:
        self.skip_space()
        token = self.peek()
        if token is None or token.kind not in ("text", "raw"):
            raise self.error(f"{word} wants a name in quotes", at)
        self.token += 1
        return self.quoted(token)

    # pipelines

    def peek(self) -> Token | None:
        return self.tokens[self.token] if self.token < len(self.tokens) else None

    def skip_space(self) -> None:
        while self.token < len(self.tokens) and self.tokens[self.token].kind == "space":
            self.token += 1

    def finish(self, word: str) -> None:
        self.skip_space()
        token = self.peek()
        if token is not None:
            raise self.error(f"{token.text!r} is not expected behind {word}", token.at)

    def pipeline(self, at: int, context: str, inner: bool = False) -> Pipeline:
        declared, assigns = self.declaration(context)
        commands: list[Command] = []
        while True:
            self.skip_space()
            token = self.peek()
            if token is None or token.text == ")":
                break
            commands.append(self.command())
            token = self.peek()
            if token is not None and token.text == "|":
                self.token += 1  # Go takes a pipe that nothing follows
        if self.peek() is not None and not inner:
            raise self.error(f"{self.tokens[self.token].text!r} is not expected here", self.tokens[self.token].at)
        if not commands:
            raise self.error(f"{context} wants a value", at)
        for later in commands[1:]:
            if isinstance(later.parts[0], (Constant, Dot)):
                raise self.error("behind a pipe stands a function, not a value", later.at)
        return Pipeline(commands[0].at, declared, assigns, tuple(commands))

    def declaration(self, context: str) -> tuple[tuple[str, ...], bool]:
        self.skip_space()
        begin = self.token
        names: list[str] = []
        while True:
            token = self.peek()
            if token is None or token.kind != "variable":
                break
            self.token += 1
            self.skip_space()
            names.append(token.text)
            sign = self.peek()
            if sign is not None and (sign.kind == "declare" or sign.text == "="):
                self.token += 1
                self.variables.extend(names)  # those of `=` too: what is not declared is missed when it runs
                return tuple(names), sign.text == "="
            if sign is not None and sign.text == "," and context == "range" and len(names) < 2:
                self.token += 1
                self.skip_space()
                continue
            if sign is not None and sign.text == ",":
                raise self.error("only range declares two variables", sign.at)
            break
        self.token = begin
        return (), False

    def known(self, name: str, at: int) -> None:
        if name not in self.variables:
            raise self.error(f"the variable {name} is not declared here", at)

    def command(self) -> Command:
        parts: list[Node] = []
        first = self.tokens[self.token]
        while True:
            self.skip_space()
            token = self.peek()
            if token is None or (token.text in (")", "|") and token.kind == "sign"):
                break
            parts.append(self.operand())
            after = self.peek()
            if after is not None and after.kind != "space" and after.text not in (")", "|"):
                raise self.error(f"{after.text!r} is not expected here; a space is missing or too many", after.at)
        if not parts:
            raise self.error("a command is missing before the pipe", first.at)
        return Command(first.at, tuple(parts))

    def operand(self) -> Node:
        token = self.tokens[self.token]
        node = self.term(token)
        names: list[str] = []
        while (follows := self.peek()) is not None and follows.kind == "field":
            names.append(follows.text[1:])
            self.token += 1
        if not names:
            return node
        if isinstance(node, DotField):
            return DotField(node.at, (*node.names, *names))
        if isinstance(node, Variable):
            return Variable(node.at, node.name, tuple(names))
        if isinstance(node, (Constant, Dot)):
            raise self.error(f"a constant has no fields: {token.text}.{names[0]}", token.at)
        return Chain(node.at, node, tuple(names))

    def term(self, token: Token) -> Node:
        self.token += 1
        kind, text, at = token
        if kind == "field":
            return DotField(at, (text[1:],))
        if kind == "variable":
            self.known(text, at)
            return Variable(at, text, ())
        if kind == "word":
            return self.word(text, at)
        if kind in ("text", "raw"):
            return Constant(at, self.quoted(token))
        if kind in ("number", "char"):
            try:
                return Constant(at, number(text))
            except ValueError:
                raise self.error(f"{text} is no number", at) from None
        if text == ".":
            return Dot(at)
        if text == "(":
            return self.parenthesis(at)
        raise self.error(f"{text!r} is not expected here", at)

    def parenthesis(self, at: int) -> Pipeline:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self.error("parentheses are nested too deeply", at)
        made = self.pipeline(at, "parenthesis", inner=True)
        self.depth -= 1
        self.token += 1  # the closing one: the lexer has counted them
        return made

    def word(self, text: str, at: int) -> Node:
        if text in ("true", "false"):
            return Constant(at, text == "true")
        if text == "nil":
            return Constant(at, None)
        if text in _KEYWORDS:
            raise self.error(f"{text} stands first in an action", at)
        if text not in self.functions and text in HELM_4:
            raise self.error(f"the function {text!r} exists from Helm 4 on", at)
        if text not in self.functions:
            raise self.error(f"the function {text!r} does not exist", at)
        return Name(at, text)

    def quoted(self, token: Token) -> str:
        if token.kind == "raw":
            return token.text[1:-1].replace("\r", "")
        try:
            return unquoted(token.text)
        except ValueError:
            raise self.error(f"{token.text} holds an escape that does not exist", token.at) from None
