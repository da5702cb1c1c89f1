"""The controllers that take part in a trial, in a fixed order.

A module of this list has a `CONTROLLER` (one record) or `CONTROLLERS` (several); world.py tells how one is written.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from kubetrial.lint.trial.world import Controller

MODULES = (
    "actions", "deployment", "replicaset", "statefulset", "daemonset", "cronjob", "job", "storage", "scheduler", "pod",
    "nodes", "disruption",
)  # fmt: skip


def _load() -> tuple[Controller, ...]:
    found: list[Controller] = []
    for name in MODULES:
        if find_spec(f"kubetrial.lint.trial.{name}") is None:
            continue
        module = import_module(f"kubetrial.lint.trial.{name}")
        found.extend(
            getattr(module, "CONTROLLERS", None) or ([module.CONTROLLER] if hasattr(module, "CONTROLLER") else [])
        )
    return tuple(found)


CONTROLLERS = _load()
