"""Which time zones' names are taken."""

from __future__ import annotations

import pytest
from kubetrial.lint.values import zones

GOOD = "UTC Europe/Berlin EST MET HST US/Pacific PST8PDT Zulu Etc/GMT-14 Etc/GMT+12 America/Argentina/Buenos_Aires W-SU"
BAD = "Local local europe/berlin utc Z UTC+1 PST CEST Europe Europe/ /UTC Europe//Berlin ../UTC -UTC zone.tab UTC\n x"


@pytest.mark.parametrize("name", GOOD.split(" "))
def test_taken(name: str) -> None:
    assert zones.problem(name) is None
    assert zones.zone(name).utcoffset(None) is not None or hasattr(zones.zone(name), "key")


@pytest.mark.parametrize("name", [*BAD.split(" "), "", " ", "./UTC", "posix/UTC", "localtime", "Europe/Berlin ", "é"])
def test_refused(name: str) -> None:
    assert zones.problem(name)
    with pytest.raises(KeyError):
        zones.zone(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("PST", "America/Los_Angeles"),
        ("Europe/Berlni", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("utc", "UTC"),
        ("CEST", "Europe/Berlin"),
        ("nonsense", None),
    ],
)
def test_nearest(name: str, expected: str | None) -> None:
    assert zones.nearest_zone(name) == expected
    if expected:
        assert f"did you mean {expected}?" in str(zones.problem(name))


def test_every_listed_name_is_taken_and_can_be_loaded() -> None:
    names = sorted(zones.all_names())
    assert len(names) > 400
    for name in names:
        assert zones.problem(name) is None
    assert zones.zone(names[0]) is zones.zone(names[0])


def test_the_folders_of_a_system_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    if not zones._in_folders(["UTC"]):
        pytest.skip("this system has no time zones of its own")
    monkeypatch.setattr(zones, "_package_names", frozenset)
    zones.exists.cache_clear()
    try:
        assert zones.exists("Europe/Berlin")
        assert not zones.exists("europe/berlin")
        assert not zones.exists("Europe/berlin")
        assert not zones.exists("Europe")
        assert not zones.exists("zone.tab")
        assert not zones.exists("posix/UTC")
    finally:
        zones.exists.cache_clear()


def test_no_name_is_utc() -> None:
    assert zones.zone(None) is zones.zone("UTC")
