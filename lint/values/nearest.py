"""Did you mean: the nearest of some known words."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is nearly the word, or None; temporary."""
    import difflib

    close = difflib.get_close_matches(word, list(candidates), 1, 0.7)
    return close[0] if close else None
