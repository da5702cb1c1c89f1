"""Did you mean: the nearest of some known words."""

from __future__ import annotations

from collections.abc import Iterable, Sized

from kubetrial.lint.values.remembered import remembered

MOST_NAMES = 100
"""How many names of a set of objects are compared to find a slip: more would cost more than it tells."""


MOST_CANDIDATES = 2_000
"""More words are no list that somebody mistyped one of; looking at each for every value would take for ever."""


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The one candidate that `word` probably stands for, or None when none is close.

    Close is: the same but for case and '-', '_', '.'; or a few slips apart (a letter more, less, another, or two
    exchanged): one slip up to 4 letters, two up to 9, three beyond. Of equals the first in the alphabet wins.
    """
    if not word or len(word) > 100 or (isinstance(candidates, Sized) and len(candidates) > MOST_CANDIDATES):
        return None
    plain, letters = _plain(word)
    allowed = _slips(len(word))
    best: tuple[int, str] | None = None
    for candidate in candidates:
        other, others = _plain(candidate)
        if other == plain:
            away = 0
        elif abs(len(other) - len(plain)) > allowed or not _share_an_end(plain, other):
            continue
        elif len(letters - others) > allowed or len(others - letters) > allowed:
            continue  # a slip brings in one letter at most
        else:
            away = distance(plain, other, min(allowed, _slips(len(candidate))))
            if away > min(allowed, _slips(len(candidate))):
                continue
        if candidate != word and (best is None or (away, candidate) < best):
            best = (away, candidate)
            allowed = away  # ties are still looked at, for the alphabet's sake
    return best[1] if best else None


def slip(name: str, candidates: Iterable[str]) -> str | None:
    """The one candidate of which `name` is surely a misspelling, or None: stricter than `nearest`, for names that people give.

    Objects beside one another are often called alike on purpose (`db-1` and `db-2`, `web-dev` and `web-prd`, `leader` and
    `reader`). A slip is another division into words; or, in one word, two letters exchanged (of three at least), one letter more
    or less (of four), or another letter (of five).
    """
    found = [candidate for candidate in candidates if is_slip(name, candidate)]
    return found[0] if len(set(found)) == 1 else None


def is_slip(name: str, candidate: str) -> bool:
    """Whether a name is surely a misspelling of one other, as `slip` says."""
    return candidate != name and not _differ_at_both_ends(name, candidate) and _differ_by_a_slip(name, candidate)


def words(name: str) -> set[str]:
    """The words of a name that tell it from others: at least three letters, and none that many names have."""
    return {word for word in _divided(name) if len(word) > 2} - _USUAL


def means_the_same(name: str, other: str) -> bool:
    """Whether two names differ only in words that say what kind of thing it is, or in an ending: `web-svc` and `web`, `pod-reader`
    and `pod-read`, `webapp` and `web`.
    """
    mine, others = (
        [word for word in _divided(one) if word and word not in _USUAL and word not in _OF_KINDS]
        for one in (name, other)
    )
    if not mine or len(mine) != len(others):
        return False
    return all(one == two or _differs_in_its_ending(one, two) for one, two in zip(mine, others, strict=True))


_OF_KINDS = frozenset(
    (
        "binding", "claim", "cfg", "cm", "conf", "cronjob", "deploy", "headless", "hpa", "ing", "ingress", "job", "pv", "role", "sa",
        "secrets", "serviceaccount", "sts", "volume",
    )
)  # fmt: skip


def _differs_in_its_ending(one: str, two: str) -> bool:
    short, long = sorted((one, two), key=len)
    return len(short) > 2 and long.startswith(short) and long[len(short) :] in ("app", "er", "s")


_USUAL = frozenset(
    (
        "account", "app", "apps", "application", "cluster", "config", "configmap", "controller", "data", "default", "deployment",
        "kube", "kubernetes", "manager", "operator", "pvc", "secret", "server", "service", "svc", "system",
    )
)  # fmt: skip


@remembered(4096)
def _divided(name: str) -> list[str]:
    return name.lower().replace("_", "-").replace(".", "-").split("-")


_ON_PURPOSE = frozenset((frozenset(("leader", "reader")), frozenset(("http", "https"))))


def _differ_at_both_ends(one: str, other: str) -> bool:
    """Whether two words begin and end with other letters or digits, which no single slip makes of a word: most of many names do."""
    if one[:1] == other[:1] or one[-1:] == other[-1:]:
        return False
    first, second, last, least = one[:1].lower(), other[:1].lower(), one[-1:].lower(), other[-1:].lower()
    return first != second and last != least and (first + second + last + least).isalnum()


def _differ_by_a_slip(name: str, candidate: str) -> bool:
    if _plain(name) == _plain(candidate):
        return True
    mine, other = _divided(name), _divided(candidate)
    if len(mine) != len(other):
        return False
    apart = [(one, two) for one, two in zip(mine, other, strict=True) if one != two]
    if len(apart) != 1:
        return False
    one, two = apart[0]
    least = 3 if sorted(one) == sorted(two) else 5 if len(one) == len(two) else 4
    if max(len(one), len(two)) < least or not (one.isalpha() and two.isalpha()):
        return False
    return frozenset((one, two)) not in _ON_PURPOSE and distance(one, two, 1) == 1


def distance(one: str, other: str, most: int) -> int:
    """Slips from one word to the other: a letter more, less or another, two exchanged; at most `most + 1`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    one, other = _where_they_differ(one, other)
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        above, row_before = row, before
        row = [i]
        for j, wanted in enumerate(other, 1):
            if letter == wanted:
                cost = above[j - 1]
            else:
                cost = 1 + min(above[j - 1], above[j], row[j - 1])
                if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                    cost = min(cost, 1 + row_before[j - 2])
            row.append(cost)
        if min(row) > most:
            return most + 1
        before = above
    return min(row[-1], most + 1)


def _where_they_differ(one: str, other: str) -> tuple[str, str]:
    """Two words without their common beginning and end: what is left is as far apart."""
    begin, most = 0, min(len(one), len(other))
    while begin < most and one[begin] == other[begin]:
        begin += 1
    end = 0
    while end < most - begin and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[begin : len(one) - end], other[begin : len(other) - end]


@remembered(4096)
def _plain(word: str) -> tuple[str, frozenset[str]]:
    """A word without case and punctuation, and its letters: known words are asked for again and again."""
    bare = word.lower().replace("-", "").replace("_", "").replace(".", "")
    return bare, frozenset(bare)


def _slips(length: int) -> int:
    return 0 if length <= 2 else 1 if length <= 4 else 2 if length <= 9 else 3


def _share_an_end(one: str, other: str) -> bool:
    """Slips at both ends at once are rare; asking for one keeps far words out cheaply."""
    return one[:1] == other[:1] or one[-1:] == other[-1:] or one[1:2] == other[:1] or one[:1] == other[1:2]
