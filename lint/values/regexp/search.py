"""Searches texts with regular expressions as Go does (RE2), in time linear in the text whatever the pattern.

Python's own engine reads some patterns otherwise and can take forever on others. Follows regexp and regexp/syntax; what is rare and
needs tables that Python does not have (scripts such as \\p{Greek}, folding of letters beyond ASCII) is said to be `Unsupported`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TypeVar

from kubetrial.lint.values.records import dataclass
from kubetrial.lint.values.regexp import syntax as regexps
from kubetrial.lint.values.remembered import remembered

MAX_PROGRAM = 20_000
MAX_STEPS = 3_000_000
"""So many steps one search may take; above, the question is left open."""

Item = tuple[int, int] | Callable[[int], bool]  # a range of signs, or a test of one
Test = Callable[[int], bool]
_P = TypeVar("_P", bound="Pattern")


class Unsupported(Exception):
    """A pattern or a search that is left to the server."""


@dataclass(frozen=True, slots=True)
class _Sign:
    """One sign that fits a test."""

    fits: Test


@dataclass(frozen=True, slots=True)
class _Assertion:
    """A place between two signs: ^ $ \\A \\z \\b \\B, and (?m) of the first two."""

    kind: str


@dataclass(frozen=True, slots=True)
class _Sequence:
    parts: tuple[_Part, ...]


@dataclass(frozen=True, slots=True)
class _Choice:
    options: tuple[_Part, ...]


@dataclass(frozen=True, slots=True)
class _Repeat:
    part: _Part
    least: int
    most: int  # -1: without end
    greedy: bool


@dataclass(frozen=True, slots=True)
class _CaptureGroup:
    """A group that keeps what it met; groups count from 1 in the order of their `(`."""

    part: _Part
    number: int


_Part = _Sign | _Assertion | _Sequence | _Choice | _Repeat | _CaptureGroup

_LETTERS = [(65, 90), (97, 122)]
_DIGITS = [(48, 57)]
_PERL: dict[str, list[tuple[int, int]]] = {
    "d": _DIGITS,
    "s": [(9, 10), (12, 13), (32, 32)],
    "w": [*_DIGITS, *_LETTERS, (95, 95)],
}
_NAMED: dict[str, list[tuple[int, int]]] = {
    "alnum": [*_DIGITS, *_LETTERS], "alpha": _LETTERS, "ascii": [(0, 127)], "blank": [(9, 9), (32, 32)],
    "cntrl": [(0, 31), (127, 127)], "digit": _DIGITS, "graph": [(33, 126)], "lower": [(97, 122)], "print": [(32, 126)],
    "punct": [(33, 47), (58, 64), (91, 96), (123, 126)], "space": [(9, 13), (32, 32)], "upper": [(65, 90)],
    "word": [*_DIGITS, *_LETTERS, (95, 95)], "xdigit": [*_DIGITS, (65, 70), (97, 102)],
}  # fmt: skip
_FOLDED = {0x212A: 107, 0x17F: 115}  # the Kelvin sign is a k, the long s an s


def _is_in(items: list[Item], negated: bool, fold: bool) -> Test:
    """A test whether a sign is in a class; the answer of each sign is kept."""
    if fold and any(not callable(item) and item[1] > 127 for item in items):
        raise Unsupported("letters beyond ASCII in a pattern that ignores case")
    known: dict[int, bool] = {}

    def one(sign: int) -> bool:
        return any(item(sign) if callable(item) else item[0] <= sign <= item[1] for item in items)

    def test(sign: int) -> bool:
        found = known.get(sign)
        if found is None:
            found = one(sign)
            if fold and not found:
                letter = _FOLDED.get(sign, sign)
                found = any(one(other) for other in _variants(letter))
            found = known[sign] = found is not negated
        return found

    return test


def _variants(sign: int) -> Iterator[int]:
    yield sign
    if 65 <= sign <= 90:
        yield sign + 32
    elif 97 <= sign <= 122:
        yield sign - 32
    for other, letter in _FOLDED.items():
        if sign in (letter, letter - 32):
            yield other


def _not(items: list[Item], fold: bool = False) -> Item:
    return _is_in(items, True, fold)


def _category(name: str) -> Item:
    """\\p{L}, \\p{Lu}: the general categories of Unicode."""
    import unicodedata

    if name == "Any":
        return (0, 0x10FFFF)
    if name not in ("C", "L", "M", "N", "P", "S", "Z") and (len(name) != 2 or name[0] not in "CLMNPSZ"):
        raise Unsupported(f"the class \\p{{{name}}}")
    return lambda sign: unicodedata.category(chr(sign)).startswith(name)


class _GoPatternReader(regexps.PatternReader):
    """A pattern that Go takes -> its parts; the flags are those that hold at the place that is read."""

    def __init__(self, text: str, keeps_groups: bool = False) -> None:
        super().__init__(text)
        self.flags = frozenset[str]()
        self.keeps_groups = keeps_groups
        self.groups: list[str] = []
        """The names of the groups, empty for those without one."""

    def choice(self) -> _Part:
        """What stands up to the end of the group."""
        flags = self.flags
        options: list[_Part] = []
        parts: list[_Part] = []
        while self.place < len(self.text) and self.text[self.place] != ")":
            if self.text[self.place] == "|":
                self.place += 1
                options.append(_Sequence(tuple(parts)))
                parts = []
                continue
            part = self._one()
            if part is not None:
                parts.append(self._repeated(part))
        options.append(_Sequence(tuple(parts)))
        self.flags = flags
        return options[0] if len(options) == 1 else _Choice(tuple(options))

    def _one(self) -> _Part | None:
        sign = self.text[self.place]
        if sign == "(":
            return self._in_group()
        if sign == "[":
            return self._one_class()
        if sign == "\\":
            return self._escaped()
        self.place += 1
        if sign == ".":
            return _Sign(_is_in([] if "s" in self.flags else [(10, 10)], True, False))
        if sign == "^":
            return _Assertion("line begins" if "m" in self.flags else "begins")
        if sign == "$":
            return _Assertion("line ends" if "m" in self.flags else "ends")
        return self._literal(ord(sign))

    def _literal(self, sign: int) -> _Sign:
        return _Sign(_is_in([(sign, sign)], False, "i" in self.flags))

    def _in_group(self) -> _Part | None:
        begin, outside = self.place, self.flags
        opens = self._group()
        written = self.text[begin : self.place]
        if written.startswith("(?") and written[-1] in ":)":
            on, _, off = written[2:-1].partition("-")
            self.flags = (self.flags | frozenset(on)) - frozenset(off)
        if not opens:
            return None
        number = 0
        if self.keeps_groups and not (written.startswith("(?") and written.endswith(":")):
            self.groups.append(written.partition("<")[2].removesuffix(">"))
            number = len(self.groups)
        part = self.choice()
        self.place += 1
        self.flags = outside
        return _CaptureGroup(part, number) if number else part

    def _repeated(self, part: _Part) -> _Part:
        sign = self.text[self.place : self.place + 1]
        if not sign or sign not in "*+?{":
            return part
        if sign == "{":
            bounds = self._count()
            if bounds is None:
                return part
            least, most, self.place = bounds
        else:
            least, most = {"*": (0, -1), "+": (1, -1), "?": (0, 1)}[sign]
            self.place += 1
        lazy = self.text.startswith("?", self.place)
        self.place += lazy
        return _Repeat(part, least, most, greedy=lazy is ("U" in self.flags))

    def _escaped(self) -> _Part | None:
        sign = self.text[self.place + 1 : self.place + 2]
        if sign == "Q":
            end = self.text.find("\\E", self.place)
            quoted = self.text[self.place + 2 : end if end >= 0 else len(self.text)]
            self.place = len(self.text) if end < 0 else end + 2
            if not quoted:
                return None
            # What follows repeats the last sign only.
            *before, last = [self._literal(ord(each)) for each in quoted]
            return _Sequence((*before, self._repeated(last)))
        places = {"A": "begins", "z": "ends", "b": "word", "B": "no word"}
        if sign in places:
            self.place += 2
            return _Assertion(places[sign])
        items = self._class_item()
        return _Sign(_is_in(items, False, "i" in self.flags))

    def _class_item(self) -> list[Item]:
        """\\d, \\pL, [:alpha:], or one sign."""
        begin = self.place
        if self._named_class():
            name = self.text[begin + 2 : self.place - 2]
            ranges: list[Item] = list(_NAMED[name.removeprefix("^")])
            return [_not(ranges, "i" in self.flags)] if name.startswith("^") else ranges
        if self._shorthand():
            written = self.text[begin + 1 : self.place]
            if written[0] in "pP":
                if "i" in self.flags:
                    raise Unsupported("a class of Unicode in a pattern that ignores case")
                name = written[1:].strip("{}")
                item = _category(name.removeprefix("^"))
                return [_not([item])] if (written[0] == "P") is not name.startswith("^") else [item]
            ranges = list(_PERL[written.lower()])
            return [_not(ranges, "i" in self.flags)] if written.isupper() else ranges
        sign = self._class_sign()
        return [(sign, sign)]

    def _one_class(self) -> _Sign:
        self.place += 1
        negated = self.text.startswith("^", self.place)
        self.place += negated
        items: list[Item] = []
        first = True
        while first or not self.text.startswith("]", self.place):
            first = False
            found = self._class_item()
            low = found[0]
            # `a-z`; a class such as \d begins no range
            if (
                self.text.startswith("-", self.place)
                and self.text[self.place + 1 : self.place + 2] != "]"
                and not callable(low)
                and len(found) == 1
                and low[0] == low[1]
            ):
                self.place += 1
                found = [(low[0], self._class_sign())]
            items += found
        self.place += 1
        return _Sign(_is_in(items, negated, "i" in self.flags))


@dataclass(frozen=True, slots=True)
class _Fork:
    """Go on at one of two places of the program, the first by preference."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class _Mark:
    """A group begins or ends here: the place goes into a slot."""

    slot: int


