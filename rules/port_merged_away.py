"""A second port of the same number that client-side apply loses.

`kubectl apply` (client-side) and Helm merge lists of ports by their number alone: `port` in a Service, `containerPort` in
a container. When a change adds the same number for another protocol, as DNS has it for TCP and UDP, the merge keeps one
of the two and drops the other without a word.

Apply with `--server-side`, which merges by number and protocol; or make the object anew.

See https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.authoring import Category, Changes, Findings, Node, Object, Service, Workload, rule


@rule(Category.ADVICE)
def check(changes: Changes) -> Findings:
    """Ports that come to a list which has their number already; the merge keys are those of the types' patchMergeKey."""
    for old, new in changes.pairs:
        before = {(name, n, p) for name, key, ports in _lists(old) for n, p, _ in _ports(ports, key)}
        for name, key, ports in _lists(new):
            seen: dict[object, str] = {}
            for number, protocol, port in _ports(ports, key):
                other = seen.setdefault(number, protocol)
                if other == protocol or {(name, number, other), (name, number, protocol)} <= before:
                    continue
                yield port[key].found(
                    f"port {number} comes for {protocol} beside {other}, and client-side apply merges this list by the number",
                    consequence="kubectl apply and Helm keep one of the two and drop the other, without an error",
                    help="apply with --server-side, or make the object anew",
                )


def _lists(obj: Object) -> Iterator[tuple[str, str, Node]]:
    """(the container or "", the merge key, the list) of each list of ports."""
    if isinstance(obj, Service):
        yield "", "port", obj["spec"]["ports"]
    elif isinstance(obj, Workload):
        for container in obj.pod.all_containers():
            yield container.name, "containerPort", container["ports"]


def _ports(ports: Node, key: str) -> Iterator[tuple[object, str, Node]]:
    for port in ports.items():
        number = port.get(key)
        if isinstance(number, int):
            yield number, str(port.get("protocol") or "TCP"), port
