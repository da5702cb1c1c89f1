"""The hosts that a text names: in URLs, as host:port, as the value of an option or variable that asks for one."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence

from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.config_uses import names_of, read_as_files, read_once
from kubetrial.lint.objects.peers import command_texts, written
from kubetrial.lint.objects.views import Container, Object, PodSpec, Workload
from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml.node import Node

_LABEL = r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = rf"{_LABEL}(?:\.[a-z0-9-]{{1,63}}){{0,8}}"
_URL = pattern(
    rf"\b[a-z][a-z0-9+.-]{{1,20}}://(?:[^\s/@'\"]{{0,200}}@)?({_NAME})\.?(?::(\d{{1,5}}))?(?=$|[/\s,;'\"?#:)])"
)
_PAIR = pattern(rf"(?:^|[\s=,;'\"@(])({_NAME}):(\d{{2,5}})(?=$|[/\s,;'\")])")
_OPTION = pattern(
    rf"(?:^|\s)(?:--?[a-z0-9-]*(?:host|hostname|server|addr|address|endpoint|broker|h)[ =]|nc(?: -[a-z0-9]+| \d+)* |nslookup |"
    rf"getent hosts |wait-for(?:-it)?(?:\.sh)? |pg_isready -h |ping(?: -[a-z]+(?: \d+)?)* )({_NAME})(?:[ :](\d{{2,5}}))?(?=$|[\s;)'\"/])"
)
_WORDS = ("host", "server", "addr", "endpoint", "broker", "-h ", "-h=", "nc ", "nslookup ", "wait-for", "ping ")
"""Of these a text has to have one for the pattern above, which costs much more."""
_TWO_DIGITS = pattern(r":\d\d")
_ASKS = pattern(
    r"(?:(?:^|_|-|\.)(?:host|hostname|server|addr|address|endpoint|broker|brokers|service)s?(?:_?name)?|(?:pg|db|sql|mongo|redis|smtp|mq)host)$",
    re.I,
)
_PORT_BESIDE = pattern(r"^.*_PORT$", re.M)
"""The name of a variable that holds a port."""
_CLIENTS = frozenset(("ping", "ping6", "nslookup", "dig", "host", "telnet", "traceroute", "tracepath", "arping"))
"""Programs whose first argument without a dash is a host."""
_MAY_NAME = pattern(
    r"host|server|addr|endpoint|broker|service|-h|n(?:c |slookup)|getent|wait-for|p(?:ing|g_isready)|dig|t(?:elnet|race)"
)
"""Of these, or of a port, the texts of a container that name a host have one somewhere, in small letters."""
_PORT = pattern(r":(?://|\d)")
_MOST = 20_000
_GAP = r"[ \t]{0,80}"
_FILE_ASKS = pattern(
    r"""^[ \t,{-]*['"]?[\w.-]{0,60}(?:host|server|addr|address|endpoint|broker|url)s?['"]?[ \t]*[:=]"""
    rf"""[ \t]*['"]?({_NAME})['"]?,?[ \t]*$""",
    re.I | re.M,
)
"""A line of a settings file whose key asks for a host."""
_DEFINES = pattern(r"(?:upstream|backend|cluster_name:|name:)[ \t]+['\"]?([\w.-]+)")
"""A name that a file gives to something of its own, as the servers of a proxy: `upstream app {`."""
_NO_ADDRESS = pattern(r"^\s*(?:[#;]|//|--)|image|^\s*(?:upstream|backend|frontend|listen)\s")
"""Lines of a settings file in which what looks like an address is none."""


@dataclass(frozen=True, slots=True)
class Host:
    """A host that a text names, and the port behind it ("" where none is written)."""

    name: str
    port: str
    variable: str
    node: Node
    line: int = 0  # of a file in a ConfigMap, counted from 1

    @property
    def label(self) -> str:
        """The first label: of the name of a Service the Service."""
        return self.name.partition(".")[0]


def hosts_in(variable: str, node: Node) -> Iterable[Host]:
    """The hosts of one text; `variable` is the name of what holds it, "" in a command. Placeholders are no hosts."""
    text = node.value
    if text.__class__ is not str or len(text) > _MOST:
        return ()
    has_url, has_pair = "://" in text, ":" in text and _TWO_DIGITS.search(text) is not None
    may_be_option = (" " in text or "=" in text) and any(word in text for word in _WORDS)
    if not (has_url or has_pair or may_be_option or (variable and _asks(variable))):
        return ()
    return _found(variable, node, ((_URL, has_url), (_PAIR, has_pair), (_OPTION, may_be_option)))


@functools.lru_cache(maxsize=4096)
def _asks(variable: str) -> bool:
    """Whether the name of a variable or key asks for a host."""
    return _ASKS.search(variable) is not None


def _found(variable: str, node: Node, forms: Sequence[tuple[re.Pattern[str], bool]]) -> Iterator[Host]:
    text = node.value
    seen = set()
    for form, is_worth in forms:
        for match in form.finditer(text) if is_worth else ():
            name, port = match.group(1), match.group(2) or ""
            if (name, port) not in seen:
                seen.add((name, port))
                yield Host(name, port, variable, node)
    if not seen and _asks(variable) and re.fullmatch(_NAME, text.strip()):
        yield Host(text.strip(), "", variable, node)


def hosts_of(container: Container) -> Iterator[Host]:
    """The hosts in the commands, arguments and plain variables of a container; an option may be an item of its own."""
    if not container.once(may_name):
        return
    before = program = ""
    for node in command_texts(container):
        if node.key == 0 and (node.parent is None or node.parent.key != "args"):
            before = program = ""  # another command: that of a probe or hook
        name = str(node.value).rpartition("/")[2]
        if name in _CLIENTS and node.key == 0:
            program = name
        elif program and re.fullmatch(_NAME, str(node.value)):
            yield Host(str(node.value), "", "", node)
            program = ""
        if before.startswith("-") and "=" not in before and node.value[:1] != "-":
            joined = Node(node.document, node.parent, node.key, f"{before} {node.value}")
            yield from (Host(h.name, h.port, h.variable, node) for h in hosts_in("", joined))
        else:
            yield from hosts_in("", node)
        before = str(node.value)
    env = container.mapping().get("env")
    for index, variable in enumerate(env) if env.__class__ is list else ():
        text = variable.get("value") if variable.__class__ is dict else None
        if text.__class__ is not str:
            continue
        name = str(variable.get("name", ""))
        if ":" in text or " " in text or "=" in text or _asks(name):  # nodes are made for those alone that may name one
            yield from hosts_in(name, container["env"][index]["value"])


def may_name(container: Container) -> bool:
    """Whether anything of a container may name a host; costs little."""
    text = written(container)
    return _PORT.search(text) is not None or _MAY_NAME.search(text.lower()) is not None


def hosts_of_workload(workload: Workload, cluster: Cluster) -> list[Host]:
    """The hosts in all that a workload's containers are given, ConfigMaps of the set included; worked out once."""
    known = cluster.once(_known_hosts)
    if id(workload.value) not in known:
        found = [
            host for container in workload.pod.all_containers() for host in (*hosts_of(container), *_pairs(container))
        ]
        known[id(workload.value)] = [*found, *hosts_of_configs(workload.pod, cluster)]
    return known[id(workload.value)]


def _pairs(container: Container) -> Iterator[Host]:
    """A variable `DB_HOST` whose port stands in `DB_PORT` beside it: the host with its port, at the place of the port."""
    if len(container.get("env") or ()) < 2 or not _PORT_BESIDE.search(written(container)):
        return
    values = {str(v.get("name")): v["value"] for v in container["env"].items() if isinstance(v.get("value"), str)}
    for name, value in values.items():
        stem = re.fullmatch(r"(.*_)(?:HOST|HOSTNAME|ADDRESS|ADDR|SERVER)", name)
        port = values.get(f"{stem.group(1)}PORT") if stem is not None else None
        if port is not None and port.value.isdigit() and re.fullmatch(_NAME, value.value):
            yield Host(value.value, port.value, name, port)


def _known_hosts(_: Cluster) -> dict[int, list[Host]]:
    """The value of a workload, by its id -> the hosts that it names."""
    return {}


def hosts_of_configs(pod: PodSpec, cluster: Cluster) -> Iterator[Host]:
    """The hosts in the keys of ConfigMaps and Secrets of the set that a pod reads as variables or as files."""
    owner = pod.owner
    for kind, name in names_of(pod):
        config = cluster.get("", kind, owner.namespace, name)
        values, files = ((), ()) if config is None else _hosts_of_config(config, cluster)
        keys = {key for _, key in read_once(pod, kind, name)} if values else set()
        yield from (host for host in values if None in keys or host.variable in keys)
        keys = read_as_files(pod, kind, name) if files else set()
        yield from (host for host in files if None in keys or host.node.key in keys)


def _hosts_of_config(config: Object, cluster: Cluster) -> tuple[Sequence[Host], Sequence[Host]]:
    """(the hosts in a ConfigMap or Secret as values, each with its key as the variable; those in it as files); worked out once."""
    known = cluster.once(_known_configs)
    if id(config) not in known:
        fields = list(config["data" if config.kind == "ConfigMap" else "stringData"].fields())
        values = [host for field in fields for host in hosts_in(str(field.key), field)]
        known[id(config)] = values, [host for field in fields for host in _hosts_of_file(field)]
    return known[id(config)]


def _hosts_of_file(field: Node) -> Iterator[Host]:
    """The hosts of a settings file: in URLs, as host:port, and behind a key that asks for one. Names that it defines itself are none."""
    text = field.value
    if text.__class__ is not str or len(text) > _MOST:
        return
    has_pair = _TWO_DIGITS.search(text) is not None
    seen: set[tuple[str, str]] = set()
    own = set(_DEFINES.findall(text))
    for form, is_worth in ((_URL, "://" in text), (_PAIR, has_pair), (_FILE_ASKS, True)):
        for match in form.finditer(text) if is_worth else ():
            name = match.group(1)
            port = (match.group(2) or "") if form is not _FILE_ASKS else ""
            start = text.rfind("\n", 0, match.start(1)) + 1
            line = text[start : text.find("\n", match.start(1)) % (len(text) + 1)]
            if (name, port) in seen or name in own or _NO_ADDRESS.search(line):
                continue
            seen.add((name, port))
            yield Host(name, port, line[: match.start(1) - start], field, text.count("\n", 0, start) + 1)


def _known_configs(_: Cluster) -> dict[int, tuple[Sequence[Host], Sequence[Host]]]:
    """A ConfigMap, by its id -> the hosts that it names, as values and as files."""
    return {}