class _End:
    """The pattern has matched."""


class Pattern:
    """A compiled pattern."""

    def __init__(self, text: str) -> None:
        self._program: list[_Sign | _Assertion | _Fork | _Mark | _End] = []
        self._write(self._read(text))
        self._program.append(_End())

    def _read(self, text: str) -> _Part:
        return _GoPatternReader(text).choice()

    def search(self, text: str, start: int = 0) -> tuple[int, int] | None:
        """The first match as (begin, end), or None; raises Unsupported where that takes too long."""
        program = self._program
        threads: list[tuple[int, int]] = []
        found: tuple[int, int] | None = None
        steps = 0
        for place in range(start, len(text) + 1):
            seen: set[int] = {pc for pc, _ in threads}
            if found is None:
                self._follow(0, place, text, place, threads, seen)
            elif not threads:
                break
            steps += len(threads)
            if steps > MAX_STEPS:
                raise Unsupported("the search takes too many steps")
            sign = ord(text[place]) if place < len(text) else -1
            following: list[tuple[int, int]] = []
            seen = set()
            for pc, begin in threads:
                step = program[pc]
                if isinstance(step, _End):
                    found = (begin, place)
                    break  # whatever comes later was less preferred
                if sign >= 0 and isinstance(step, _Sign) and step.fits(sign):
                    self._follow(pc + 1, begin, text, place + 1, following, seen)
            threads = following
        return found

    def _follow(
        self, pc: int, begin: int, text: str, place: int, threads: list[tuple[int, int]], seen: set[int]
    ) -> None:
        """Add the signs and the end that can come next at a place, in the order of preference."""
        pending = [pc]
        while pending:
            pc = pending.pop()
            if pc in seen:
                continue
            seen.add(pc)
            step = self._program[pc]
            if isinstance(step, _Fork):
                pending += [step.second, step.first]
            elif isinstance(step, _Assertion):
                if _holds(step.kind, text, place):
                    pending.append(pc + 1)
            else:
                threads.append((pc, begin))

    def _write(self, part: _Part) -> None:
        if len(self._program) > MAX_PROGRAM:
            raise Unsupported("the pattern is too long")
        if isinstance(part, (_Sign, _Assertion)):
            self._program.append(part)
        elif isinstance(part, _Sequence):
            for each in part.parts:
                self._write(each)
        elif isinstance(part, _Choice):
            self._write_choice(part)
        elif isinstance(part, _CaptureGroup):
            self._program.append(_Mark(2 * part.number))
            self._write(part.part)
            self._program.append(_Mark(2 * part.number + 1))
        else:
            self._write_repeat(part)

    def _write_choice(self, part: _Choice) -> None:
        jumps: list[int] = []
        for each in part.options[:-1]:
            fork = len(self._program)
            self._program.append(_Fork(fork + 1, fork + 1))
            self._write(each)
            jumps.append(len(self._program))
            self._program.append(_Fork(0, 0))
            self._program[fork] = _Fork(fork + 1, len(self._program))
        self._write(part.options[-1])
        for jump in jumps:
            self._program[jump] = _Fork(len(self._program), len(self._program))

    def _write_repeat(self, part: _Repeat) -> None:
        if part.most < 0 and (part.least or _can_be_empty(part.part)):
            # As often as it is wanted at least, and the last of them again and again. What can be empty is taken once or not at all
            # before it is taken again, so that the order of preference is that of Go.
            fork = len(self._program)
            if not part.least:
                self._program.append(_Fork(0, 0))
            for _ in range(part.least - 1):
                self._write(part.part)
            again = len(self._program)
            self._write(part.part)
            self._program.append(self._fork(again, len(self._program) + 1, part.greedy))
            if not part.least:
                self._program[fork] = self._fork(fork + 1, len(self._program), part.greedy)
            return
        for _ in range(part.least):
            self._write(part.part)
        forks: list[int] = []
        for _ in range(1 if part.most < 0 else part.most - part.least):
            forks.append(len(self._program))
            self._program.append(_Fork(0, 0))
            self._write(part.part)
        if part.most < 0:
            self._program.append(_Fork(forks[0], forks[0]))
        for fork in forks:
            self._program[fork] = self._fork(fork + 1, len(self._program), part.greedy)

    @staticmethod
    def _fork(into: int, past: int, greedy: bool) -> _Fork:
        return _Fork(into, past) if greedy else _Fork(past, into)


