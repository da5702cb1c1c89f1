"""sprig's functions for texts; those that change the edges keep the places of the text."""

from __future__ import annotations

import base64
import hashlib
import re
import textwrap
import zlib
from typing import Any

from kubetrial.lint.build.chart.template.builtin import quoted
from kubetrial.lint.build.chart.template.errors import Failure
from kubetrial.lint.build.chart.template.registry import function
from kubetrial.lint.build.chart.template.text import Text, cut, joined, replaced
from kubetrial.lint.build.chart.template.values import printed
from kubetrial.lint.values.regexp import syntax
from kubetrial.lint.values.regexp.search import Pattern, Unsupported, compiled, find_all

MAX_TEXT = 5_000_000
WHITE = " \t\n\v\f\r\x85\xa0"


@function("upper", "s")
def upper(text: str) -> str:
    """ABC."""
    return text.upper()


@function("lower", "s")
def lower(text: str) -> str:
    """abc."""
    return text.lower()


@function("title", "s")
def title(text: str) -> str:
    """The first letter of each word large."""
    return re.sub(r"(?<![\w'])\w", lambda match: match[0].upper(), text)


@function("untitle", "s")
def untitle(text: str) -> str:
    """The first letter of each word small."""
    return re.sub(r"(?<!\S)\S", lambda match: match[0].lower(), text)


@function("trim", "s")
def trim(text: str) -> str:
    """Without white space at both ends."""
    return _trimmed(text, WHITE, True, True)


@function("trimAll", "ss")
def trim_all(signs: str, text: str) -> str:
    """Without some signs at both ends."""
    return _trimmed(text, signs, True, True)


@function("trimLeft", "ss")
def trim_left(signs: str, text: str) -> str:
    """Without some signs at the start."""
    return _trimmed(text, signs, True, False)


@function("trimRight", "ss")
def trim_right(signs: str, text: str) -> str:
    """Without some signs at the end."""
    return _trimmed(text, signs, False, True)


def _trimmed(text: str, signs: str, left: bool, right: bool) -> str:
    begin = len(text) - len(str.lstrip(text, signs)) if left and signs else 0
    end = len(str.rstrip(text, signs)) if right and signs else len(text)
    return cut(text, begin, max(begin, end)) if (begin, end) != (0, len(text)) else text


@function("trimPrefix trimprefix", "ss")
def trim_prefix(prefix: str, text: str) -> str:
    """Without a prefix."""
    return cut(text, len(prefix), len(text)) if prefix and text.startswith(prefix) else text


@function("trimSuffix", "ss")
def trim_suffix(suffix: str, text: str) -> str:
    """Without a suffix."""
    return cut(text, 0, len(text) - len(suffix)) if suffix and text.endswith(suffix) else text


@function("trunc", "is")
def trunc(count: int, text: str) -> str:
    """The first signs, or the last ones where the number is negative."""
    if count < 0 and len(text) + count > 0:
        return cut(text, len(text) + count, len(text))
    return cut(text, 0, count) if 0 <= count < len(text) else text


@function("abbrev", "is")
def abbrev(width: int, text: str) -> str:
    """At most so many signs, with an ellipsis."""
    return text if width < 4 or len(text) <= width else text[: width - 3] + "..."


@function("substr", "iis")
def substr(start: int, end: int, text: str) -> str:
    """A part of a text."""
    if start < 0:
        return text[: max(end, 0)]
    return text[start:] if end < 0 or end > len(text) else text[start:end]


@function("repeat", "is")
def repeat(count: int, text: str) -> str:
    """A text several times."""
    if count < 0:
        raise Failure("the count is negative")
    if count * len(text) > MAX_TEXT:
        raise Failure(f"{count} times this text is too long")
    return text * count


@function("replace", "sss")
def replace(old: str, new: str, text: str) -> str:
    """Each old part made new."""
    return replaced(text, old, new)


@function("contains", "ss")
def contains(part: str, text: str) -> bool:
    """Whether a text holds another."""
    return part in text


@function("hasPrefix", "ss")
def has_prefix(prefix: str, text: str) -> bool:
    """Whether a text starts so."""
    return text.startswith(prefix)


@function("hasSuffix", "ss")
def has_suffix(suffix: str, text: str) -> bool:
    """Whether a text ends so."""
    return text.endswith(suffix)


@function("quote", "a*")
def quote(*values: Any) -> str:
    """Each value in double quotes; nil is left out."""
    return _spaced(['"', value, '"'] for value in values if value is not None)


@function("squote", "a*")
def squote(*values: Any) -> str:
    """Each value in single quotes; nil is left out."""
    return (
        " ".join(f"'{to_text(value)}'" for value in values if value is not None)
        if len(values) != 1
        else (joined(["'", to_text(values[0]), "'"]) if values[0] is not None else "")
    )


def _spaced(groups: Any) -> str:
    parts: list[str] = []
    for _, value, _ in groups:
        if parts:
            parts.append(" ")
        text = to_text(value)
        written = quoted(text)
        parts.extend(['"', text, '"'] if isinstance(text, Text) and len(written) == len(text) + 2 else [written])
    return joined(parts)


