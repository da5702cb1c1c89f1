"""sprig's functions for texts; those that change the edges keep the places of the text."""

from __future__ import annotations

import base64
import itertools
import re
import unicodedata
import zlib
from collections.abc import Callable, Sequence
from typing import Any

from kubetrial.lint.build.chart.template.bounds import MOST_TEXT
from kubetrial.lint.build.chart.template.errors import Failure
from kubetrial.lint.build.chart.template.printf import quoted
from kubetrial.lint.build.chart.template.registry import function
from kubetrial.lint.build.chart.template.text import SpannedText, cut, joined, replaced
from kubetrial.lint.build.chart.template.values import NilStrings, Strings, bytes_of, printed, text_of
from kubetrial.lint.values.regexp import syntax
from kubetrial.lint.values.regexp.search import Pattern, Unsupported, compiled, find_all, grouped

MAX_MATCHES = 50_000
WHITE = " \t\n\v\f\r\x85\xa0"


@function("upper", "s")
def upper(text: str) -> str:
    """ABC."""
    return text.upper() if text.isascii() else "".join(map(_large, text))


@function("lower", "s")
def lower(text: str) -> str:
    """abc."""
    return text.lower() if text.isascii() else "".join(map(_little, text))


def _large(sign: str) -> str:
    """A letter made large as Go does it: one letter stays one, so that `ß` stays as it is."""
    made = sign.upper()
    return made if len(made) == 1 else sign


def _little(sign: str) -> str:
    made = sign.lower()
    return made if len(made) == 1 else made[0]


def _titled(sign: str) -> str:
    made = sign.title()
    return made if len(made) == 1 else sign


def _is_space(sign: str) -> bool:
    """unicode.IsSpace."""
    return sign.isspace() and not "\x1c" <= sign <= "\x1f"


@function("title", "s")
def title(text: str) -> str:
    """The first letter of each word large; a word begins behind any sign of ASCII that is no letter, digit or `_`."""
    parts, before = [], " "
    for sign in text:
        parts_words = not (before.isalnum() or before == "_") if before.isascii() else _is_space(before)
        parts.append(_titled(sign) if parts_words else sign)
        before = sign
    return "".join(parts)


@function("untitle", "s")
def untitle(text: str) -> str:
    """The first letter of each word small."""
    parts, at_start = [], True
    for sign in text:
        space = _is_space(sign)
        parts.append(_little(sign) if at_start and not space else sign)
        at_start = space
    return "".join(parts)


@function("trim", "s")
def trim(text: str) -> str:
    """Without white space at both ends."""
    return _trimmed(text, WHITE, True, True)


@function("trimAll trimall", "ss")
def trim_all(signs: str, text: str) -> str:
    """Without some signs at both ends."""
    return _trimmed(text, signs, True, True)


def _trimmed(text: str, signs: str, left: bool, right: bool) -> str:
    begin = len(text) - len(str.lstrip(text, signs)) if left and signs else 0
    end = len(str.rstrip(text, signs)) if right and signs else len(text)
    return cut(text, begin, max(begin, end)) if (begin, end) != (0, len(text)) else text


@function("trimPrefix", "ss")
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
    if not text.isascii():
        whole = bytes_of(text)
        if abs(count) >= len(whole):
            return text
        return text_of(whole[count:] if count < 0 else whole[:count])
    if count < 0 and len(text) + count > 0:
        return cut(text, len(text) + count, len(text))
    return cut(text, 0, count) if 0 <= count < len(text) else text


@function("abbrev", "is")
def abbrev(width: int, text: str) -> str:
    """At most so many signs, with an ellipsis."""
    return abbrev_both(0, width, text)


@function("abbrevboth", "iis")
def abbrev_both(left: int, right: int, text: str) -> str:
    """At most so many bytes, with ellipses at both ends where it begins in the middle."""
    return _by_byte(lambda whole: _abbreviated(left, right, whole), text)


def _abbreviated(left: int, right: int, text: str) -> str:
    if right < 4 or (left > 0 and right < 7):
        return text
    size = len(text)
    if size <= right:
        return text
    begin = min(left, size)
    if size - begin < right - 3:
        begin = size - (right - 3)
    if begin <= 4:
        return text[: right - 3] + "..."
    if begin + right - 3 < size:
        return "..." + _abbreviated(0, right - 3, text[begin:])
    return "..." + text[size - (right - 3) :]


