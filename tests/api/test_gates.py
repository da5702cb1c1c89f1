"""The history of feature gates: what is off in the newest minor is told apart from what is off until one."""

from __future__ import annotations

from typing import Any

import pytest
from kubetrial.schemas import gates, refresh
from kubetrial.schemas.minors import MINORS, NEWEST
from kubetrial.schemas.tables import load_toml

TABLE: dict[str, Any] = load_toml(gates.PATH)

SOURCE = """
var defaultKubernetesFeatureGates = map[featuregate.Feature]featuregate.FeatureSpec{
\tSeedling: {Default: false, PreRelease: featuregate.Alpha},
\tOakTree:  {Default: true, PreRelease: featuregate.GA, LockToDefault: true}, // remove in 1.40
}
var versioned = map[featuregate.Feature]featuregate.VersionedSpecs{
\tMeadow: {
\t\t{Version: version.MustParse("1.36"), Default: false, PreRelease: featuregate.Alpha},
\t\t{Version: version.MustParse("1.38"), Default: true, PreRelease: featuregate.Beta},
\t},
\tOrchard: {
\t\t{Version: version.MustParse("1.39"), Default: false, PreRelease: featuregate.Alpha},
\t},
}
"""


def test_gates_are_read_from_a_release() -> None:
    read = gates.gates_of(SOURCE, 38)
    assert read == {"Seedling": "alpha off", "OakTree": "ga on locked", "Meadow": "beta on"}
    assert gates.gates_of(SOURCE, 37)["Meadow"] == "alpha off"


def test_a_release_adds_what_it_changes() -> None:
    before = {"Seedling": {"36": "alpha off"}, "Ivy": {"35": "beta on"}, "Moss": {"35": "beta on", "36": "gone"}}
    after = gates.with_release(before, 37, {"Seedling": "alpha off", "Meadow": "alpha off"})
    assert after == {
        "Seedling": {"36": "alpha off"},
        "Ivy": {"35": "beta on", "37": "gone"},
        "Moss": {"35": "beta on", "36": "gone"},
        "Meadow": {"37": "alpha off"},
    }


@pytest.mark.parametrize(
    ("history", "spans"),
    [
        ({"25": "beta on"}, []),
        ({"25": "alpha off"}, [[25, None]]),
        ({"28": "alpha off", "30": "beta on"}, [[25, 29]]),
        ({"28": "alpha off", "30": "beta on", "32": "beta off", "33": "beta on", "34": "gone"}, [[25, 29], [32, 32]]),
        ({"25": "alpha off", "30": "gone"}, [[25, None]]),
        ({"25": "ga on locked", "30": "gone"}, []),
    ],
)
def test_spans_in_which_a_gate_is_off(history: dict[str, str], spans: list[list[int | None]]) -> None:
    table = {"through": 37, "corrected": {}, "gates": {"Seedling": history}}
    assert gates.off_in(table, "Seedling", range(25, 38)) == spans


def used() -> dict[str, list[str]]:
    """Gate -> fields that hang on it."""
    found: dict[str, list[str]] = {}
    for package, by_version in load_toml(gates.PATH.replace("gates.toml", "constraints/gates.toml")).items():
        for version, types in by_version.items():
            for name, fields in types.items():
                for field, words in fields.items():
                    found.setdefault(words["gate"], []).append(f"{package}.{version}.{name}.{field}")
    return found


def test_the_table_reaches_the_newest_minor_and_knows_every_gate() -> None:
    assert TABLE["through"] == NEWEST
    assert set(used()) <= set(TABLE["gates"])
    for name, history in {**TABLE["gates"], **TABLE["corrected"]}.items():
        assert [int(minor) for minor in history] == sorted(int(minor) for minor in history), name
        assert set(map(int, history)) <= set(MINORS), name


def test_a_next_minor_asks_for_what_is_off_in_this_one() -> None:
    """With a minor to come, a maintainer has to confirm each gate that is off today, and none that is on."""
    assert gates.unconfirmed(TABLE, NEWEST, used()) == []
    asked = gates.unconfirmed(TABLE, NEWEST + 1, used())
    off = {gate for gate in used() if (spans := gates.off_in(TABLE, gate, MINORS)) and spans[-1][1] is None}
    assert [line.partition(" ")[0] for line in asked] == sorted(off)
    assert f"ContainerStopSignals (off in 1.{NEWEST}): core.v1.Lifecycle.stopSignal" in asked
    assert not any(line.startswith("ImageVolume ") for line in asked)


def test_the_catalogue_is_not_made_for_a_minor_that_nobody_has_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh, "NEWEST", NEWEST + 1)
    types: dict[str, dict[str, Any]] = {"core.v1.Lifecycle": {"stopSignal": ["s", {"gate": "ContainerStopSignals"}]}}
    with pytest.raises(SystemExit, match=rf"is this off in 1\.{NEWEST + 1} too"):
        refresh.gates_are_off(types, TABLE)


def test_after_the_next_minor_is_read_no_field_turns_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading one that changes one gate changes the fields of that gate and no others."""
    now = {name: list(history.values())[-1] for name, history in TABLE["gates"].items()}
    release = {name: state for name, state in now.items() if state != "gone"} | {"ContainerStopSignals": "beta on"}
    histories = gates.with_release(TABLE["gates"], NEWEST + 1, release)
    table = {**TABLE, "through": NEWEST + 1, "gates": histories}
    before = {gate: gates.off_in(TABLE, gate, MINORS) for gate in used()}
    after = {gate: gates.off_in(table, gate, range(MINORS[0], NEWEST + 2)) for gate in used()}
    assert {gate for gate in before if before[gate] != after[gate]} == {"ContainerStopSignals"}
    assert before["ContainerStopSignals"][-1][1] is None
    assert after["ContainerStopSignals"][-1][1] == NEWEST
    assert gates.unconfirmed(table, NEWEST + 1, used()) == []
