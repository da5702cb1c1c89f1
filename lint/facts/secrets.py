"""Whether a name and a value look like a password, token or key that stands in clear text."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator


@functools.cache
def _named() -> re.Pattern[str]:
    """Names of secrets: the last words say what the value is."""
    return re.compile(
        r"(?i)(?:^|[_.-])(?:\w*(?:passwd|password|passphrase|apikey)|pwd|pass|secret|token|credentials?"
        r"|(?:api|access|private|secret|encryption|signing|master|auth|account)[_.-]?(?:key|secret|token)|secret[_.-]?key[_.-]?base)$"
    )


@functools.cache
def _certain() -> re.Pattern[str]:
    """Values that are secrets by their form, whatever they are called."""
    return re.compile(
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|\bAGE-SECRET-KEY-1[0-9A-Z]{20,}"
        r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
        r"|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bgithub_pat_\w{22,}|\bnpm_[A-Za-z0-9]{36}\b|\bdckr_pat_[\w-]{20,}|\bglpat-[\w-]{20}\b|\bxox[abprs]-[0-9A-Za-z-]{20,}"
        r"|\bSG\.[\w-]{22}\.[\w-]{43}\b|\bsk-(?:ant|proj)-[\w-]{20,}|\bhvs\.[\w-]{20,}"
        r"|\b(?:[Bb]asic|[Bb]earer) (?=[^\s\d]*\d)[A-Za-z0-9+/._~-]{16,}"
        r"|\bsk_live_[0-9A-Za-z]{20,}|\bAIza[\w-]{35}\b"
        r"|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"
        r"|\b[a-z][a-z0-9+]*://[^\s/:@$<{]{0,64}:([^\s/:@$<{(]{3,128})@[\w.-]+"
    )


@functools.cache
def _lines() -> re.Pattern[str]:
    """Assignments in the text of a configuration file."""
    return re.compile(
        r"""(?m)^[ \t-]*["']?([\w.-]{2,60})["']?[ \t]*[:=][ \t]*["']?([^\s"',;#]{3,200})["']?[ \t]*,?\r?$"""
    )


_SIGNS = (
    *("-----BEGIN", "AGE-SECRET-KEY-1", "AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    *("npm_", "dckr_pat_", "glpat-", "xox", "SG.", "sk-", "hvs.", "asic ", "earer ", "sk_live_", "AIza", "eyJ"),
)
"""One of them stands in every text that `_certain` matches, but for addresses; to look for them is much faster in long texts."""


def certain(value: str) -> bool:
    """Whether a text holds a key, a token, or an address with a password, by its form alone."""
    if not ("://" in value and "@" in value) and not any(sign in value for sign in _SIGNS):
        return False
    match = _certain().search(value)
    return match is not None and not (match.group(1) and _is_placeholder(match.group(1)))


def looks_secret(name: str, value: str) -> bool:
    """Whether a variable or key of this name holds a secret in its value, and not where to find one."""
    if certain(value):
        return True
    if name.upper().endswith("CLUSTER_TOKEN"):
        return False  # the name of a cluster of etcd or the like
    return bool(_named().search(name)) and not _is_placeholder(value) and not _is_reference(name, value)


def inside(text: str) -> Iterator[tuple[str, str]]:
    """The names and values in the text of a configuration file that look like secrets."""
    for name, value in _lines().findall(text):
        if (
            _named().search(name)
            and not _is_placeholder(value)
            and not _is_reference(name, value)
            and _is_random(value)
        ):
            yield name, value


def _is_placeholder(value: str) -> bool:
    """Whether something else is put in its place, or it is no secret: empty, a switch, a number, a variable."""
    bare = value.strip().strip("\"'")
    lower = bare.lower()
    if len(bare) < 3 or lower in (
        "true",
        "false",
        "null",
        "none",
        "yes",
        "no",
        "default",
        "required",
        "optional",
        "disabled",
    ):
        return True
    if bare.isdecimal() and len(bare) < 6:
        return True
    if bare.replace("_", "").isupper() and "_" in bare and bare.replace("_", "").isalpha():
        return True
    marks = ("$(", "{", "<", "%(", "[", "*", "xxx", "...", "$", "@@", "__")
    return bare.startswith(marks) or any(
        word in lower for word in ("your-", "your_", "placeholder", "redacted", "replace")
    )


def _is_reference(name: str, value: str) -> bool:
    """Whether the value says where the secret is: a path, a plain address, or the name of a Secret."""
    if (
        value.startswith(("/", "./", "~/", "file:", "arn:", "vault:", "projects/", "ref+", "op://", "secret/"))
        or "://" in value
    ):
        return True
    words = value.replace(".", "-").split("-")
    of_secret = re.search(r"(?i)(secret|credentials?|token|key)$", name) is not None
    return of_secret and len(words) > 1 and all(w.isalpha() and w.islower() and len(w) < 16 for w in words)


def _is_random(value: str) -> bool:
    """Whether a value is more than words: of many different signs for its length (Shannon's entropy, in bits a sign)."""
    counts = [value.count(sign) for sign in set(value)]
    entropy = -sum(n / len(value) * math.log2(n / len(value)) for n in counts)
    return (
        len(value) >= 8 and entropy >= 2.5 and (any(c.isdigit() for c in value) or any(not c.isalnum() for c in value))
    )