Marks = tuple[int, ...]
"""Where the whole and each group begin and end, two places each; -1 for a group that met nothing."""


class GroupedPattern(Pattern):
    """A compiled pattern that says what its groups met."""

    def _read(self, text: str) -> _Part:
        reader = _GoPatternReader(text, keeps_groups=True)
        part = reader.choice()
        self.names = tuple(reader.groups)
        return part

    def groups(self, text: str, begin: int) -> Marks | None:
        """The marks of the match that begins at a place, None where none does; raises Unsupported where that takes too long."""
        program = self._program
        threads: list[tuple[int, Marks]] = []
        self._reach(0, (begin, *(-1,) * (2 * len(self.names) + 1)), text, begin, threads, set())
        found: Marks | None = None
        steps = 0
        for place in range(begin, len(text) + 1):
            steps += len(threads) * (len(self.names) + 1)
            if steps > MAX_STEPS:
                raise Unsupported("the search takes too many steps")
            following: list[tuple[int, Marks]] = []
            seen: set[int] = set()
            for pc, marks in threads:
                step = program[pc]
                if isinstance(step, _End):
                    found = (marks[0], place, *marks[2:])
                    break  # whatever comes later was less preferred
                if place < len(text) and isinstance(step, _Sign) and step.fits(ord(text[place])):
                    self._reach(pc + 1, marks, text, place + 1, following, seen)
            threads = following
            if not threads:
                break
        return found

    def _reach(
        self, pc: int, marks: Marks, text: str, place: int, threads: list[tuple[int, Marks]], seen: set[int]
    ) -> None:
        """`_follow` with marks."""
        pending = [(pc, marks)]
        while pending:
            pc, marks = pending.pop()
            if pc in seen:
                continue
            seen.add(pc)
            step = self._program[pc]
            if isinstance(step, _Fork):
                pending += [(step.second, marks), (step.first, marks)]
            elif isinstance(step, _Mark):
                pending.append((pc + 1, (*marks[: step.slot], place, *marks[step.slot + 1 :])))
            elif isinstance(step, _Assertion):
                if _holds(step.kind, text, place):
                    pending.append((pc + 1, marks))
            else:
                threads.append((pc, marks))


