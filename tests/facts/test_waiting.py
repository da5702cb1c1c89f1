"""What loops of a script wait for, as far as it is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.facts.waiting import NameWaitedFor, awaited


def _of(script: str, shell: str = "sh") -> list[NameWaitedFor]:
    return list(awaited({"command": [shell, "-c", script]}))


@pytest.mark.parametrize(
    ("script", "name", "port", "answers"),
    [
        ("until nslookup db; do sleep 2; done", "db", "", False),
        (
            "until nslookup db.shop.svc.cluster.local; do echo waiting; sleep 2; done;",
            "db.shop.svc.cluster.local",
            "",
            False,
        ),
        ("while ! getent hosts db > /dev/null 2>&1; do sleep 1; done", "db", "", False),
        ("until nc -z -w 2 db 5432; do sleep 1; done", "db", "5432", True),
        ("while ! nc -zv db 5432\ndo\n  sleep 1\ndone\nexec /migrate", "db", "5432", True),
        ("until curl -fsS http://api:8080/health >/dev/null; do sleep 5; done", "api", "8080", True),
        ("until wget -q --spider 'http://api/health'; do sleep 5; done", "api", "", True),
        ("set -e; until pg_isready -U app -h pg -p 5432; do sleep 1; done; /run", "pg", "", True),
        ("until mysqladmin ping -hmysql --silent; do sleep 1; done", "mysql", "", True),
        ("until redis-cli -h cache ping; do sleep 1; done", "cache", "", True),
    ],
)
def test_a_loop_that_waits(script: str, name: str, port: str, answers: bool) -> None:
    assert _of(script) == [NameWaitedFor(name, port, answers)]


@pytest.mark.parametrize(
    "script",
    [
        "nslookup db; exec /run",
        "until nslookup db; do n=$((n+1)); [ $n -gt 9 ] && exit 1; sleep 2; done",
        "for i in 1 2 3; do nc -z db 5432 && break; sleep 1; done",
        "until timeout 5 nc -z db 5432; do sleep 1; done",
        "until nc -z $DB_HOST 5432; do sleep 1; done",
        "until nc -z db 5432 || test -f /skip; do sleep 1; done",
        "until test -f /ready; do sleep 1; done",
        "until curl -s https://10.0.0.7/; do sleep 1; done",
    ],
)
def test_what_may_end_otherwise_or_names_nothing_is_left(script: str) -> None:
    assert _of(script) == []


def test_several_loops_and_other_ways_to_call_the_shell() -> None:
    script = "until nslookup a; do sleep 1; done; until nslookup b; do sleep 1; done"
    assert [one.name for one in _of(script)] == ["a", "b"]
    assert [one.name for one in awaited({"command": ["/bin/bash", "-euo", "pipefail", "-c"], "args": [script]})] == [
        "a",
        "b",
    ]
    assert awaited({"args": [script]}) == ()


@given(st.text(max_size=300))
def test_any_script_is_read_or_left(text: str) -> None:
    assert isinstance(_of(f"until {text}; do sleep 1; done"), list)
