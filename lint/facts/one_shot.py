"""What ends by itself at once: base images whose only command is a shell without a terminal, and programs that do one thing.

For a container that is to run for ever; lint/facts/programs.py knows what the trial run plays.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from kubetrial.lint.facts import programs
from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.values.remembered import remembered

SHELL_IMAGES = frozenset(
    (
        "alpine", "busybox", "ubuntu", "debian", "centos", "fedora", "rockylinux", "almalinux", "amazonlinux", "oraclelinux",
        "archlinux", "bash", "opensuse/leap", "opensuse/tumbleweed", "photon", "clearlinux",
    )
)  # fmt: skip
"""Images of Docker's library whose command is a shell and that have no entrypoint of their own."""
_INTERPRETER_IMAGES = frozenset(
    ("python", "node", "ruby", "golang", "openjdk", "perl", "php", "julia", "erlang", "elixir", "gcc")
)
"""Images of the library whose command is a prompt: without a terminal it reads the end of its input and ends."""
_SERVES = pattern(r"\b(?:fpm|apache|zts-fpm)\b")
"""In the tag of such an image: a variant whose command is a server."""
_ENDING_IMAGES = frozenset(("hello-world",))
_SHELLS = frozenset(("sh", "bash", "ash", "dash", "zsh"))
_ONCE = frozenset(
    (
        "sysctl", "chmod", "chown", "cp", "mv", "mkdir", "touch", "rm", "ln", "ls", "env", "printenv", "id", "hostname", "uname",
        "whoami", "pwd", "modprobe", "insmod", "mount", "umount", "echo", "printf", "true", "date", "df", "test", "[", "ulimit",
        "export", "set", "cd", "umask", "iptables", "ip6tables", "ipset", "swapoff", "mknod", "install", "mkfs.ext4", "exit",
        "curl", "wget", "apk", "apt-get", "apt", "yum", "dnf", "microdnf", "tar", "gzip", "gunzip", "unzip", "grep", "sed", "awk", "head",
        "jq", "nslookup", "getent", "dig", "base64", "openssl", "useradd", "adduser", "groupadd",
    )
)  # fmt: skip
"""Programs that do one thing and end."""
_MAY_GO_ON = frozenset(("curl", "wget", "openssl"))
"""Those of them that an option keeps going."""
_MOST_SECONDS = 60.0
_TASKS = pattern(
    r"(?:(?:\S*/)?python[\d.]* )?(?:\S*/)?manage\.py (?:migrate|collectstatic|loaddata|createsuperuser|check)\b|"
    r"(?:bundle exec )?(?:\S*/)?(?:rake|rails) (?:db:\w+|assets:\w+)|alembic upgrade\b|flyway\b.* migrate$|liquibase\b.* update$|"
    r"(?:npx )?(?:prisma migrate deploy|knex migrate:\w+|sequelize db:migrate|typeorm migration:run)|php artisan (?:migrate|db:seed)\b|"
    r"(?:pg_dump|pg_dumpall|pg_restore|mysqldump|mongodump|mongorestore|pg_isready)\b|"
    r"kubectl (?:apply|create|delete|patch|get|describe|label|annotate|scale|version|rollout restart|top)\b|"
    r"(?:aws s3|aws s3api|gsutil|rclone) (?:cp|sync|copy|rsync|mv|ls|rm)\b|(?:npm|yarn) (?:install|ci|run build(?![:\w-]))|"
    r"pip3? install |terraform (?:apply|plan|init)\b|"
    r"etcdctl (?:\S+ )*(?:snapshot|member list|endpoint \w+|defrag|compact|get|put|del)\b|"
    r"restic (?:\S+ )*(?:backup|forget|prune|check|restore|snapshots)\b|"
    r"git (?:clone|pull|fetch) |tar -?[a-z]+ |helm (?:upgrade|install|uninstall|template|list)\b|"
    r"migrate .*(?:up|down|goto|force|version)\b|flyway (?:\S+ )*migrate\b|liquibase (?:\S+ )*update\b"
)
"""Command lines of tasks: they work and end."""
_INTERPRETERS = pattern(r"(?:python[\d.]*|perl|ruby|node|php)$")
_PRINT = pattern(r"\s*(?:import [\w., ]+;\s*)?(?:print|puts|say|echo|console\.log)\b[^;\n]{0,200};?\s*")
"""A line of code that prints something, and nothing else."""
_EACH = pattern(r"\bfor \w+ in [\w./ -]{1,80};?\s*do\b")
"""The head of a loop over words that are written out."""
_GOES_ON = pattern(r"(?:^| )(?:-w|--watch\S*|-N|--no-buffer|s_server)(?= |$)|\bwatch=")
"""In a command line: what keeps such a program going."""


