"""Whole numbers or percentages of a total: maxUnavailable, maxSurge, minAvailable. Follows apimachinery's pkg/util/intstr."""

from __future__ import annotations

import re
from typing import Any


def scaled(value: Any, total: int, *, up: bool) -> int:
    """What a value comes to of `total`; a percentage is rounded up or down. 0 for what is neither number nor percentage.

    Follows GetScaledValueFromIntOrPercent, which (unlike validation) reads a sign before a percentage; its callers go on with 0.
    """
    if isinstance(value, int):
        return value
    match = re.match(r"([+-]?[0-9]{1,18})%\Z", value) if isinstance(value, str) else None
    if match is None:
        return 0
    product = int(match[1]) * total
    return -(-product // 100) if up else product // 100
