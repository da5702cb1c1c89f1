"""Kinds that hold pods, and what they are like: the table of schemas/kinds.toml, as schemas/workloads.json has it."""

from __future__ import annotations

import json
import os

from kubetrial import schemas
from kubetrial.lint.values.records import dataclass


@dataclass(frozen=True, slots=True)
class KindTraits:
    """What a kind that holds pods is like.

    `resource` is its name in requests, `word` what a timeline calls it (empty where none speaks of it). `pods` are `kept` running, run to
    their `end`, or it `is` one. `scaled`: it has replicas; `rolled`: a new template replaces its pods; `selects`: it has a selector that
    must fit its template.
    """

    kind: str
    group: str
    resource: str
    pods: str
    word: str = ""
    scaled: bool = False
    rolled: bool = False
    selects: bool = False


def _read() -> tuple[KindTraits, ...]:
    with open(os.path.join(schemas.FOLDER, "workloads.json"), encoding="utf-8") as file:
        return tuple(KindTraits(kind, **traits) for kind, traits in json.load(file).items())


WORKLOADS = _read()
"""All of them, in the order in which people think of them."""

RUNNING = tuple(one.kind for one in WORKLOADS if one.pods == "kept")
"""Those that keep pods running, and take only restartPolicy Always."""

LASTING = tuple(one.kind for one in WORKLOADS if one.pods != "end")
"""Those whose pods are not meant to end."""

SCALED = tuple(one.kind for one in WORKLOADS if one.scaled)
"""Those with replicas."""

ROLLED_OUT = tuple(one.kind for one in WORKLOADS if one.rolled)
"""Those whose pods a new template replaces."""

SELECTING = tuple(one.kind for one in WORKLOADS if one.selects)
"""Those with a selector that must fit their template."""

WORDS = {one.kind: one.word for one in WORKLOADS if one.word}
"""Those that a timeline speaks of, and what it calls them."""

GROUPS = {one.kind: one.group for one in WORKLOADS}
"""The group of each."""
