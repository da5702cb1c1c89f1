"""Work in shares: one process a core where there is enough of it, in the order and with the outcome of one process.

Processes are forked, so that all that was read and imported is there at once; where the platform cannot fork, or a process dies, the
work is done here. A share is a range of positions, and what comes of the shares is put together in their order.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from kubetrial.lint.files import witness

T = TypeVar("T")


def cores() -> int:
    """How many cores this process may use: its affinity, and the quota of its control group."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        with open("/sys/fs/cgroup/cpu.max", encoding="ascii") as file:
            quota, period = file.read().split()
        return max(1, min(count, -(-int(quota) // int(period))))
    except (OSError, ValueError):  # no control groups, or no quota ("max")
        return count


def shares(weights: Sequence[int], jobs: int, work: Callable[[int, int], T], least: int) -> list[T]:
    """What `work(start, stop)` gives for each share of some positions, in order.

    `weights` say how much work each position is, in any unit; less than `least` is not worth a process of its own.
    """
    jobs = min(jobs, len(weights), sum(weights) // max(least, 1)) if jobs > 1 else 1
    if jobs < 2 or not hasattr(os, "fork"):
        return [work(0, len(weights))]
    bounds = _bounds(weights, jobs)
    children = [_started(work, bounds[job], bounds[job + 1]) for job in range(1, jobs)]
    found = [work(0, bounds[1])]
    for job, child in enumerate(children, 1):
        outcome = _finished(child) if child is not None else None
        found.append(outcome[0] if outcome is not None else work(bounds[job], bounds[job + 1]))
    return found


def _bounds(weights: Sequence[int], jobs: int) -> list[int]:
    """Where the shares begin and end, so that each is about as heavy as the others."""
    total, done = sum(weights), 0
    bounds = [0]
    for position, weight in enumerate(weights):
        if done >= total * len(bounds) / jobs and len(bounds) < jobs:
            bounds.append(position)
        done += weight
    return bounds + [len(weights)] * (jobs + 1 - len(bounds))


def _started(work: Callable[[int, int], T], start: int, stop: int) -> tuple[int, int] | None:
    """(process, pipe) of a child that does a share; None where there can be none."""
    try:
        get, put = os.pipe()
        child = os.fork()
    except OSError:
        return None
    if child:
        os.close(put)
        return child, get
    code = 1
    try:
        import pickle

        os.close(get)
        looks = _heard()
        value = work(start, stop)
        with os.fdopen(put, "wb") as pipe:
            pickle.dump((value, looks), pipe, pickle.HIGHEST_PROTOCOL)
        code = 0
    finally:  # neither the buffers nor the exit handlers of the parent are this process's
        os._exit(code)


def _finished(child: tuple[int, int]) -> tuple[Any] | None:
    """What came of a child's share; None where it did not get to its end."""
    import pickle

    process, get = child
    try:
        with os.fdopen(get, "rb") as pipe:
            value, looks = pickle.load(pipe)
    except (EOFError, OSError, pickle.UnpicklingError):
        os.waitpid(process, 0)
        return None
    os.waitpid(process, 0)
    for event, arguments in looks:
        sys.audit(event, *arguments)  # as if it had been looked at here
    return (value,)


_LOOKS = frozenset((witness.OPENED, *witness.LISTED, witness.LOOKED, witness.UNIQUE))
"""What is heard; the content that was read (READ) is not sent along: that it was opened is enough."""


def _heard() -> list[tuple[str, tuple[Any, ...]]]:
    """The looks at the file system of this process, from now on; for those who listen in the parent (files/witness.py)."""
    looks: list[tuple[str, tuple[Any, ...]]] = []

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _LOOKS and isinstance(arguments[0], (str, bytes)):
            looks.append((event, arguments))

    sys.addaudithook(hear)
    return looks