def to_text(value: Any) -> str:
    """sprig's strval."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return printed(value)


@function("toString", "a")
def to_string(value: Any) -> str:
    """A value as text."""
    return to_text(value)


@function("cat", "a*")
def cat(*values: Any) -> str:
    """Values with spaces between; nil is left out."""
    return " ".join(printed(value) for value in values if value is not None)


@function("indent", "is")
def indent(count: int, text: str) -> str:
    """Each line moved to the right."""
    return _indented(count, text, False)


@function("nindent", "is")
def nindent(count: int, text: str) -> str:
    """`indent` on a new line."""
    return _indented(count, text, True)


def _indented(count: int, text: str, on_new_line: bool) -> str:
    if count < 0:
        raise Failure("the number of spaces is negative")
    lines = text.count("\n") + 1
    if count * lines > MAX_TEXT:
        raise Failure("this indentation is too long")
    space = " " * count
    lead = ("\n" if on_new_line else "") + space
    whole = lead + str.replace(text, "\n", "\n" + space)
    if not isinstance(text, Text) or not text.spans:
        return whole
    breaks = [match.start() for match in re.finditer("\n", text)]
    return Text(whole, _moved(text, breaks, count, len(lead)))


def _still(span: Any) -> tuple[int, Any]:
    return span[1], span[2]._replace(literal=False)


def _moved(text: Text, breaks: list[int], count: int, lead: int) -> list[Any]:
    """The spans, begun anew behind the indentation of each line, so that literal text keeps its exact place."""
    moved: list[Any] = [(0, *_still(text.spans[0]))]
    index, current = 0, text.spans[0]
    for number, end in enumerate([*breaks, len(text)]):
        begin = breaks[number - 1] + 1 if number else 0
        shift = lead + number * count
        while index + 1 < len(text.spans) and text.spans[index + 1][0] <= begin:
            index += 1
        current = text.spans[index]
        step = begin - current[0] if current[2].literal else 0
        moved.append((begin + shift, current[1] + step, current[2]))
        while index + 1 < len(text.spans) and text.spans[index + 1][0] <= end:
            index += 1
            current = text.spans[index]
            if current[0] > begin:
                moved.append((current[0] + shift, current[1], current[2]))
    return moved


@function("nospace", "s")
def nospace(text: str) -> str:
    """Without white space."""
    return "".join(text.split())


@function("initials", "s")
def initials(text: str) -> str:
    """The first letter of each word."""
    return "".join(word[0] for word in text.split())


@function("swapcase", "s")
def swapcase(text: str) -> str:
    """Large made small and the other way round."""
    return text.swapcase()


@function("snakecase", "s")
def snakecase(text: str) -> str:
    """first_second."""
    return _cased(text, "_")


@function("kebabcase", "s")
def kebabcase(text: str) -> str:
    """first-second."""
    return _cased(text, "-")


def _cased(text: str, sign: str) -> str:
    made = re.sub(r"([a-z0-9])([A-Z])", rf"\1{sign}\2", text)
    made = re.sub(r"([A-Z]+)([A-Z][a-z])", rf"\1{sign}\2", made)
    return re.sub(r"[ _\-]+", sign, made).lower()


@function("camelcase", "s")
def camelcase(text: str) -> str:
    """FirstSecond."""
    return re.sub(r"[_\- ]+(.)", lambda match: match[1].upper(), text[:1].upper() + text[1:])


@function("wrap", "is")
def wrap(width: int, text: str) -> str:
    """Lines of at most so many signs."""
    return wrap_with(width, "\n", text)


@function("wrapWith", "iss")
def wrap_with(width: int, sign: str, text: str) -> str:
    """Lines that end as given."""
    lines = textwrap.wrap(text, max(width, 1), break_long_words=True, break_on_hyphens=False)
    return sign.join(lines)


@function("plural", "ssi")
def plural(one: str, many: str, count: int) -> str:
    """One or many."""
    return one if count == 1 else many


@function("b64enc", "s")
def b64enc(text: str) -> str:
    """Base64."""
    return base64.b64encode(_bytes(text)).decode()


@function("b64dec", "s")
def b64dec(text: str) -> str:
    """Text of base64; what is none gives Go's error as text."""
    try:
        return base64.b64decode(re.sub(r"[\r\n]", "", text), validate=True).decode("utf-8", "replace")
    except ValueError:
        bad = re.search(r"[^A-Za-z0-9+/]", text)
        return f"illegal base64 data at input byte {bad.start() if bad else len(text) // 4 * 4}"


@function("b32enc", "s")
def b32enc(text: str) -> str:
    """Base32."""
    return base64.b32encode(_bytes(text)).decode()


@function("b32dec", "s")
def b32dec(text: str) -> str:
    """Text of base32."""
    try:
        return base64.b32decode(text).decode("utf-8", "replace")
    except ValueError:
        return "illegal base32 data at input byte 0"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@function("sha256sum", "s")
