"""The clock and the queue of a trial: a heap of (time, ticket, controller, key) and nothing else.

There is no wall clock, no randomness and no thread: time is a float of seconds since the manifests were applied, and
it moves only because the next entry of the heap lies later. Entries of one instant run in the order in which they
were asked for (the ticket), so a trial of the same input is the same, byte for byte.

The queue behaves like client-go's work queue with delays (util/workqueue/delaying_queue.go): a key that waits for a
later moment is moved only to an earlier one, and is worked on once however often it was asked for. What is asked for
now is done now, and what waits for later goes on waiting.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

Key = int | str
"""What a controller works on: the uid of an object, or "" when it looks at everything."""

Sync = Callable[[Key, float], float | None]
"""One round of work at a moment; the answer is the next moment at which to look again, if any."""

STEP_BUDGET = 50_000
"""Rounds of work after which a trial stops with a note. A usual set of manifests needs some hundreds for an hour."""
LOOK_BUDGET = 400_000
"""Nodes and pods that are looked at for the placing of pods, after which a trial stops too."""
LOOKS_OF_A_STEP = 20
"""So many of them are in the price of a step: small clusters are bounded by steps alone."""
MOST_OBJECTS = 30_000
"""Objects that a trial holds, from its begin to its end; a step of a controller may make hundreds of them."""


class Exhausted(Exception):
    """A trial has looked at as much as it may, or made as much."""


class Kernel:
    """The virtual clock, and what has to be looked at when."""

    __slots__ = ("_due", "_heap", "_syncs", "_ticket", "budget", "looks", "now", "steps")

    def __init__(self, budget: int = STEP_BUDGET, looks: int = LOOK_BUDGET) -> None:
        self.now = 0.0
        self.budget = budget
        self.looks = looks
        self.steps = 0
        self._heap: list[tuple[float, int, str, Key, bool]] = []
        self._due: dict[tuple[str, Key, bool], float] = {}
        self._syncs: dict[str, Sync] = {}
        self._ticket = 0

    def register(self, controller: str, sync: Sync) -> None:
        """Name the function that does the rounds of a controller."""
        self._syncs[controller] = sync

    def wake(self, controller: str, key: Key, at: float) -> None:
        """Ask for a round of `controller` on `key` at second `at` (never earlier than now)."""
        at = max(at, self.now)
        entry = (controller, key, at > self.now)
        waiting = self._due.get(entry)
        if waiting is not None and waiting <= at:
            return
        self._due[entry] = at
        self._ticket += 1
        heappush(self._heap, (at, self._ticket, *entry))

    def look(self, count: int) -> None:
        """Pay for a step that goes through so many nodes and pods; raises Exhausted where nothing is left to pay with."""
        if count > LOOKS_OF_A_STEP:
            self.looks -= count - LOOKS_OF_A_STEP
            if self.looks < 0:
                raise Exhausted

    def run(self, until: float) -> bool:
        """Work through the queue up to and including second `until`; False when the step budget was used up before
        that. Raises Exhausted, see `look`.
        """
        heap, due, syncs = self._heap, self._due, self._syncs
        while heap and heap[0][0] <= until:
            at, _, controller, key, later = heappop(heap)
            entry = (controller, key, later)
            if due.get(entry) != at:
                continue  # it was moved to an earlier moment and is done
            if self.steps >= self.budget:
                heappush(heap, (at, 0, *entry))
                return False
            del due[entry]
            self.steps += 1
            self.now = at
            again = syncs[controller](key, at)
            if again is not None:
                self.wake(controller, key, again)
        self.now = until
        return True