@function("substr", "iis")
def substr(start: int, end: int, text: str) -> str:
    """A part of a text, counted in bytes."""
    whole = bytes_of(text)
    begin, stop = (0, end) if start < 0 else (start, len(whole) if end < 0 or end > len(whole) else end)
    if not 0 <= begin <= stop <= len(whole):
        raise Failure(f"out of range: {begin} to {stop} of {len(whole)}")
    return text_of(whole[begin:stop])


@function("repeat", "is")
def repeat(count: int, text: str) -> str:
    """A text several times."""
    if count < 0:
        raise Failure("the count is negative")
    if count * len(text) > MOST_TEXT:
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
        parts.extend(['"', text, '"'] if isinstance(text, SpannedText) and len(written) == len(text) + 2 else [written])
    return joined(parts)


def to_text(value: Any) -> str:
    """sprig's strval."""
    if isinstance(value, bytes):
        return text_of(value)
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
    if count * lines > MOST_TEXT:
        raise Failure("this indentation is too long")
    space = " " * count
    lead = ("\n" if on_new_line else "") + space
    whole = lead + str.replace(text, "\n", "\n" + space)
    if not isinstance(text, SpannedText) or not text.spans:
        return whole
    breaks = [match.start() for match in re.finditer("\n", text)]
    return SpannedText(whole, _moved(text, breaks, count, len(lead)))


def _still(span: Any) -> tuple[int, Any]:
    return span[1], span[2]._replace(literal=False)


def _moved(text: SpannedText, breaks: list[int], count: int, lead: int) -> list[Any]:
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
    """Without white space; where there is some, what is not ASCII comes out byte by byte, as it does there."""
    whole = _by_bytes(text)
    made = "".join(sign for sign in whole if sign not in WHITE)
    return text if len(made) == len(whole) else made


@function("initials", "s")
def initials(text: str) -> str:
    """The first letter of each word."""
    return "".join(word[0] for word in re.split(f"[{WHITE}]+", _by_bytes(text)) if word)


def _by_bytes(text: str) -> str:
    return text if text.isascii() else bytes_of(text).decode("latin-1")


@function("swapcase", "s")
def swapcase(text: str) -> str:
    """Large made small and the other way round."""
    parts, at_start = [], True
    for sign in text:
        kind = unicodedata.category(sign)
        if kind in ("Lu", "Lt"):
            parts.append(_little(sign))
        elif kind == "Ll":
            parts.append(_titled(sign) if at_start else _large(sign))
        else:
            parts.append(sign)
        at_start = kind not in ("Lu", "Lt", "Ll") and _is_space(sign)
    return "".join(parts)


@function("snakecase", "s")
def snakecase(text: str) -> str:
    """first_second."""
    return _cased(text, "_")


@function("kebabcase", "s")
def kebabcase(text: str) -> str:
    """first-second."""
    return _cased(text, "-")


def _cased(text: str, sign: str) -> str:
    signs = "".join(map(_class_of, text))
    words = [(str(match.lastgroup), text[match.start() : match.end()]) for match in _WORD.finditer(signs)]
    parts: list[str] = []
    place = 0
    while place < len(words):
        kind, word = words[place]
        parts.append(_small(kind, word, sign))
        place += 1
        if kind in ("sign", "mark") or place == len(words):
            continue
        follows = words[place][0]
        if kind == "number":
            place = _taken_along(words, place, parts, sign)
        elif follows != "number":
            if follows not in ("sign", "mark"):
                parts.append(sign)
        elif place + 1 < len(words):
            if words[place + 1][0] == "letters":
                parts += [sign, words[place][1]]
                place = _taken_along(words, place + 1, parts, sign)
            else:
                parts.append(words[place][1])
                place += 1
                if words[place][0] not in ("sign", "mark"):
                    parts.append(sign)
    return "".join(parts)


_WORD = re.compile(
    r"(?P<sign>c+)|(?P<mark>p+)|(?P<large>U+(?=Ua)|UU+|Ua*)|(?P<letters>a+)|(?P<number>n+)|(?P<other>o+)"
)
"""The words of a text whose letters are replaced by their classes."""
_CJK = ((0x4E00, 0x9FCC), (0x3400, 0x4D85), (0x20000, 0x2B81D))


def _class_of(sign: str) -> str:
    """c between words, p punctuation, U a large letter, a another, n a number, o anything else (github.com/huandu/xstrings)."""
    if sign in "-_" or _is_space(sign):
        return "c"
    kind = unicodedata.category(sign)
    if kind[0] == "P":
        return "p"
    if kind[0] == "L" and not any(low <= ord(sign) <= high for low, high in _CJK):
        return "U" if kind == "Lu" else "a"
    return "n" if kind[0] == "N" else "o"