def sha256sum(text: str) -> str:
    """SHA-256."""
    return hashlib.sha256(_bytes(text)).hexdigest()


@function("sha1sum", "s")
def sha1sum(text: str) -> str:
    """SHA-1."""
    return hashlib.sha1(_bytes(text), usedforsecurity=False).hexdigest()


@function("sha512sum", "s")
def sha512sum(text: str) -> str:
    """SHA-512."""
    return hashlib.sha512(_bytes(text)).hexdigest()


@function("md5sum", "s")
def md5sum(text: str) -> str:
    """MD5."""
    return hashlib.md5(_bytes(text), usedforsecurity=False).hexdigest()


@function("adler32sum", "s")
def adler32sum(text: str) -> str:
    """Adler-32."""
    return str(zlib.adler32(_bytes(text)))


def _pattern(pattern: str) -> Pattern:
    problem = syntax.problem(pattern)
    if problem is not None:
        raise Failure(f"the regular expression {pattern!r} is wrong: {problem}")
    try:
        return compiled(pattern)
    except Unsupported as reason:
        raise Failure(f"the regular expression {pattern!r} is not followed here: {reason}") from None


@function("regexMatch mustRegexMatch", "ss")
def regex_match(pattern: str, text: str) -> bool:
    """Whether a regular expression is found."""
    return _found(_pattern(pattern), text, 0) is not None


def _found(pattern: Pattern, text: str, place: int) -> tuple[int, int] | None:
    try:
        return pattern.search(text, place)
    except Unsupported as reason:
        raise Failure(f"this regular expression takes too long: {reason}") from None


@function("regexFind mustRegexFind", "ss")
def regex_find(pattern: str, text: str) -> str:
    """The first match."""
    found = _found(_pattern(pattern), text, 0)
    return text[found[0] : found[1]] if found else ""


@function("regexFindAll mustRegexFindAll", "ssi")
def regex_find_all(pattern: str, text: str, count: int) -> list[str]:
    """All matches, or so many."""
    _pattern(pattern)
    found = list(find_all(pattern, text))
    return found if count < 0 else found[:count]


def _spots(pattern: str, text: str) -> list[tuple[int, int]]:
    program, spots, place, last = _pattern(pattern), [], 0, -1
    while place <= len(text):
        found = _found(program, text, place)
        if found is None:
            break
        begin, end = found
        if end > begin or begin != last:
            spots.append((begin, end))
        last = end
        place = end if end > begin else end + 1
    return spots


@function("regexReplaceAllLiteral mustRegexReplaceAllLiteral", "sss")
def regex_replace_literal(pattern: str, text: str, new: str) -> str:
    """Each match replaced."""
    parts: list[str] = []
    place = 0
    for begin, end in _spots(pattern, text):
        parts += [text[place:begin], new]
        place = end
    return "".join([*parts, text[place:]])


@function("regexReplaceAll mustRegexReplaceAll", "sss")
def regex_replace(pattern: str, text: str, new: str) -> str:
    """Each match replaced, `${1}` stands for a group."""
    if "$" not in new:
        return regex_replace_literal(pattern, text, new)
    parts: list[str] = []
    place = 0
    for begin, end in _spots(pattern, text):
        parts += [text[place:begin], _expanded(pattern, text[begin:end], new)]
        place = end
    return "".join([*parts, text[place:]])


def _expanded(pattern: str, found: str, new: str) -> str:
    """What replaces one match, with its groups; Python's engine finds them where it cannot take forever."""
    try:
        match = re.fullmatch(pattern, found) if _is_simple(pattern) else None
    except re.error:
        match = None
    if match is None:
        raise Failure(f"the groups of {pattern!r} are not followed here")
    groups = match

    def group(sign: re.Match[str]) -> str:
        return _group(groups, sign)

    return re.sub(r"\$(?:\{(\w+)\}|(\w+)|(\$))", group, new)


def _is_simple(pattern: str) -> bool:
    """Whether no group that is repeated holds a repetition or a choice."""
    repeated = re.findall(r"(\([^()]*\)|\))[*+{]", pattern)
    return len(pattern) < 500 and not any(re.search(r"[*+|{?]|\A\)", group[1:] or ")") for group in repeated)


def _group(match: re.Match[str], sign: re.Match[str]) -> str:
    if sign[3]:
        return "$"
    name = sign[1] or sign[2]
    try:
        return (match[int(name)] if name.isdigit() else match[name]) or ""
    except (IndexError, re.error):
        return ""


@function("regexSplit mustRegexSplit", "ssi")
def regex_split(pattern: str, text: str, count: int) -> list[str]:
    """The parts between matches."""
    if count == 0:
        return []
    parts: list[str] = []
    place = begin = 0
    for begin, end in _spots(pattern, text):
        if 0 < count <= len(parts) + 1:
            break
        if end:
            parts.append(text[place:begin])
        place = end
    return [*parts, text[place:]] if begin != len(text) or not text else parts


@function("regexQuoteMeta", "s")
def regex_quote(text: str) -> str:
    """A text whose signs mean nothing special."""
    return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", text)
