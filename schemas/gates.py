"""Reads the feature gates of Kubernetes releases into gates.toml: `python -m kubetrial.schemas.gates SOURCE ...`.

A SOURCE is the folder of a release's source whose name ends in its version (`kubernetes-1.37.2`, `kubernetes@v1.37.2`); the gates of its
minor are taken from pkg/features, and those of the other minors stay as they are. A gate's history in gates.toml has an entry for each
minor in which something changed: the stage, whether it is on by default, and `locked` where it cannot be set. Before its first entry a
gate did not exist; from `gone` on it does not exist any more, and what it stood for is there for good if it was on, or was given up.
"""

from __future__ import annotations

import glob
import os
import re
import sys
from collections.abc import Mapping
from typing import Any

from kubetrial.schemas.tables import load_toml

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gates.toml")

History = dict[str, str]
"""Minor -> what changed in it: `alpha off`, `beta on`, `ga on locked`, `gone`."""

_PLAIN = re.compile(r"^\t(?:\w+\.)?(\w+):\s*\{(Default:[^}]*)\}", re.M)
_VERSIONED = re.compile(r"^\t(?:\w+\.)?(\w+):\s*\{\n((?:\t\t.*\n)+?)\t\}", re.M)
_SPEC = re.compile(r'Version:\s*version\.MustParse\("1\.(\d+)"\),([^}]*)\}')
_STAGE = re.compile(r"PreRelease:\s*featuregate\.(\w+)")


def state_of(spec: str) -> str:
    """A gate's specification in Go as words: `Default: true, PreRelease: featuregate.Beta` is `beta on`."""
    stage = _STAGE.search(spec)
    words = [stage.group(1).lower() if stage else "ga", "on" if re.search(r"Default:\s*true", spec) else "off"]
    return " ".join(words + (["locked"] if re.search(r"LockToDefault:\s*true", spec) else []))


def gates_of(source: str, minor: int) -> dict[str, str]:
    """Gate -> state in a release, from the Go text of pkg/features; of a versioned gate, what holds in this minor."""
    found = {name: state_of(spec) for name, spec in _PLAIN.findall(source)}
    for name, body in _VERSIONED.findall(source):
        states = [state_of(spec) for since, spec in _SPEC.findall(body) if int(since) <= minor]
        if states:
            found[name] = states[-1]
    return found


def with_release(histories: Mapping[str, History], minor: int, gates: Mapping[str, str]) -> dict[str, History]:
    """The histories with one more release; minors come in ascending order."""
    result = {name: dict(history) for name, history in histories.items()}
    for name, state in gates.items():
        history = result.setdefault(name, {})
        if not history or list(history.values())[-1] != state:
            history[str(minor)] = state
    for name, history in result.items():
        if name not in gates and list(history.values())[-1] != "gone":
            history[str(minor)] = "gone"
    return result


def text_of(
    through: int, histories: Mapping[str, Mapping[str, str]], corrected: Mapping[str, Mapping[str, str]]
) -> str:
    """The text of gates.toml."""
    lines = [
        "# The feature gates of Kubernetes and what changed in which minor; made by `python -m kubetrial.schemas.gates`.",
        "# `through` is the newest minor whose source was read: what is off in it is off until somebody reads the next one.",
        f"through = {through}",
        "",
        "# What a later patch release changed, by hand: 1.35.0 had it on, and 1.35 takes it back.",
        "[corrected]",
        *(f"{name} = {_inline(history)}" for name, history in sorted(corrected.items())),
        "",
        "[gates]",
        *(f"{name} = {_inline(history)}" for name, history in sorted(histories.items())),
    ]
    return "\n".join(lines) + "\n"


def _inline(history: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f'{minor} = "{state}"' for minor, state in history.items()) + " }"


def off_in(table: Mapping[str, Any], gate: str, minors: range) -> list[list[int | None]]:
    """The spans of minors in which a gate is off, or not there yet: [first, last], where None is open.

    Open means: off in the newest minor that was read. It is no promise about the next one.
    """
    history = table["corrected"].get(gate) or table["gates"][gate]
    spans: list[list[int | None]] = []
    for minor in minors:
        state = next((state for since, state in reversed(history.items()) if int(since) <= minor), "absent off")
        before = [state for since, state in history.items() if int(since) <= minor and state != "gone"]
        is_off = " off" in (before[-1] if state == "gone" else state)
        if not is_off:
            continue
        if spans and spans[-1][1] == minor - 1:
            spans[-1][1] = minor
        else:
            spans.append([minor, minor])
    if spans and spans[-1][1] == table["through"]:
        spans[-1][1] = None
    return spans


def unconfirmed(table: Mapping[str, Any], newest: int, used: Mapping[str, list[str]]) -> list[str]:
    """What a maintainer has to confirm before `newest` is known: the gates whose fields are off in the last minor that was read."""
    if table["through"] >= newest:
        return []
    return sorted(
        f"{gate} (off in 1.{table['through']}): {', '.join(fields)}"
        for gate, fields in used.items()
        if (spans := off_in(table, gate, range(25, table["through"] + 1))) and spans[-1][1] is None
    )


def _minor_of(folder: str) -> int:
    match = re.search(r"1\.(\d+)(?:\.\d+)?/?$", folder)
    if match is None:
        sys.exit(f"{folder}: the name of the folder has to end in the release, such as kubernetes-1.37.2")
    return int(match.group(1))


def main(folders: list[str]) -> None:
    """Bring gates.toml up to the releases in these folders."""
    table: dict[str, Any] = load_toml(PATH)
    histories, through = table["gates"], table["through"]
    for folder in sorted(folders, key=_minor_of):
        minor = _minor_of(folder)
        if minor <= through:
            sys.exit(f"1.{minor} has been read; to read it again, take the later minors out of gates.toml first")
        gates: dict[str, str] = {}
        for path in sorted(glob.glob(os.path.join(folder, "pkg", "features", "*.go"))):
            if not path.endswith("_test.go"):
                with open(path, encoding="utf-8") as file:
                    gates |= gates_of(file.read(), minor)
        if not gates:
            sys.exit(f"{folder}: there are no feature gates in pkg/features")
        histories, through = with_release(histories, minor, gates), minor
    with open(PATH, "w", encoding="utf-8", newline="\n") as out:
        out.write(text_of(through, histories, table["corrected"]))


if __name__ == "__main__":
    main(sys.argv[1:])
