"""What is wrong with a text that is no YAML, in words: libyaml says what its parser looked for, not what the writer did."""

from __future__ import annotations

from kubetrial.lint.values.records import dataclass


@dataclass(frozen=True, slots=True)
class _Stop:
    """Where libyaml stopped (`at`) and why; `begun` is where what it was reading begins."""

    problem: str
    context: str
    text: str
    at: int
    begun: int

    @property
    def here(self) -> str:
        """The character that libyaml stopped at."""
        return self.text[self.at : self.at + 1]

    @property
    def before(self) -> str:
        """What stands before it on its line."""
        return self.text[self.text.rfind("\n", 0, self.at) + 1 : self.at]

    def follows(self, *words: str) -> bool:
        """Whether one of the words begins here."""
        return self.text.startswith(words, self.at)


Words = tuple[str, str, int]
"""(message, help, place)."""


def in_words(problem: str, context: str, text: str, at: int, begun: int) -> Words:
    """The words for a parser error: `at` is where libyaml stopped, `begun` where what it was reading begins.

    What has no words here is said as libyaml says it.
    """
    stop = _Stop(problem, context, text, at, begun)
    for of in (_of_tokens, _of_quotes, _of_fields, _of_lists, _of_brackets):
        words = of(stop)
        if words is not None:
            return words
    return ": ".join(part for part in (context, problem) if part), "", at


def _of_tokens(stop: _Stop) -> Words | None:
    """Characters that begin nothing, or something that has no name."""
    no_token = "cannot start any token" in stop.problem
    if "tab character" in stop.problem or (no_token and stop.here == "\t"):
        return "a tab stands in the indentation", "write spaces: YAML knows no tabs there", stop.at
    if no_token:
        return f"a value cannot begin with {stop.here}", "put the value in quotes", stop.at
    if "alias" in stop.context or "anchor" in stop.context:
        sign = stop.text[stop.begun : stop.begun + 1]
        what = "an alias" if sign == "*" else "an anchor"
        return f"{sign} begins {what}, and no name follows", "put the value in quotes", stop.begun
    return None


def _of_quotes(stop: _Stop) -> Words | None:
    """Escapes, and quotes without an end."""
    if "escape character" in stop.problem:
        escape = stop.text[stop.at + 1 : stop.at + 2] if stop.here == "\\" else stop.here
        return f"\\{escape} means nothing in double quotes", f"write \\\\{escape}, or use single quotes", stop.at
    if "end of stream" in stop.problem and "quoted" in stop.context:
        quote = stop.text[stop.begun : stop.begun + 1]
        return "the quote that opens here is never closed", f"write {quote} at the end of the value", stop.begun
    return None


def _of_fields(stop: _Stop) -> Words | None:
    """Fields in a wrong place, and lines that are none."""
    before = stop.before
    if stop.problem == "mapping values are not allowed in this context":
        if ": " in before or before.lstrip().startswith(("- ", "? ")):
            message = "a second `: ` in one line: what is before it is a value already"
            return message, "put the value in quotes", stop.at
        message = "the field stands deeper than its neighbours, and the line above is a value already"
        return message, "indent both alike", stop.at
    if stop.problem == "did not find expected key":
        if before.strip():
            return "something stands behind a value that has ended", "put the whole value in quotes", stop.at
        if stop.follows("- ", "-\n"):
            help = "indent it below the field that it belongs to"
            return "an item of a list stands among fields", help, stop.at
        help = "indent it like the fields that it belongs to"
        return "the indentation of this line fits no line above it", help, stop.at
    if stop.problem == "could not find expected ':'":
        message = "this is neither a field nor part of the value above: there is no `:`"
        return message, "write `key: value`, or indent it", stop.begun
    return None


def _of_lists(stop: _Stop) -> Words | None:
    """Lists that begin in a wrong place, and lines between their items."""
    if "block sequence entries" in stop.problem:
        help = "begin it on the next line, or put the value in quotes"
        return "a list cannot begin on the line of its field", help, stop.at
    if stop.problem == "did not find expected '-' indicator":
        help = "begin it with -, or indent it like the list's field"
        return "this line stands among the items of a list and is none", help, stop.at
    return None


def _of_brackets(stop: _Stop) -> Words | None:
    """Brackets and braces that are not closed, and what cannot stand in them."""
    if stop.problem.startswith("did not find expected ','"):
        opened, close = stop.text[stop.begun : stop.begun + 16].split("\n", 1)[0], stop.problem[-2:-1]
        what = f"what begins with `{opened}` is not closed, or a comma is missing"
        return what, f"write {close} where it ends, or a comma between its parts", stop.at
    if stop.problem == "did not find expected node content":
        if stop.follows("- "):
            help = "write it in brackets too, or open the brackets"
            return "a list with dashes cannot stand inside of brackets", help, stop.at
        message = f"a value is expected here, and {stop.here or 'the end of the text'} is none"
        return message, "write a value, or put it in quotes", stop.at
    return None