def _can_be_empty(part: _Part) -> bool:
    if isinstance(part, _Sign):
        return False
    if isinstance(part, _Sequence):
        return all(_can_be_empty(each) for each in part.parts)
    if isinstance(part, _Choice):
        return any(_can_be_empty(each) for each in part.options)
    if isinstance(part, _CaptureGroup):
        return _can_be_empty(part.part)
    return isinstance(part, _Assertion) or part.least == 0 or _can_be_empty(part.part)


def _holds(kind: str, text: str, place: int) -> bool:
    if kind == "begins":
        return place == 0
    if kind == "ends":
        return place == len(text)
    if kind == "line begins":
        return place == 0 or text[place - 1] == "\n"
    if kind == "line ends":
        return place == len(text) or text[place] == "\n"
    before = place > 0 and _is_word(text[place - 1])
    after = place < len(text) and _is_word(text[place])
    return (before is not after) is (kind == "word")


def _is_word(sign: str) -> bool:
    return sign.isascii() and (sign.isalnum() or sign == "_")


MOST_KEPT = 300
"""Letters of a pattern that is kept: a program has a part for each letter, and as many as a count says."""


def compiled(pattern: str) -> Pattern:
    """A pattern that Go can read, see `regexps.problem`; raises Unsupported."""
    return _kept(pattern) if len(pattern) <= MOST_KEPT else _compiled(pattern)


@functools.lru_cache(maxsize=128)
def _kept(pattern: str) -> Pattern:
    return _compiled(pattern)


def _compiled(pattern: str) -> Pattern:
    return _made(Pattern, pattern)


def _made(make: Callable[[str], _P], pattern: str) -> _P:
    """The program of a pattern; Unsupported too where it is none, for not everybody asks `syntax.problem` before."""
    try:
        return make(pattern)
    except RecursionError:
        raise Unsupported("it is nested too deeply") from None
    except regexps.PatternError as error:
        raise Unsupported(str(error)) from None


@remembered(32)
def grouped(pattern: str) -> GroupedPattern:
    """`compiled`, with groups; raises Unsupported."""
    return _made(GroupedPattern, pattern)


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern is found anywhere in a text; raises Unsupported."""
    return compiled(pattern).search(text) is not None


def find_all(pattern: str, text: str) -> Iterator[str]:
    """Every match one after the other, as Go's FindAllString; raises Unsupported."""
    program, place, last = compiled(pattern), 0, -1
    while place <= len(text):
        found = program.search(text, place)
        if found is None:
            return
        begin, end = found
        if end > begin or begin != last:  # an empty match right after a match is none
            yield text[begin:end]
        last = end
        place = end if end > begin else end + 1
