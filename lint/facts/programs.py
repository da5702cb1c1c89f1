"""What the manifest of a container shows of how long it runs and how it ends: plain commands, and helpers known by their image.

The whole table stands here and in docs/trial.md; nothing else is guessed. A command line is read as a shell reads it only as far as
it is made of the few commands below; of any other one nothing is known.
"""

from __future__ import annotations

import functools
import math
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from kubetrial.lint.values.digits import whole
from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.values.remembered import remembered

DOCKER_HOSTS = (
    "docker.io/",
    "index.docker.io/",
    "registry.hub.docker.com/",
    "public.ecr.aws/docker/",
    "mirror.gcr.io/",
)
"""Where the images of Docker's registry are found."""
HELPERS = frozenset(
    (
        "cloud-sql-proxy", "cloudsql-proxy", "cloudsql-docker", "gce-proxy", "istio-proxy", "proxyv2", "envoy", "linkerd-proxy",
        "linkerd2-proxy",
        "fluent-bit", "fluentd", "filebeat", "promtail", "vault-agent", "oauth2-proxy", "pgbouncer", "datadog-agent", "otel-collector",
        "opentelemetry-collector", "opentelemetry-collector-contrib", "vector", "telegraf", "docker-dind",
        "statsd-exporter", "redis-exporter", "postgres-exporter", "mysqld-exporter", "mongodb-exporter", "kafka-exporter",
        "elasticsearch-exporter", "rabbitmq-exporter", "memcached-exporter", "blackbox-exporter", "jmx-exporter",
        "nginx-prometheus-exporter",
    )
)  # fmt: skip
"""Names of images whose programs serve others and do not end by themselves."""

ENTRYPOINTS = {
    "amazon/aws-cli": "aws", "bitnami/kubectl": "kubectl", "rancher/kubectl": "kubectl", "registry.k8s.io/kubectl": "kubectl",
    "curlimages/curl": "curl", "rclone/rclone": "rclone", "flyway/flyway": "flyway", "liquibase/liquibase": "liquibase",
    "hashicorp/terraform": "terraform", "alpine/git": "git", "migrate/migrate": "migrate", "vault": "vault",
    "hashicorp/vault": "vault", "consul": "consul", "hashicorp/consul": "consul", "alpine/helm": "helm",
    "cgr.dev/chainguard/kubectl": "kubectl",
}  # fmt: skip
"""Images whose entrypoint is one program, which gets the arguments."""
_HAND_OVER = frozenset(("curl",))
"""Those of them whose entrypoint is a script that starts another program of the image, where the first argument names one."""
SHELLS = frozenset(("sh", "bash", "ash", "dash"))
AT_ONCE = frozenset(("echo", "printf", "date", "true", ":"))
"""Commands that end at once, with 0."""
_FIRST = pattern(r"[\s;]*([^\s;&|<>()'\"\\]+)(?=[\s;&|<>()]|$)")
_FIRST_WORDS = AT_ONCE | {"exec", "exit", "false", "set", "sleep", "tail", "while"}
_OF_SHELLS = frozenset((":", "exec"))
"""Words that only a shell knows."""
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SERVE = pattern(
    r"(?:\S*/)?(?:vault (?:agent|server|proxy)|consul (?:agent|connect)|nginx -g daemon off;|redis-server|memcached|envoy|fluent-bit|"
    r"fluentd|cloud[-_]sql[-_]proxy|oauth2-proxy|pgbouncer|linkerd2?-proxy|pilot-agent proxy sidecar|dockerd|tailscaled)(?= |$)"
)
"""Command lines of servers and of agents that stand beside the work."""
_ENDLESS = ("sleep infinity", "sleep inf", "tail -f /dev/null", "while true; do sleep 30; done;")
_LOOP = pattern(
    r"(?:set -[ux]+[ \t]*[;\n]\s*)?while\s+(?:true|:|sleep [\d.]+[smhd]?)[ \t]*[;\n]\s*do\b"
    r"(?:(?!\b(?:break|exit|return|kill|done|exec|set|trap)\b)[^$`]|\$(?!\())*[;\n][ \t]*done\s*;?"
)
"""A loop without an end whose body has no word that leaves it."""
_LONGEST = 4096
_WITHOUT_ENTRYPOINT = frozenset(
    ("busybox", "alpine", "debian", "ubuntu", "fedora", "rockylinux", "almalinux", "amazonlinux")
)
"""Images that start what the arguments say: their configuration has a command and no entrypoint."""


