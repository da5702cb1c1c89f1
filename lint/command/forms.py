"""Values that somebody is to write first: what a file says instead of a value, which nobody believes to be one.

A slip is something that a person believes to be right: a near miss of a field or value, a value of another type. A blank is not: it
says what belongs there, as a sentence, as the name of its field in capitals, or by a comment beside it. One sign is weighed by itself
where it leaves no doubt; a word in capitals counts beside other blanks of its file, or where it is refused in several files; and a file
with several blanks is a form as a whole.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence

from kubetrial.lint.files import placeholder
from kubetrial.lint.finding import Category, Finding
from kubetrial.lint.values.pattern import pattern

TO_FILL_IN = "value that its comment asks to replace"
BLANK = "value that says what belongs there"
OF_A_FORM = "value in capitals that somebody replaces first"
OF_A_LISTING = "value in a listing of all fields of a kind"
OF_VERSIONS = ("api-removed", "kind-unknown")
"""Rules about what no script changes: whoever sends it in the end, the server does not know it."""
_OF_VALUES = (
    "yaml-syntax",
    "field-missing",
    "object-name-missing",
    "secret-incomplete",
    "volume-path-invalid",
    "service-external-name-invalid",
    "storage-class-parameters-invalid",
)
_OF_NO_VALUES = (*OF_VERSIONS, "field-unknown", "yaml-syntax")
_OF_KNOWN_WORDS = ("value-unsupported", "field-missing")
_OF_FREE_TEXTS = ("label-malformed", "annotations-too-long", "field-missing", "object-name-missing")
_FEWEST_FILES = 3
"""A word in capitals that is refused in so many names stands for something: nobody makes one slip so often."""
_FEWEST_BLANKS = 3
"""A file with so many different blanks is a form, and its other values are part of it."""
_NAMES = ("metadata.name", "metadata.namespace", "metadata.generateName")
_WORD = re.compile(r"(?<![A-Za-z0-9_$])(?<!\$\{)[A-Z]{2}[A-Z0-9]*(?:_[A-Z0-9]+)*(?![A-Za-z0-9_])")
_MOST_LINES = 2_000
_LONGEST = 1_000
"""So many characters of a line are looked at for each finding on it."""


def is_of_value(rule: str) -> bool:
    """Whether a rule is about a value that another one can be written for."""
    return rule in _OF_VALUES or rule.startswith("value-") or rule.endswith("-malformed")


def is_custom(finding: Finding) -> bool:
    """Whether a finding is about a custom object."""
    group = finding.object.api_version.partition("/")[0]
    return "." in group and not group.endswith(".k8s.io")


def of_forms(findings: Sequence[Finding], lines: Callable[[str], Sequence[str]]) -> Iterator[tuple[int, str]]:
    """What is wrong with values that somebody is to write first, by their ids: what shows it. `lines` gives those of a file."""
    asked = [f for f in findings if f.category is Category.REJECTED and f.rule not in _OF_NO_VALUES]
    blanks = {id(f): why for f in asked if (why := _why_blank(f, lines(f.file))) is not None}
    yield from blanks.items()
    seen = {(f.file, value_of(f, lines(f.file))) for f in asked if id(f) in blanks}
    count = Counter(file for file, _ in seen)
    words = {id(f): _blanks_in_capitals(f, lines(f.file)) for f in asked if f.rule not in _OF_KNOWN_WORDS}
    places: dict[str, set[str]] = {}
    for finding in asked:
        for word in words.get(id(finding), ()):
            places.setdefault(word, set()).add(finding.file)
    forms: dict[str, bool] = {}
    listings: dict[str, bool] = {}
    for finding in asked:
        if id(finding) in blanks:
            continue
        if finding.file not in listings:
            listings[finding.file] = is_listing(lines(finding.file))
        if listings[finding.file]:
            yield id(finding), OF_A_LISTING
        elif count[finding.file] >= _FEWEST_BLANKS and is_of_value(finding.rule) and finding.rule not in _OF_FREE_TEXTS:
            yield id(finding), BLANK
        elif told := words.get(id(finding)):
            if finding.file not in forms:
                forms[finding.file] = count[finding.file] > 0 or _is_form(lines(finding.file))
            if _is_told_of(told, lines(finding.file)):
                yield id(finding), TO_FILL_IN
                continue
            counts = finding.path in _NAMES or is_custom(finding)
            if forms[finding.file] or (counts and any(len(places[word]) >= _FEWEST_FILES for word in told)):
                yield id(finding), OF_A_FORM


def is_listing(own: Sequence[str]) -> bool:
    """Whether a file tells what the fields of a kind are for: nearly each of its lines has a comment behind it, and many have no value."""
    told = empty = filled = 0
    for line in own[:_MOST_LINES]:
        bare = line[:_LONGEST].strip()
        if bare and not bare.startswith("#") and bare != "---":
            filled += 1
            value, sign, _ = bare.partition(" #")
            told += bool(sign)
            empty += value.rstrip().endswith(_NO_VALUES)
    return filled >= _FEWEST_OF_LISTING and told >= 0.8 * filled and empty >= 0.2 * filled


_NO_VALUES = ('""', "''", "{}", "[]", ": 0", "false", "null")
_FEWEST_OF_LISTING = 12


def value_of(finding: Finding, own: Sequence[str]) -> str:
    """The text that a finding is about, without quotes, by the lines of its file; empty where it is none on one line."""
    start, end = finding.range.start, finding.range.end
    if start.line != end.line or start.line > len(own):
        return ""
    value = own[start.line - 1][start.column - 1 : min(end.column - 1, start.column + _LONGEST)]
    return "" if value[:1] in ("{", "[") else value.strip("\"'")


def _why_blank(finding: Finding, own: Sequence[str]) -> str | None:
    """Why the value of a finding is certainly none yet."""
    at = finding.range.start.line - 1
    if at >= len(own):
        return None
    if is_of_value(finding.rule) and _asks_for_another(own, at, finding.range.start.column - 1):
        return TO_FILL_IN
    if finding.rule in _OF_FREE_TEXTS:
        return None
    value = value_of(finding, own)
    if finding.unit and "${" in value:
        return None  # it was filled in: what nobody fills in is not told in what is built
    is_blank = (
        _is_blank(finding, value)
        if value and not _BLOCK.fullmatch(value)
        else any(map(_TELLS_IN_TEXTS.search, _block(own, at)))
    )
    return BLANK if is_blank else None


def _block(own: Sequence[str], at: int) -> Sequence[str]:
    """The first lines of the text that a line opens with `|` or `>`; none where it opens none."""
    if not _OPENS_TEXT.search(own[at][-_LONGEST:]):
        return ()
    indent = len(own[at]) - len(own[at].lstrip())
    below = own[at + 1 : at + 1 + _MOST_OF_TEXT]
    inside = itertools.takewhile(lambda line: not line.strip() or len(line) - len(line.lstrip()) > indent, below)
    return [line[:_LONGEST] for line in inside]


_BLOCK = re.compile(r"[|>][-+0-9]{0,2}")
_OPENS_TEXT = pattern(r":[ ]+[|>][-+0-9]{0,2}[ ]*\Z")
_MOST_OF_TEXT = 30
_TELLS_IN_TEXTS = pattern(
    r"<[A-Za-z][\w -]{0,80}>|(?i:(?<![a-z])(?:your|placeholder|change[-_]?me)(?![a-z]))|\*{3}|\.{3}|\{\{[^{}]{1,300}\}\}"
)


def _is_blank(finding: Finding, value: str) -> bool:
    """Whether a value says what belongs there: by its signs, by its words, or as it is the name of its field or of a type."""
    if value.startswith("!!"):
        return False  # a tag of YAML
    signs = _SIGNS.fullmatch(value) is not None and not _is_part_of_word(finding, value)
    if signs or _TELLS.search(value) or _SAYS.fullmatch(value):
        return True
    is_type = _TYPES.fullmatch(value) is not None and (
        value.isupper() or (finding.rule == "value-wrong-type" and value not in _OF_TEXTS)
    )
    return is_type or _is_name_of_field(finding, value) or _is_sentence(finding, value)


def _is_part_of_word(finding: Finding, value: str) -> bool:
    """Whether the sign before a word belongs to it: `@secondly` of a schedule, the key `$ref`."""
    return finding.path.endswith("schedule" if value[0] == "@" else f".{value}") and value[0] in "@$"


_TELLS = re.compile(
    r"(?i)(?<![a-z])(?:your|placeholder|change[-_]?me|fixme|tbd)(?![a-z])|(?<![a-z0-9])replace[_ ][a-z]|(?<=[a-z0-9]_)replace(?![a-z0-9])"
    r"|(?<![a-z0-9])x{3,32}(?![a-z0-9])"
    r"|[-_ ]here\b|\*{3}|\A(?:\.{3}|…)|(?:\.{3}|…)\Z"
)
"""What nobody writes in a value that is meant: `your-domain`, `replace_port`, `xxx`, `dGVz****`. `todo` is also the name of a program."""
_SIGN = r"[~!^$&#?@%<>(){}\[\]|=]{1,3}"
_SIGNS = re.compile(
    rf"{_SIGN}[ ]?[A-Za-z0-9][\w .:,/|-]{{1,80}}(?<=[\w.])[ ]?/?{_SIGN}"  # ~~NAME~~, !name!, (name), <NAME/>
    r"|[*_?.…#-]{3,40}|\?|\$\w{1,60}|\$\{\d\}|%[sdvq]|\{\d\}|\{\{[^{}]{0,80}|@\w{1,60}|<[A-Za-z][\w -]{0,80}|[A-Za-z][\w -]{0,80}>"
    r"|\w{1,40}(?:\|\w{1,40}){1,20}"  # a|b: what may stand there
)
_SAYS = re.compile(
    r"(?i)(?:fill|change|update|fix|replace|edit|set|put|insert|enter|add)[-_ ]?(?:me|this|it|in|your)(?:[-_ ][\w -]{1,60})?!?"
    r"|(?:to[-_ ]be|same[-_ ]as|base64)[-_ ][\w -]{1,60}|redacted|n/a|none[-_ ]yet"
)
_TYPES = re.compile(r"(?i)string|text|u?int(?:32|64)?|integer|number|float|double|bool(?:ean)?|quantity|value")
_OF_TEXTS = ("string", "text")  # in lower case they are what stands in place of a list or a mapping
_LETTERS = re.compile(r"[^a-z]")
_LAST_FIELD = re.compile(r"([^.\[\]]+)\]?(?:\[\d+\]){0,50}\Z")


def _is_name_of_field(finding: Finding, value: str) -> bool:
    """Whether a value is the name of its field: in capitals (`policyName: NAME`, `port: HTTP_PORT`), or where another type is wanted."""
    field = _LAST_FIELD.search(finding.path)
    name = _LETTERS.sub("", field[1].lower()) if field is not None else ""
    word = _LETTERS.sub("", value.lower())
    if len(word) < 2 or len(name) < 2 or not _IS_NAME.fullmatch(value):
        return False
    if field is not None and value.isupper() and field[1] == value:
        return False  # the key itself: `CPU` among the requests
    if value.isupper():
        return word.endswith(name) or (name.endswith(word) and len(word) > _SHORT)
    return finding.rule == "value-wrong-type" and word.removesuffix("number").removesuffix("value") == name


_IS_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")  # `1CPU` is a number with a unit that is none
_SHORT = 2


def _is_sentence(finding: Finding, value: str) -> bool:
    """Whether several words stand where a name, a number or one of a few words is wanted."""
    words = value.split()
    if len(words) < _FEWEST_WORDS or not all(_OF_SENTENCES.fullmatch(word) for word in words):
        return False
    return (
        finding.rule in ("object-name-malformed", "value-unsupported")
        or _WANTS_A_WORD.search(finding.message) is not None
    )


_FEWEST_WORDS = 4
_OF_SENTENCES = pattern(r"[(\"'`]?[A-Za-z][A-Za-z'-]{0,20}[)\"'`.,:;!?]?|[a-z]|-|/")
_WANTS_A_WORD = pattern(r"must be (?:a (?:whole )?number|a quantity|true or false)|only lower-case letters")


def _blanks_in_capitals(finding: Finding, own: Sequence[str]) -> list[str]:
    """The words in capitals that a finding is about; of a custom object its field too, where each may have a word of its own."""
    words = _words_in_capitals(finding, own)
    return [*words, f"{finding.object.kind} {finding.path}"] if words and is_custom(finding) else words


def _words_in_capitals(finding: Finding, own: Sequence[str]) -> list[str]:
    """The words in capitals in the text that a finding is about, and not in what else stands on its line: `protocol: UDP`."""
    return _WORD.findall(value_of(finding, own))


def _asks_for_another(own: Sequence[str], at: int, column: int) -> bool:
    """Whether the comment behind a column of a line, or one that is the line above it, says that another value is to be written."""
    above = own[at - 1][:_LONGEST] if at else ""
    comment = own[at].find(" #", column, column + _LONGEST)  # a line may be long and have many findings
    return (comment >= 0 and _SAYS_TO_FILL_IN.search(own[at], comment, comment + _LONGEST) is not None) or (
        above.lstrip().startswith("#") and _TO_EDIT.search(above) is not None
    )


def _is_told_of(words: Collection[str], own: Sequence[str]) -> bool:
    """Whether a comment of a file says to write something else for one of some words: `# replace LB_IP below with that address`."""
    comments = (line.partition("#")[2][:_LONGEST] for line in own[:_MOST_LINES] if "#" in line)
    asking = [comment for comment in comments if _TO_WRITE.search(comment)]
    return any(word in _WORD.findall(comment) for comment in asking for word in words)


_TO_WRITE = re.compile(r"(?i)\b(?:replace|substitute|change|set|edit|fill[ ]in|swap)\b")


def _is_form(own: Sequence[str]) -> bool:
    """Whether a file has values that are certainly to be filled in: `NAMESPACE`, `<name>`, `${VAR}`.

    What the containers of a pod expand, and the names of their variables, are none.
    """
    for line in own[:_MOST_LINES]:
        key, _, value = line.partition(": ")
        value = value.partition(" #")[0].strip(" \"'")
        if _OF_VARIABLE.fullmatch(key) or (value.isalnum() and not value.isupper()):
            continue
        blank = placeholder.placeholder(value, expanded=True)
        if blank is not None and not (blank[0] == "[" and blank[:2] != "[["):  # `[DELETE]` is a list
            return True
    return False


_OF_VARIABLE = re.compile(r"[ \t]*(?:-[ \t]*(?:\{[ \t]*)?(?:name|key)|key)")


_TO_EDIT = pattern(r"#[ ]*(?:XXX|TODO|FIXME)\b|(?i:#[ ]*(?:edit|replace|change me|fill in)\b)")
_SAYS_TO_FILL_IN = pattern(
    r"(?i)(?:\b(?:replace|change|fill|insert|enter|put|update|specify|provide|set)[ ](?:me|this|with|in|here|it|the|to|your)\b"
    r"|\b(?:must|should|to)[ ]be[ ](?:replaced|changed|filled|set|updated|configured|provided)\b"
    r"|\byour\b|\bplaceholder\b|\bbase64[- ]encoded\b|XXX|\b(?:TODO|FIXME)\b|\bedit\b)"
)