def _small(kind: str, word: str, sign: str) -> str:
    return sign * len(word) if kind == "sign" else "".join(map(_little, word)) if kind == "large" else word


def _taken_along(words: list[tuple[str, str]], place: int, parts: list[str], sign: str) -> int:
    """Behind a number: small letters and numbers belong to its word; what else follows is told from it."""
    while place < len(words) and words[place][0] in ("letters", "number"):
        parts.append(words[place][1])
        place += 1
    if place < len(words) and words[place][0] not in ("sign", "mark"):
        parts.append(sign)
    return place


@function("camelcase", "s")
def camelcase(text: str) -> str:
    """FirstSecond: the letter behind a `-`, `_` or blank is large, and large ones that follow it are small."""
    lead = next((place for place, sign in enumerate(text) if _class_of(sign) != "c"), len(text))
    if lead == len(text):
        return text + text[-1:]
    parts, last = [text[:lead]], _large(text[lead])
    first_is_large = unicodedata.category(text[lead]) == "Lu"
    for sign in text[lead + 1 :]:
        between, was_between = _class_of(sign) == "c", _class_of(last) == "c"
        if was_between and not between:
            first_is_large = unicodedata.category(sign) == "Lu"
            last = _large(sign)
            continue
        parts.append(last)
        if not was_between and first_is_large:
            if unicodedata.category(sign) == "Lu":
                sign = _little(sign)
            else:
                first_is_large = False
        last = sign
    return "".join([*parts, last])


@function("wrap", "is")
def wrap(width: int, text: str) -> str:
    """Lines of at most so many signs."""
    return _by_byte(lambda whole, between: _wrapped(width, between, whole, False), text, "\n")


def _by_byte(work: Callable[..., str], *texts: str) -> str:
    """What a function that counts bytes makes of texts."""
    if all(text.isascii() for text in texts):
        return work(*texts)
    return text_of(work(*(bytes_of(text).decode("latin-1") for text in texts)).encode("latin-1"))


def _wrapped(width: int, sign: str, text: str, breaks_words: bool) -> str:
    """Lines of a text: cut at the last space that fits, else behind the word, or within it."""
    width, sign = max(width, 1), sign or "\n"
    parts: list[str] = []
    place = 0
    while len(text) - place > width:
        if text[place] == " ":
            place += 1
            continue
        cut_at = text.rfind(" ", place, place + width + 1)
        step = 1
        if cut_at < 0 and breaks_words:
            cut_at, step = place + width, 0
        elif cut_at < 0:
            cut_at = text.find(" ", place + width)
            if cut_at < 0:
                break
        parts += [text[place:cut_at], sign]
        place = cut_at + step
    return "".join([*parts, text[place:]])


@function("wrapWith", "iss")
def wrap_with(width: int, sign: str, text: str) -> str:
    """Lines that end as given."""
    return _by_byte(lambda whole, between: _wrapped(width, between, whole, True), text, sign)


@function("plural", "ssi")
def plural(one: str, many: str, count: int) -> str:
    """One or many."""
    return one if count == 1 else many


@function("b64enc", "s")
def b64enc(text: str) -> str:
    """Base64."""
    return base64.b64encode(bytes_of(text)).decode()


@function("b64dec", "s")
def b64dec(text: str) -> str:
    """Text of base64; what is none gives Go's words with the byte at which it stops."""
    bad = _not_base64(text)
    if bad is not None:
        return f"illegal base64 data at input byte {bad}"
    return text_of(base64.b64decode(re.sub(r"[\r\n]", "", text)))


def _not_base64(text: str) -> int | None:
    """The byte that is wrong in base64, as encoding/base64 counts; None where all is well."""
    whole = bytes_of(text)
    signs = [(at, sign) for at, sign in enumerate(whole) if sign not in b"\r\n"]
    for number, (at, sign) in enumerate(signs):
        place = number % 4
        if sign in _BASE64:
            continue
        if sign != 61 or place < 2:
            return at
        ends = number if place == 3 else number + 1
        if ends >= len(signs):
            return len(whole)
        if signs[ends][1] != 61:
            return signs[ends][0]
        return signs[ends + 1][0] if ends + 1 < len(signs) else None
    rest = len(signs) % 4
    return len(whole) - rest if rest else None


_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


@function("b32enc", "s")
def b32enc(text: str) -> str:
    """Base32."""
    return base64.b32encode(bytes_of(text)).decode()