@dataclass(frozen=True, slots=True)
class Program:
    """How long a container runs in seconds (infinity: for ever), what it exits with, and how that is known."""

    seconds: float
    code: int
    why: str


def known(container: Mapping[str, Any]) -> Program | None:
    """What is known of a container; None where its command and image say nothing.

    What `args` alone come to depends on the image's entrypoint, of which some have none; that one which is told to wait for ever
    does so is taken for granted.
    """
    command, words = (
        [word for name in names for word in container.get(name) or () if isinstance(word, str)]
        for names in (("command",), ("command", "args"))
    )
    program = ENTRYPOINTS.get(image_path(str(container.get("image", ""))))
    if words and not command and program and not starts_another(program, words):
        return _read_command((program, *words), True)
    whole = bool(command) or image_path(str(container.get("image", ""))) in _WITHOUT_ENTRYPOINT
    found = _read_command(tuple(words), whole) if words else None
    if found is None and not command and _is_helper(str(container.get("image", ""))):
        return Program(math.inf, 0, f"is {image_name(container.get('image', ''))}, which does not end by itself")
    return found


def starts_another(program: str, words: Sequence[str]) -> bool:
    """Whether the entrypoint of an image may start what its arguments say, and not the program that it is named for."""
    return program in _HAND_OVER and words[0].rpartition("/")[2] in SHELLS


def image_name(image: Any) -> str:
    """`registry.example.com/a/fluent-bit:2.1` -> `fluent-bit`."""
    return str(image).partition("@")[0].rpartition("/")[2].partition(":")[0]


def _is_helper(image: str) -> bool:
    """Whether an image is known to serve others for ever: by its name, an exporter for Prometheus, the agent of Datadog."""
    name = image_name(image)
    return name in HELPERS or name.endswith("_exporter") or (name == "agent" and "datadog" in image)


@remembered(2048)
def image_path(image: str) -> str:
    """`docker.io/amazon/aws-cli:2` -> `amazon/aws-cli`: without tag, digest and the host of Docker's registry."""
    name = image.partition("@")[0]
    before, slash, last = name.rpartition("/")
    path = before + slash + last.partition(":")[0]
    for host in DOCKER_HOSTS:
        path = path.removeprefix(host)
    return path.removeprefix("library/")


def script_of(words: Sequence[str]) -> tuple[str, bool] | None:
    """(the script that a shell is given with -c, whether it ends at the first failure); None for any other command.

    Knows `sh -c`, `bash -ec`, `bash -e -c`, `bash -euo pipefail -c` and the like; what follows the script are its arguments.
    """
    if len(words) < 3 or words[0].rpartition("/")[2] not in SHELLS:
        return None
    strict, names_option = False, False
    for index, word in enumerate(words[1:], 1):
        if names_option:
            strict, names_option = strict or word == "errexit", False
        elif not re.fullmatch(r"-[a-z]+", word):
            return None
        else:
            strict = strict or "e" in word
            names_option = "o" in word
            if "c" in word:
                script = index + (2 if names_option else 1)
                return (words[script], strict) if script < len(words) else None
    return None


def _read_command(words: tuple[str, ...], whole: bool) -> Program | None:
    """What `_of_command` says; of long scripts nothing is kept."""
    read = _of_command if sum(map(len, words)) <= _LONGEST else _of_command.__wrapped__
    return read(words, whole)


@functools.lru_cache(maxsize=256)
def _of_command(words: tuple[str, ...], whole: bool) -> Program | None:
    """What a command line does; `whole` says that it is all that is started, and not only the arguments of an entrypoint."""
    if sum(map(len, words)) > _LONGEST:
        return None
    text = " ".join(" ".join(words).split())
    if text.endswith(_ENDLESS):
        return Program(math.inf, 0, f"sleeps for ever (`{text[-40:]}`)")
    ended = _ended(words) if whole else None
    if ended is None and whole and not re.search(r"(?:^| )--?(?:version|help|exit-after-auth|once|V)\b", text):
        script = script_of(words)
        body = script[0] if script is not None and not script[1] else text
        served = _SERVE.match(body.removeprefix("exec ").strip())
        if served is not None and not re.search(r"[;&|`]|\$\(", body.replace("daemon off;", "")):
            return Program(math.inf, 0, f"is `{served.group()}`, which does not end by itself")
        if body is not text and _LOOP.fullmatch(body.strip()):
            return Program(math.inf, 0, f"repeats its work for ever (`{text[-40:]}`)")
    if ended is None:
        return None
    seconds, code = ended
    if seconds == math.inf:
        return Program(seconds, 0, f"sleeps for ever (`{text[-40:]}`)")
    shown = text if len(text) <= 40 else f"{text[:39]}…"
    after = f"after {seconds:g} s " if seconds else ""
    return Program(seconds, code, f"exits {after}with {code} (`{shown}`)")


