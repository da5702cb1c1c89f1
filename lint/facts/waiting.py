"""What a container waits for before it does its work: the names in loops of its script that ask for a Service.

`until nslookup db; do sleep 2; done` goes on until DNS has the name, `while ! nc -z db 5432; do ...` until a pod answers. Loops that may
end for another reason (`break`, `exit`, `timeout`, a number of tries) are no such thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kubetrial.lint.facts import programs
from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.values.records import dataclass

_LOOP = pattern(r"(?:^|[\s;])(?:until|while\s+!)\s+([^;\s][^;\n]{0,499})[;\n]\s*do\b(.{0,1000}?)\bdone\b", re.S)
_MAY_LEAVE = pattern(r"\b(?:break|exit|return|timeout|kill|for|if)\b|\|\||&&|\[")
_NAME = r"([a-z](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9-]{1,63}){0,8})\.?"
_ASKS_DNS = pattern(rf"(?:\S*/)?(?:nslookup|host|getent (?:ahosts|ahostsv4|hosts)) (?:-\S+ )*{_NAME}(?= |$)")
_ASKS_PORT = pattern(rf"(?:\S*/)?nc (?:-[a-z]+ (?:\d+ )?)*{_NAME}[ :](\d{{2,5}})(?= |$)")
_ASKS_URL = pattern(rf"(?:\S*/)?(?:curl|wget) (?:\S+ )*?['\"]?https?://{_NAME}(?::(\d{{2,5}}))?(?=[/'\"? ]|$)")
_ASKS_SERVER = pattern(
    r"(?:\S*/)?(?:pg_isready|mysqladmin|mysql|mariadb-admin|redis-cli|mongosh|psql)\b"
    rf"(?: (?!-h|--host)\S+)* (?:-h ?|--host[= ]){_NAME}(?= |$)"
)
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class NameWaitedFor:
    """A name that a script waits for; `port` "" where none is written; `answers`: a pod behind it has to answer."""

    name: str
    port: str
    answers: bool


def awaited(container: Mapping[str, Any]) -> tuple[NameWaitedFor, ...]:
    """What the loops of a container's script wait for, one after another; empty where nothing is known."""
    words = [word for field in ("command", "args") for word in container.get(field) or () if isinstance(word, str)]
    script = programs.script_of(words)
    if script is None or len(script[0]) > _LONGEST or not re.search(r"\b(?:until|while)\b", script[0]):
        return ()
    return tuple(_of_script(script[0]))


def _of_script(script: str) -> Iterator[NameWaitedFor]:
    for loop in _LOOP.finditer(script):
        asks, body = re.sub(r"(?<!\s)\s*(?:[12&]?>|<)\s*\S+|2>&1", "", loop.group(1)).strip(), loop.group(2)
        if _MAY_LEAVE.search(asks) or _MAY_LEAVE.search(body):
            continue
        found = _ASKS_DNS.fullmatch(asks) or _ASKS_DNS.match(asks)
        if found is not None:
            yield NameWaitedFor(found.group(1), "", answers=False)
        elif (found := _ASKS_PORT.match(asks) or _ASKS_URL.match(asks)) is not None:
            yield NameWaitedFor(found.group(1), found.group(2) or "", answers=True)
        elif (found := _ASKS_SERVER.match(asks)) is not None:
            yield NameWaitedFor(found.group(1), "", answers=True)