def ends(container: Mapping[str, Any]) -> str | None:
    """Why a container ends soon after its start, in words; None where nothing is known of it."""
    command, args = (_texts(container.get(field)) for field in ("command", "args"))
    if command is None or args is None:
        return None
    has_terminal = container.get("stdin") is True or container.get("tty") is True
    image = "" if command else _library_name(str(container.get("image", "")))
    if not command and not args:
        if image in _ENDING_IMAGES:
            return f"the image {image} prints a text and ends"
        if (image in SHELL_IMAGES or image in _INTERPRETER_IMAGES) and not has_terminal:
            what = "a shell" if image in SHELL_IMAGES else "a prompt"
            return f"the image {image} starts {what}, which ends at once without a terminal"
        return None
    program = None if command else programs.ENTRYPOINTS.get(programs.image_path(str(container.get("image", ""))))
    if program and args and programs.starts_another(program, args):
        program = None  # the arguments are the command line
        command, args = args, []
    words = command + args if command else [program, *args] if program else args if image in SHELL_IMAGES else []
    if not words:
        return None
    if image == "bash" and words[0].startswith("-"):
        words = ["bash", *words]  # its entrypoint puts it before options
    known = programs.known({"command": words, "image": container.get("image", "")})
    if known is not None:
        return f"it {known.why}" if known.seconds <= _MOST_SECONDS else None
    return _of_words(words, has_terminal)


def _of_words(words: Sequence[str], has_terminal: bool) -> str | None:
    """Why a command line ends: a shell without a script, or a script of nothing but programs that do one thing."""
    name = words[0].rpartition("/")[2]
    if name == "busybox" and len(words) > 1:
        return _of_words(words[1:], has_terminal)
    if name == "env":
        rest = list(itertools.dropwhile(lambda word: "=" in word or word.startswith("-"), words[1:]))
        return _of_words(rest, has_terminal) if rest else f"`{_short(' '.join(words))}` does one thing and ends"
    if name in _SHELLS:
        if len(words) == 1:
            return None if has_terminal else f"`{words[0]}` without a script and a terminal ends at once"
        script = programs.script_of(words)
        return None if script is None else _of_script(script[0])
    if _prints(name, words) or _ends_itself(words):
        return f"`{_short(' '.join(words))}` does one thing and ends"
    return None


def _prints(name: str, words: Sequence[str]) -> bool:
    """Whether an interpreter gets a line of code that prints one thing: `python -c "print(1)"`, `perl -wle "print 1"`."""
    if len(words) < 2 or not _INTERPRETERS.match(name):
        return False
    before, code = words[-2], words[-1]
    return re.fullmatch(r"-[a-zA-Z]*[ceEr]", before) is not None and _PRINT.fullmatch(code) is not None


def _ends_itself(words: Sequence[str]) -> bool:
    """Whether a command line is one of a program that does one thing, or a task of one that can do more."""
    name = words[0].rpartition("/")[2]
    whole = " ".join((name, *words[1:]))
    if name in _ONCE:
        return name not in _MAY_GO_ON or not _GOES_ON.search(whole)
    return _TASKS.match(whole) is not None and not _GOES_ON.search(whole)


def _of_script(script: str) -> str | None:
    whole = script
    script = _EACH.sub(" ; ", script) if "for " in script else script
    if re.search(r"[`(){}<]|\b(?:while|until|for|if|case|exec|wait|trap)\b|(?<![&])&(?!&)", script):
        return None
    lines = (line for line in script.splitlines() if not line.lstrip().startswith("#"))
    commands = [part.split() for line in lines for part in re.split(r"&&|\|\||[;|]", line)]
    rests = "for " in whole
    if any(commands) and all(_ends_itself(words) or (rests and _is_rest(words)) for words in commands if words):
        return f"`{_short(' '.join(whole.split()))}` does one thing and ends"
    return None


def _is_rest(words: Sequence[str]) -> bool:
    """Whether a command of a loop over a few words is its end, or a sleep of some seconds."""
    return words == ["done"] or (len(words) == 2 and words[0] == "sleep" and re.fullmatch(r"\d", words[1]) is not None)


@remembered(2048)
def _library_name(image: str) -> str:
    """`docker.io/library/alpine:3` -> `alpine`; of an image that is not of Docker's library the empty text."""
    name = image.partition("@")[0]
    for host in programs.DOCKER_HOSTS:
        name = name.removeprefix(host)
    name = name.removeprefix("library/")
    path, _, tag = name.rpartition(":")
    if path and "/" not in tag:
        name = path if not _SERVES.search(tag) else ""
    return name if "/" not in name or name in SHELL_IMAGES else ""


def _texts(value: Any) -> list[str] | None:
    """The words of a command; None where one of them is no text."""
    words = list(value) if isinstance(value, list) else []
    return words if all(isinstance(word, str) for word in words) else None


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