def _ended(words: tuple[str, ...]) -> tuple[float, int] | None:
    """(seconds, exit code) of a command line: a script for a shell, or one program with its arguments."""
    if words[0].rpartition("/")[2] not in SHELLS:
        return None if words[0] in _OF_SHELLS else _simple(list(words))
    script = script_of(words)
    tokens = None if script is None or not _may_be_known(script[0]) else _tokens(script[0])
    return None if script is None or tokens is None else _run(tokens, script[1])


def _may_be_known(script: str) -> bool:
    """Whether the first word of a script is one of the table; to read all of a long script costs much more."""
    first = _FIRST.match(script)
    return first is None or first.group(1).rpartition("/")[2] in _FIRST_WORDS


def _tokens(script: str) -> list[str] | None:
    """The words and operators of a script; None where it cannot be read."""
    lexer = shlex.shlex(script.strip().replace("\n", " ; "), posix=True, punctuation_chars=";&|<>()")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:
        return None


def _run(tokens: list[str], strict: bool) -> tuple[float, int] | None:
    """(seconds, exit code) of simple commands one after another; None where one of them is not in the table."""
    if tokens[:2] in (["while", "true"], ["while", ":"]) and tokens[2:4] == [";", "do"] and tokens[-1] == "done":
        body = tokens[4:-1]
        while body[-1:] == [";"]:
            body.pop()
        inside = _run(body, strict)
        if inside is None or "exit" in body or inside[0] == 0 or (strict and inside[1]):
            return None
        return math.inf, 0
    seconds, code, operator = 0.0, 0, ";"
    commands = _commands(tokens)
    if any(following not in (";", "&&", "") for _, following in commands):
        return None
    for command, following in commands:
        if operator == "&&" and code:
            operator = following
            continue
        if command:
            if command[0] == "set" and all(re.fullmatch(r"[-+][eux]+|-o|pipefail", word) for word in command[1:]):
                strict = strict or any(word.startswith("-") and "e" in word for word in command[1:])
            elif command[0] == "exit":
                if len(command) > 2 or not (
                    len(command) == 1 or (whole(command[1]) is not None and len(command[1]) < 6)
                ):
                    return None
                return seconds, int(command[1]) % 256 if len(command) == 2 else code
            else:
                ended = _simple(command)
                if ended is None:
                    return None
                seconds, code = seconds + ended[0], ended[1]
                if seconds == math.inf or (strict and code and following != "&&"):
                    return seconds, code
        operator = following
    return seconds, code


def _commands(tokens: list[str]) -> list[tuple[list[str], str]]:
    """Each simple command, and the operator behind it (empty: none)."""
    found: list[tuple[list[str], str]] = []
    command: list[str] = []
    for token in tokens:
        if token and not token.strip(";&|<>()"):
            found.append((command, token))
            command = []
        else:
            command.append(token)
    return [*found, (command, "")]


def _simple(command: list[str]) -> tuple[float, int] | None:
    name = command[0].rpartition("/")[2]
    if name == "exec" and len(command) > 1:
        return _simple(command[1:])
    if name in AT_ONCE:
        return None if any("$(" in word or "`" in word for word in command) else (0.0, 0)
    if name == "false":
        return 0.0, 1
    if name == "tail" and len(command) > 2 and command[1] in ("-f", "-F"):
        return math.inf, 0
    if name == "sleep" and len(command) > 1:
        durations = [_duration(word) for word in command[1:]]
        return None if None in durations else (sum(d for d in durations if d is not None), 0)
    return None


def _duration(word: str) -> float | None:
    if word in ("infinity", "inf"):
        return math.inf
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)([smhd]?)", word)
    return None if match is None else float(match.group(1)) * _UNITS[match.group(2)]
