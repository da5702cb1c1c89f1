"""What is wrong with a text that is no YAML, in words: libyaml says what its parser looked for, not what the writer did."""

from __future__ import annotations


def in_words(problem: str, context: str, text: str, at: int, begun: int) -> tuple[str, str, int]:
    """(message, help, place) of a parser error: `at` is where libyaml stopped, `begun` where what it was reading begins.

    What has no words here is said as libyaml says it.
    """
    here = text[at : at + 1]
    before = text[text.rfind("\n", 0, at) + 1 : at]
    if "tab character" in problem or ("cannot start any token" in problem and here == "\t"):
        return "a tab stands in the indentation", "write spaces: YAML knows no tabs there", at
    if "cannot start any token" in problem:
        return f"a value cannot begin with {here}", "put the value in quotes", at
    if "alias" in context or "anchor" in context:
        sign = text[begun : begun + 1]
        return (
            f"{sign} begins an {'alias' if sign == '*' else 'anchor'}, and no name follows",
            "put the value in quotes",
            begun,
        )
    if "block sequence entries" in problem:
        return (
            "a list cannot begin on the line of its field",
            "begin it on the next line, or put the value in quotes",
            at,
        )
    if "escape character" in problem:
        escape = text[at + 1 : at + 2] if here == "\\" else here
        return f"\\{escape} means nothing in double quotes", f"write \\\\{escape}, or use single quotes", at
    if "end of stream" in problem and "quoted" in context:
        return (
            "the quote that opens here is never closed",
            f"write {text[begun : begun + 1]} at the end of the value",
            begun,
        )
    if problem == "mapping values are not allowed in this context":
        if ": " in before or before.lstrip().startswith(("- ", "? ")):
            return "a second `: ` in one line: what is before it is a value already", "put the value in quotes", at
        return (
            "the field stands deeper than its neighbours, and the line above is a value already",
            "indent both alike",
            at,
        )
    if problem == "did not find expected key":
        if before.strip():
            return "something stands behind a value that has ended", "put the whole value in quotes", at
        if text[at : at + 2] in ("- ", "-\n"):
            return "an item of a list stands among fields", "indent it below the field that it belongs to", at
        return "the indentation of this line fits no line above it", "indent it like the fields that it belongs to", at
    if problem == "did not find expected '-' indicator":
        return (
            "this line stands among the items of a list and is none",
            "begin it with -, or indent it like the list's field",
            at,
        )
    if problem == "could not find expected ':'":
        return (
            "this is neither a field nor part of the value above: there is no `:`",
            "write `key: value`, or indent it",
            begun,
        )
    if problem.startswith("did not find expected ','"):
        opened, close = text[begun : begun + 16].split("\n", 1)[0], problem[-2:-1]
        what = f"what begins with `{opened}` is not closed, or a comma is missing"
        return what, f"write {close} where it ends, or a comma between its parts", at
    if problem == "did not find expected node content":
        if text[at : at + 2] == "- ":
            return (
                "a list with dashes cannot stand inside of brackets",
                "write it in brackets too, or open the brackets",
                at,
            )
        return (
            f"a value is expected here, and {here or 'the end of the text'} is none",
            "write a value, or put it in quotes",
            at,
        )
    return ": ".join(part for part in (context, problem) if part), "", at
