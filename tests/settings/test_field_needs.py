"""Which fields a rule needs is read from its code; what cannot be followed needs nothing, and is always called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.views import Container, PodSpec, Workload
from kubetrial.lint.rule import index
from kubetrial.lint.settings.field_needs import fields_needed
from kubetrial.lint.yaml.node import Found, Node

_PARTS = ("livenessProbe", "startupProbe")


def _of_one(pod: PodSpec) -> Iterator[Found]:
    if not pod.get("hostPID"):
        return
    yield pod.found("x")


def _of_a_loop(workload: Workload, cluster: Cluster) -> Iterator[Found]:
    if cluster.closed:
        return
    for container in workload.pod.all_containers():
        for mount in container["volumeMounts"].items():
            yield mount.found("x")


def _of_either(container: Container) -> Iterator[Found]:
    for part in _PARTS:
        probe = container[part]
        if not probe.present:
            continue
        yield probe.found("x")


def _of_a_helper(container: Container) -> Iterator[Found]:
    found = [one for one in _hooks(container) if one.get("exec")]
    if found:
        yield found[0].found("x")


def _hooks(container: Container) -> Iterator[Node]:
    hooks = container.value.get("lifecycle") or {}
    for name in hooks:
        yield container["lifecycle"][name]


def _of_a_list_that_is_filled(container: Container) -> Iterator[Found]:
    found: list[Any] = []
    for port in container.get("ports") or ():
        found.append(port)
    if found:
        yield container.found("x")


def _of_what_lacks_it(container: Container) -> Iterator[Found]:
    if container.get("readinessProbe") is None:
        yield container.found("x")


def _of_another_place(pod: PodSpec) -> Iterator[Found]:
    if pod.metadata.get("labels"):
        yield pod.found("x")


def _filled_elsewhere(pod: PodSpec) -> Iterator[Found]:
    found: list[Any] = []
    _fill(found)
    if found or pod.get("hostIPC"):
        yield pod.found("x")


def _fill(found: list[Any]) -> None:
    found.append(1)


def _with_a_function_inside(pod: PodSpec) -> Iterator[Found]:
    def holds() -> bool:
        return bool(pod.get("hostIPC"))

    if holds():
        yield pod.found("x")


@pytest.mark.parametrize(
    ("check", "needed"),
    [
        (_of_one, ("hostPID",)),
        (_of_a_loop, ("volumeMounts",)),
        (_of_either, ("livenessProbe", "startupProbe")),
        (_of_a_helper, ("lifecycle",)),
        (_of_a_list_that_is_filled, ("ports",)),
        (_of_what_lacks_it, ()),
        (_of_another_place, ()),
        (_filled_elsewhere, ()),
        (_with_a_function_inside, ()),
    ],
)
def test_what_a_check_needs(check: Any, needed: tuple[str, ...]) -> None:
    assert fields_needed(check) == needed


def test_the_index_knows_what_many_rules_need() -> None:
    entries = index()
    assert entries["probe-port-name-unknown"].needs == ("livenessProbe", "readinessProbe", "startupProbe")
    assert sum(bool(entry.needs) for entry in entries.values()) > 200
