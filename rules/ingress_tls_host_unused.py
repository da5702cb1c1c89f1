"""TLS for a host that no rule of the Ingress has, beside a rule for a host without TLS.

The controller chooses a certificate by the host of the TLS entry. A host that no entry names is served with the default
certificate of the controller, which clients refuse, or without TLS.

Write the host of the rule in the TLS entry.

See https://kubernetes.io/docs/concepts/services-networking/ingress/#tls
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import Category, Findings, Ingress, rule
from kubetrial.lint.values.pattern import pattern

_HOST = pattern(
    r"(?:\*\.)?[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]*[a-z])+", re.ASCII
)  # others are no host names: ingress-host-malformed


@rule(Category.RISKY, needs=("tls",))
def check(ingress: Ingress) -> Findings:
    """A host that no entry covers, beside hosts with one or an entry that no rule uses; a wildcard stands for one label."""
    spec = ingress["spec"]
    entries = list(spec["tls"].items())
    rules = [(one.get("host"), one["host"]) for one in spec["rules"].items()]
    if not entries or not rules or not all(isinstance(e.get("hosts"), list) and e.get("hosts") for e in entries):
        return
    hosts = [(one.value, one) for entry in entries for one in entry["hosts"].items()]
    if not all(isinstance(name, str) and _HOST.fullmatch(name) for name, _ in (*hosts, *rules)):
        return
    bare = [(name, at) for name, at in rules if not any(_covers(host, name) for host, _ in hosts)]
    unused = [(host, at) for host, at in hosts if not any(_covers(host, name) for name, _ in rules)]
    for name, at in bare if not unused and len(bare) < len(rules) else ():
        yield at.found(
            f"no TLS entry of the Ingress covers the host {name}, while its other hosts have one",
            consequence="clients that come by https get the default certificate of the controller and refuse it",
            help=f"write {name} in the hosts of a TLS entry, or give it an Ingress of its own without TLS",
            related=(("the TLS entries", spec["tls"]),),
        )
    for (name, at), (host, there) in zip(bare, unused, strict=False):
        yield at.found(
            f"no TLS entry of the Ingress covers the host {name}; there is one for {host}, which no rule has",
            consequence="clients get the default certificate of the controller and refuse it, or no TLS",
            help=f"write {name} in the hosts of the TLS entry",
            related=(("the TLS entry", there),),
        )


def _covers(host: str, name: str) -> bool:
    """Whether a TLS host is the name, or a wildcard for it."""
    host, name = host.lower(), name.lower()
    return host == name or (host.startswith("*.") and name.partition(".")[2] == host[2:])
