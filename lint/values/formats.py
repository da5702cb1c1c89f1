"""The formats of texts in schemas of custom resources, as the API server knows them; follows kube-openapi/pkg/validation/strfmt."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from kubetrial.lint.values import durations, networks, urls
from kubetrial.lint.values.regexp import search as regexp_search
from kubetrial.schemas.minors import NEWEST

_compiled = functools.cache(re.compile)
_HEX4 = "[0-9a-fA-F]{4}"
_PATTERNS = {
    "bsonobjectid": "[0-9a-fA-F]{24}",
    "hexcolor": "#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})",
    "uuid": f"{_HEX4}{_HEX4}-?{_HEX4}-?{_HEX4}-?{_HEX4}-?{_HEX4}{_HEX4}{_HEX4}",
    "uuid3": f"{_HEX4}{_HEX4}-?{_HEX4}-?3[0-9a-fA-F]{{3}}-?{_HEX4}-?{_HEX4}{_HEX4}{_HEX4}",
    "uuid4": f"{_HEX4}{_HEX4}-?{_HEX4}-?4[0-9a-fA-F]{{3}}-?[89abAB][0-9a-fA-F]{{3}}-?{_HEX4}{_HEX4}{_HEX4}",
    "uuid5": f"{_HEX4}{_HEX4}-?{_HEX4}-?5[0-9a-fA-F]{{3}}-?[89abAB][0-9a-fA-F]{{3}}-?{_HEX4}{_HEX4}{_HEX4}",
    "ssn": "(?=.{11}$)[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}",
    "k8sshortname": "(?!.{64})[a-z0-9]([-a-z0-9]*[a-z0-9])?",
    "k8slongname": r"(?!.{254})[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
}
_LATER = {"k8sshortname": 34, "k8slongname": 34}
_UNKNOWN = frozenset(("isbn", "isbn10", "isbn13", "creditcard", "rgbcolor"))  # nobody's manifests have them


def fits(form: str, text: str, minor: int = NEWEST) -> bool | None:
    """Whether a text has a format (`date-time`, `ipv4`, ...): True for any other word, None where only the server knows."""
    name = form.replace("-", "")
    if _LATER.get(name, 0) > minor:
        return True
    pattern = _PATTERNS.get(name)
    if pattern is not None:
        return len(text) < 100_000 and _compiled(pattern).fullmatch(text) is not None
    if name in _UNKNOWN:
        return None
    return _TESTS.get(name, _anything)(text)


def is_known(form: str) -> bool:
    """Whether a word is a format; any other is ignored."""
    name = form.replace("-", "")
    return name in _PATTERNS or name in _UNKNOWN or name in _TESTS or name == "password"


def _anything(text: str) -> bool | None:
    return True


def is_date(text: str) -> bool:
    """Whether a text is a day such as 2026-01-31."""
    if _compiled("[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch(text) is None:
        return False
    if text.startswith("0000"):
        return durations.time_problem(f"2000{text[4:]}T00:00:00Z") is None
    return durations.time_problem(f"{text}T00:00:00Z") is None


def _is_date_time(text: str) -> bool | None:
    day, mark, rest = text.lower().partition("t")
    found = _compiled(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|[+-][0-9]{2}:[0-9]{2})").fullmatch(
        rest.partition("t")[0]
    )
    if not mark or not is_date(day) or found is None:
        return False
    return found[1] <= "23" and found[2] <= "59" and found[3] <= "59"


def nanoseconds(text: str) -> int | None:
    """A duration as this format has it: Go's, or numbers with words such as `2 days`; None where it is none."""
    try:
        return durations.parse_duration(text)
    except durations.DurationError:
        pass
    total, found_any = 0, False
    for number, word in _compiled("([0-9]+)[\t\n\f\r ]*([A-Za-zµ]+)").findall(text):
        for short, long, size in _UNITS:
            if word.lower().startswith(long) or word.lower() in short:
                total, found_any = total + int(number[:20]) * size, True
    return total if found_any else None


_SECOND = 1_000_000_000
_UNITS = (
    (("ns",), "nano", 1), (("us", "µs"), "micro", 1_000), (("ms",), "milli", 1_000_000), (("s",), "sec", _SECOND),
    (("m",), "min", 60 * _SECOND), (("h", "hr"), "hour", 3600 * _SECOND), (("d",), "day", 24 * 3600 * _SECOND),
    (("w", "wk"), "week", 7 * 24 * 3600 * _SECOND),
)  # fmt: skip


def _is_base64(text: str) -> bool:
    """Whether a text is base64, of whatever length: files are written so."""
    return len(text) % 4 == 0 and _compiled("[A-Za-z0-9+/]{2,}={0,2}").fullmatch(text) is not None


def _is_ipv4(text: str) -> bool:
    return networks.address(text) is not None and "." in text


def _is_ipv6(text: str) -> bool:
    found = networks.address(text)
    return found is not None and not found.zeros and ":" in text


def _is_mac(text: str) -> bool:
    pairs = "([0-9a-fA-F]{2}([:-])[0-9a-fA-F]{2}(\\2[0-9a-fA-F]{2}){%d})"
    dotted = rf"{_HEX4}(\.{_HEX4}){{2}}|{_HEX4}(\.{_HEX4}){{3}}|{_HEX4}(\.{_HEX4}){{9}}"
    return _compiled(dotted).fullmatch(text) is not None or any(
        _compiled(pairs % count).fullmatch(text) is not None for count in (4, 6, 18)
    )


def _is_email(text: str) -> bool | None:
    if _compiled(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*").fullmatch(text):
        return True
    return None if "@" in text else False


_LETTER = r"a-zA-Z0-9\p{S}\p{L}"
_HOSTNAME = (
    rf"^([{_LETTER}]((-?[{_LETTER}]{{0,62}})?)|([{_LETTER}](([a-zA-Z0-9-\p{{S}}\p{{L}}]{{0,61}}[{_LETTER}])?)(\.)){{1,}}"
    r"([a-zA-Z\p{L}]){2,63})$"
)


def _is_hostname(text: str) -> bool | None:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > 255 or any(len(part.encode("utf-8", "surrogatepass")) > 63 for part in text.split(".")):
        return False
    try:
        return regexp_search.matches(_HOSTNAME, text)
    except regexp_search.Unsupported:
        return None


_TESTS: dict[str, Callable[[str], bool | None]] = {
    "byte": _is_base64,
    "uri": lambda text: urls.request_uri(text) is not None,
    "email": _is_email,
    "hostname": _is_hostname,
    "ipv4": _is_ipv4,
    "ipv6": _is_ipv6,
    "cidr": lambda text: networks.cidr(text) is not None,
    "mac": _is_mac,
    "date": is_date,
    "datetime": _is_date_time,
    "duration": lambda text: nanoseconds(text) is not None,
}
