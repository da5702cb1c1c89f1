"""Whole numbers or percentages: maxUnavailable, maxSurge, minAvailable. Follows apimachinery's pkg/util/intstr."""

from __future__ import annotations

import re

LARGEST = (1 << 31) - 1
"""The field holds 32 bits: the server cannot decode larger whole numbers."""


def problem(value: int | str) -> str | None:
    """Why the server refuses a value where it wants a whole number or a percentage, or None.

    Follows ValidatePositiveIntOrPercent in pkg/apis/apps/validation; the limit of 100 % is is_above_100_percent.
    """
    if isinstance(value, bool):
        return "a whole number or a percentage such as 25%"
    if isinstance(value, int):
        if not -LARGEST - 1 <= value <= LARGEST:
            return f"at most {LARGEST}"
        return "0 or more" if value < 0 else None
    if percentage(value) is not None:
        return None
    if re.match(r"[0-9]+\Z", value):
        return f"a whole number is written without quotes, a percentage with its sign: {value} or {value}%"
    return "a whole number or a percentage such as 25%"


def percentage(value: int | str) -> int | None:
    """The number of a percentage such as "25%"; None for anything else."""
    if isinstance(value, str) and re.match(r"[0-9]{1,4000}%\Z", value):
        return int(value[:-1])
    return None


def is_above_100_percent(value: int | str) -> bool:
    """Whether it is a percentage above 100 %, which maxUnavailable and minAvailable may not be."""
    number = percentage(value)
    return number is not None and number > 100


def scaled(value: int | str, total: int, *, up: bool) -> int | None:
    """What a value comes to of `total`; a percentage is rounded up or down. None for text that is no percentage.

    Follows GetScaledValueFromIntOrPercent, which (unlike validation) reads a sign before a percentage.
    """
    if isinstance(value, int):
        return value
    match = re.match(r"([+-]?[0-9]{1,18})%\Z", value)
    if match is None:
        return None
    product = int(match[1]) * total
    return -(-product // 100) if up else product // 100


def rolling_update(max_surge: int | str, max_unavailable: int | str, replicas: int) -> tuple[int, int]:
    """The pods more and the pods fewer that a Deployment's update may have.

    Surge is rounded up and unavailability down; when both come to 0, one pod may be unavailable, or nothing would move.
    Follows ResolveFenceposts in pkg/controller/deployment/util.
    """
    surge = scaled(max_surge, replicas, up=True) or 0
    unavailable = scaled(max_unavailable, replicas, up=False) or 0
    return (surge, unavailable) if surge or unavailable else (0, 1)
