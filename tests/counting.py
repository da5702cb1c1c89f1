"""How much work something makes, without a clock: the steps of kubetrial that it executes are counted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def lines(work: Callable[[], Any]) -> int:
    """How many lines of kubetrial some work executes."""
    return _counted(work, "line")


def instructions(work: Callable[[], Any]) -> int:
    """How many instructions of kubetrial some work executes: those of comprehensions count too, each of which is one line."""
    return _counted(work, "opcode")


def _counted(work: Callable[[], Any], wanted: str) -> int:
    count = 0

    def step(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == wanted
        return step

    def call(frame: FrameType, event: str, argument: Any) -> Any:
        if "kubetrial" not in frame.f_code.co_filename:
            return None
        frame.f_trace_opcodes = wanted == "opcode"
        frame.f_trace_lines = wanted == "line"
        return step

    before = sys.gettrace()
    sys.settrace(call)
    try:
        work()
    finally:
        sys.settrace(before)
    return count
