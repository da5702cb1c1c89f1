"""Words in a sentence: lists, and the article before a noun."""

from __future__ import annotations

from collections.abc import Iterable


def one_of(words: Iterable[object]) -> str:
    """`a`, `a or b`, `one of a, b, c`: what can be written."""
    known = [str(word) for word in words]
    return " or ".join(known) if len(known) < 3 else f"one of {', '.join(known)}"


def article(noun: str) -> str:
    """`an` before a vowel that is spoken as one, else `a`."""
    first = noun[:1].lower()
    spoken_as_consonant = noun.lower().startswith(("uni", "use", "uti", "eu", "one", "uid", "url", "uint"))
    spelled_out = noun[:2].isupper() and first in "fhlmnrsx" and not noun[:3].isalpha()
    return "an" if (first in "aeiou" and not spoken_as_consonant) or spelled_out else "a"
