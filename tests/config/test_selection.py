"""Which rules run: laws of select and ignore."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.finding import Category
from kubetrial.lint.settings.config import CATEGORIES, EVERYTHING, Override, Settings, selected

RULES = ["job-one", "job-two", "cronjob-never", "claim-lost"]
rules = st.sampled_from(RULES)
categories = st.sampled_from(list(Category))
words = st.sampled_from([*RULES, "job-*", "*-never", "c*", *CATEGORIES, EVERYTHING])
some = st.lists(words, max_size=4)


def exactness(word: str, rule: str, category: Category) -> int:
    """The same order, said another way: the number of (rule, category) pairs that a word means, more exact is fewer."""
    from fnmatch import fnmatchcase

    if word == EVERYTHING:
        return 1
    if word in CATEGORIES:
        return 2 if word == category.value else 0
    if "*" in word:
        return 3 if fnmatchcase(rule, word) else 0
    return 4 if word == rule else 0


@given(rules, categories)
def test_by_default_security_and_advice_are_off(rule: str, category: Category) -> None:
    assert selected(rule, category, None, ()) == (category.value in ("rejected", "broken", "risky"))


@given(rules, categories, st.none() | some, some)
def test_the_most_exact_word_decides_and_of_equals_ignore(
    rule: str, category: Category, select: list[str] | None, ignore: list[str]
) -> None:
    on = max((exactness(word, rule, category) for word in select or ()), default=0)
    off = max((exactness(word, rule, category) for word in ignore), default=0)
    expected = category.on_by_default if select is None and not off else on > off
    assert selected(rule, category, select, ignore) == expected


@given(rules, categories, st.none() | some, some, words)
def test_ignoring_more_never_turns_a_rule_on(
    rule: str, category: Category, select: list[str] | None, ignore: list[str], word: str
) -> None:
    before = selected(rule, category, select, ignore)
    assert selected(rule, category, select, [*ignore, word]) <= before


@given(rules, categories, some, some, words)
def test_selecting_more_never_turns_a_rule_off(
    rule: str, category: Category, select: list[str], ignore: list[str], word: str
) -> None:
    before = selected(rule, category, select, ignore)
    assert selected(rule, category, [*select, word], ignore) >= before


@given(rules, categories, st.none() | some, some)
def test_an_override_that_names_the_rule_decides(
    rule: str, category: Category, select: list[str] | None, ignore: list[str]
) -> None:
    assert selected(rule, category, select, ignore, [Override(("*",), select=(rule,))])
    assert not selected(rule, category, select, ignore, [Override(("*",), ignore=(rule,))])


@given(rules, categories, st.none() | some, some, some, some)
def test_an_empty_override_changes_nothing_and_later_ones_win(
    rule: str, category: Category, select: list[str] | None, ignore: list[str], more: list[str], less: list[str]
) -> None:
    empty = Override(("*",))
    override = Override(("*",), tuple(more), tuple(less))
    assert selected(rule, category, select, ignore, [empty]) == selected(rule, category, select, ignore)
    assert selected(rule, category, select, ignore, [override, override]) == selected(
        rule, category, select, ignore, [override]
    )


def test_overrides_hold_for_their_files_only() -> None:
    settings = Settings(
        overrides=(Override(("vendor/", "*.gen.yaml"), ignore=(EVERYTHING, "risky", "broken", "rejected")),)
    )
    assert settings.selected("job-one", Category.RISKY, "deploy/a.yaml")
    assert not settings.selected("job-one", Category.RISKY, "vendor/deep/a.yaml")
    assert not settings.selected("job-one", Category.RISKY, "deploy/a.gen.yaml")
    assert settings.selected("job-one", Category.RISKY, "")