@function("b32dec", "s")
def b32dec(text: str) -> str:
    """Text of base32."""
    try:
        return text_of(base64.b32decode(text))
    except ValueError:
        whole = bytes_of(text)
        wrong = next((at for at, sign in enumerate(whole) if sign not in _BASE32), len(whole) // 8 * 8)
        return f"illegal base32 data at input byte {wrong}"


_BASE32 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def _digest(name: str, text: str) -> str:
    import hashlib  # OpenSSL comes with it

    return hashlib.new(name, bytes_of(text), usedforsecurity=False).hexdigest()


@function("sha256sum", "s")
def sha256sum(text: str) -> str:
    """SHA-256."""
    return _digest("sha256", text)


@function("sha1sum", "s")
def sha1sum(text: str) -> str:
    """SHA-1."""
    return _digest("sha1", text)


@function("sha512sum", "s")
def sha512sum(text: str) -> str:
    """SHA-512."""
    return _digest("sha512", text)


@function("adler32sum", "s")
def adler32sum(text: str) -> str:
    """Adler-32."""
    return str(zlib.adler32(bytes_of(text)))


def _pattern(pattern: str) -> Pattern:
    problem = syntax.problem(pattern)
    if problem is not None:
        raise Failure(f"the regular expression {pattern!r} is wrong: {problem}")
    try:
        return compiled(pattern)
    except Unsupported as reason:
        raise Failure(f"the regular expression {pattern!r} is not followed here: {reason}") from None


@function("regexMatch", "ss")
def regex_match(pattern: str, text: str) -> bool:
    """Whether a regular expression is found; a wrong one is not."""
    return syntax.problem(pattern) is None and must_regex_match(pattern, text)


@function("mustRegexMatch", "ss")
def must_regex_match(pattern: str, text: str) -> bool:
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
    most = MAX_MATCHES + 1
    found = list(itertools.islice(find_all(pattern, text), most if count < 0 else min(count, most)))
    if len(found) > MAX_MATCHES:
        raise Failure(f"the regular expression is met more than {MAX_MATCHES} times")
    return Strings(found) if found else NilStrings()


def _spots(pattern: str, text: str) -> list[tuple[int, int]]:
    program, spots, place, last = _pattern(pattern), [], 0, -1
    while place <= len(text):
        found = _found(program, text, place)
        if found is None:
            break
        begin, end = found
        if end > begin or begin != last:
            spots.append((begin, end))
        if len(spots) > MAX_MATCHES:
            raise Failure(f"the regular expression is met more than {MAX_MATCHES} times")
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
    _pattern(pattern)
    try:
        program = grouped(pattern)
        parts: list[str] = []
        place = length = 0
        for begin, end in _spots(pattern, text):
            marks = program.groups(text, begin) or (begin, end)
            parts += [text[place:begin], _expanded(new, text, marks, program.names)]
            place = end
            length += len(parts[-1])
            if length > MOST_TEXT:
                raise Failure("the result is too long")
    except Unsupported as reason:
        raise Failure(f"this regular expression takes too long: {reason}") from None
    return "".join([*parts, text[place:]])


_GROUP = re.compile(r"\$(?:\{(\w+)\}|(\w+)|(\$))")


def _expanded(new: str, text: str, marks: Sequence[int], names: Sequence[str]) -> str:
    """What replaces one match: `$1`, `${1}` and `${name}` stand for groups, `$$` for a dollar."""

    def group(sign: re.Match[str]) -> str:
        if sign[3]:
            return "$"
        name = sign[1] or sign[2]
        number = int(name) if name.isascii() and name.isdigit() and len(name) < 6 else -1
        if number < 0 and name in names:
            number = len(names) - list(names)[::-1].index(name)
        if not 0 <= 2 * number < len(marks) or marks[2 * number] < 0:
            return ""
        return text[marks[2 * number] : marks[2 * number + 1]]

    return _GROUP.sub(group, new)


@function("regexSplit mustRegexSplit", "ssi")
def regex_split(pattern: str, text: str, count: int) -> list[str]:
    """The parts between matches."""
    if count == 0:
        return NilStrings()
    parts = Strings()
    place = last = 0
    for number, (begin, end) in enumerate(_spots(pattern, text)):
        if 0 < count <= len(parts) + 1 or 0 < count <= number:
            break
        last = begin
        if end:
            parts.append(text[place:begin])
        place = end
    return Strings([*parts, text[place:]]) if last != len(text) or not text else parts


@function("regexQuoteMeta", "s")
def regex_quote(text: str) -> str:
    """A text whose signs mean nothing special."""
    return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", text)
