"""Regular expressions as Go reads them (RE2's syntax): why the API server cannot read a pattern; follows regexp/syntax."""

from __future__ import annotations

MAX_REPEAT = 1000
_CLASSES = frozenset(
    (
        "alnum",
        "alpha",
        "ascii",
        "blank",
        "cntrl",
        "digit",
        "graph",
        "lower",
        "print",
        "punct",
        "space",
        "upper",
        "word",
        "xdigit",
    )
)
_HEX = frozenset("0123456789abcdefABCDEF")


class PatternError(Exception):
    """Why a pattern cannot be read."""


def problem(pattern: str) -> str | None:
    """Why Go refuses a pattern, in plain words, or None."""
    try:
        PatternReader(pattern).read()
    except PatternError as error:
        return str(error)
    return None


class PatternReader:
    """One pass over a pattern; `groups` are the open groups, each with the counts of what stands in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    def read(self) -> None:
        """Read all of it."""
        # Of each open group: whether something stands in it that can be repeated, and the greatest product of counts inside.
        groups: list[list[int]] = [[0, 1]]
        repeated = False  # whether a repetition stands right before
        inside = 1  # the product of counts inside of the operand that stands right before
        while self.place < len(self.text):
            sign = self.text[self.place]
            was, repeated = repeated, False
            if sign == "(":
                if self._group():
                    groups.append([0, 1])
                inside = 1
                continue
            if sign == "|":
                groups[-1][0] = 0
                self.place += 1
                continue
            if sign == ")":
                if len(groups) == 1:
                    raise PatternError("a `)` closes no group")
                inside = groups.pop()[1]
                groups[-1][0] = 1
                groups[-1][1] = max(groups[-1][1], inside)
                self.place += 1
                continue
            if sign in "*+?" or (sign == "{" and self._count() is not None):
                begin = self.place
                count = self._repeat(sign)
                written = self.text[begin : self.place]
                if not groups[-1][0]:
                    raise PatternError(f"nothing stands before `{written}` that it could repeat")
                if was:
                    raise PatternError(f"`{written}` repeats a repetition")
                repeated = True
                inside *= count
                if inside > MAX_REPEAT and count > 1:
                    raise PatternError(f"the counts of repetitions in one another make more than {MAX_REPEAT}")
                groups[-1][1] = max(groups[-1][1], inside)
                continue
            inside = 1
            if sign == "[":
                self._class()
            elif sign == "\\":
                self._escape()
            else:
                self.place += 1
            groups[-1][0] = 1
        if len(groups) > 1:
            raise PatternError("a group is not closed; a `)` is missing")

    def _group(self) -> bool:
        """Read `(`, or `(?...` with its flags or name; whether a group is open now."""
        text, begin = self.text, self.place
        if not text.startswith("(?", begin):
            self.place += 1
            return True
        for opening in ("(?P<", "(?<"):
            if text.startswith(opening, begin) and text[begin + len(opening) : begin + len(opening) + 1] not in (
                "=",
                "!",
            ):
                end = text.find(">", begin)
                name = text[begin + len(opening) : end]
                if end < 0 or not name or not all(sign == "_" or (sign.isascii() and sign.isalnum()) for sign in name):
                    raise PatternError("a group's name is letters, digits and `_` between `<` and `>`")
                self.place = end + 1
                return True
        return self._flags(begin)

    def _flags(self, begin: int) -> bool:
        place, minus, seen = begin + 2, False, False
        while place < len(self.text):
            sign = self.text[place]
            place += 1
            if sign in "imsU":
                seen = True
            elif sign == "-" and not minus:
                minus, seen = True, False
            elif sign in ":)" and not (minus and not seen):
                self.place = place
                return sign == ":"
            else:
                break
        written = self.text[begin : min(place, begin + 4)]
        if written[:3] in ("(?=", "(?!") or written[:4] in ("(?<=", "(?<!"):
            raise PatternError(f"`{written}` looks ahead or behind, and Go's patterns cannot")
        raise PatternError(f"`{written}` opens no group that Go knows")

    def _count(self) -> tuple[int, int, int] | None:
        """The bounds of `{n}`, `{n,}` or `{n,m}` here and where it ends; None where the brace stands for itself."""
        end = self.text.find("}", self.place)
        if end < 0:
            return None
        low, comma, high = self.text[self.place + 1 : end].partition(",")
        if not _is_number(low) or (high and not _is_number(high)):
            return None
        least = int(low) if len(low) < 9 else MAX_REPEAT + 1
        most = (int(high) if len(high) < 9 else MAX_REPEAT + 1) if high else -1 if comma else least
        return least, most, end + 1

    def _repeat(self, sign: str) -> int:
        """Read a repetition, and its `?` for the shortest; the count by which it multiplies."""
        count = 1
        if sign == "{":
            bounds = self._count()
            assert bounds is not None
            least, most, self.place = bounds
            if least > MAX_REPEAT or most > MAX_REPEAT or (0 <= most < least):
                raise PatternError(
                    f"a count of repetitions is at most {MAX_REPEAT}, and the first not above the second"
                )
            count = max(least, most, 1)
        else:
            self.place += 1
        if self.text.startswith("?", self.place):
            self.place += 1
        return count

    def _class(self) -> None:
        self.place += 1
        if self.text.startswith("^", self.place):
            self.place += 1
        first = True
        while first or not self.text.startswith("]", self.place):
            if self.place >= len(self.text):
                raise PatternError("a `[` is not closed; a `]` is missing")
            first = False
            if self._named_class() or self._shorthand():
                continue
            low = self._class_sign()
            if self.text.startswith("-", self.place) and self.text[self.place + 1 : self.place + 2] not in ("]", ""):
                self.place += 1
                high = self._class_sign()
                if high < low:
                    raise PatternError(f"the range {chr(low)}-{chr(high)} goes backwards")
        self.place += 1

    def _named_class(self) -> bool:
        if not self.text.startswith("[:", self.place):
            return False
        end = self.text.find(":]", self.place + 2)
        if end < 0:
            return False
        name = self.text[self.place + 2 : end].removeprefix("^")
        if name not in _CLASSES:
            raise PatternError(f"[:{name}:] is no class of signs")
        self.place = end + 2
        return True

    def _shorthand(self) -> bool:
        """Whether \\d, \\w, \\s or \\p{...} stand here; if so, read them."""
        if self.text[self.place] != "\\":
            return False
        sign = self.text[self.place + 1 : self.place + 2]
        if sign in ("d", "D", "s", "S", "w", "W"):
            self.place += 2
            return True
        if sign in ("p", "P"):
            self._property()
            return True
        return False

    def _property(self) -> None:
        self.place += 2
        if self.place >= len(self.text):
            raise PatternError("`\\p` needs the name of a class")
        if self.text[self.place] != "{":
            if self.text[self.place] not in "CLMNPSZ":
                raise PatternError(f"`\\p{self.text[self.place]}` is no class of signs")
            self.place += 1
            return
        end = self.text.find("}", self.place)
        if end < 0:
            raise PatternError("`\\p{` is not closed")
        self.place = end + 1

    def _class_sign(self) -> int:
        if self.place >= len(self.text):
            raise PatternError("a `[` is not closed; a `]` is missing")
        if self.text[self.place] == "\\":
            return self._single()
        self.place += 1
        return ord(self.text[self.place - 1])

    def _escape(self) -> None:
        """Read a backslash outside of brackets."""
        sign = self.text[self.place + 1 : self.place + 2]
        if sign in ("A", "b", "B", "z"):
            self.place += 2
        elif sign == "Q":
            end = self.text.find("\\E", self.place)
            self.place = len(self.text) if end < 0 else end + 2
        elif not self._shorthand():
            self._single()

    def _single(self) -> int:
        """Read an escaped sign; its number."""
        text, place = self.text, self.place + 1
        if place >= len(text):
            raise PatternError("it ends with a backslash")
        sign = text[place]
        self.place = place + 1
        if sign in "01234567":
            after = text[place + 1 : place + 2]
            if sign != "0" and (not after or after not in "01234567"):
                raise PatternError(f"`\\{sign}` refers back to a group, and Go's patterns cannot")
            end = place + 1
            while end < place + 3 and text[end : end + 1] and text[end] in "01234567":
                end += 1
            self.place = end
            return int(text[place:end], 8)
        if sign == "x":
            return self._hexadecimal(place + 1)
        if sign in "afnrtv":
            return {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}[sign]
        if sign.isascii() and not sign.isalnum():
            return ord(sign)
        raise PatternError(f"`\\{sign}` means nothing in Go's patterns")

    def _hexadecimal(self, place: int) -> int:
        if self.text.startswith("{", place):
            end = self.text.find("}", place)
            digits = self.text[place + 1 : end] if end >= 0 else ""
            self.place = end + 1
        else:
            digits = self.text[place : place + 2]
            digits = digits if len(digits) == 2 else ""
            self.place = place + 2
        if not digits or not all(sign in _HEX for sign in digits) or int(digits, 16) > 0x10FFFF:
            raise PatternError("`\\x` needs two hexadecimal digits, or some in braces")
        return int(digits, 16)


def _is_number(text: str) -> bool:
    """Digits without a zero in front, as Go reads counts."""
    return text.isascii() and text.isdigit() and (text[0] != "0" or len(text) == 1)
