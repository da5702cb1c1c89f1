"""The syntax of a shell in a command that no shell reads.

The runtime starts the program with the list as it is. `|`, `>`, `&&` and `||` reach it as plain arguments, and so do
`$NAME`, `${NAME}`, a command in backticks or `$( )`, and `*`: nothing is piped, redirected, chained or filled in.
Kubernetes itself fills in only `$(NAME)` of variables that the container defines.

Let a shell read the line: `["sh", "-c", "ps aux | grep worker"]`; or write `$(NAME)` for a variable.

See https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubetrial.lint.authoring import Category, Container, Findings, Node, rule
from kubetrial.lint.facts.programs import image_name
from kubetrial.lint.objects.commands import commands_of, is_shell
from kubetrial.lint.objects.peers import written
from kubetrial.lint.values.pattern import pattern

_OPERATORS = frozenset(("|", "||", "&&", ">", ">>", "2>&1", ";", "<", "2>", "&>", "&"))
_TO_FILE = pattern(r"[12&]?>>?(?:/[\w.-]+)+|<(?:/[\w.-]+)+")
"""A redirection that is written without a blank before the file."""
_REST_OF_LINE = pattern(
    r"(?:\||&&|\|\||;)\s+(?:cat|cut|echo|exit|awk|grep|gunzip|gzip|head|jq|openssl|sed|sleep|sort|split|tail|tar|tee|tr|true|wc|xargs|zstd)\b"
    r"[^|()]*|[12&]?>>?\s+/[\w./-]+"
)
"""An item that goes on with a line for a shell: `| gzip`, `> /backup/all.sql`."""
_TAKES_THEM = frozenset(("expr", "find", "awk", "jq", "env", "xargs", "bc"))
_COMPARES = frozenset(("[", "test"))
"""Programs that compare with `<` and `>`."""
_VARIABLE = pattern(r"(?<![$\\])\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))")
_COMMAND = pattern(r"`[a-z][^`]*`|\$\([a-z][\w./-]* [^()]*\)|\$\((?:hostname|nproc|date|pwd|whoami|id)\)")
_ASSIGNMENT = pattern(r"[A-Z_][A-Z0-9_]*=")
_CODE = frozenset(("-c", "-e", "--eval", "--execute", "-r"))
"""Options behind which code stands, with signs of its own."""
_SCRIPT_FOLLOWS = pattern(r"-[a-z]{0,4}c[a-z]{0,3}")
_OF_SHELLS = frozenset(("HOME", "PATH", "PWD", "USER", "HOSTNAME"))
"""Variables that nearly every container has without defining them."""
_BUILT_IN = frozenset(
    ("export", "source", "set", "unset", "exec", "eval", "trap", "ulimit", "umask", "while", "until", "if", "for")
)
"""Words that a shell knows itself."""
_SIGNS = ("|", "&", ">", "<", ";", "$", "`", "*", "~/")
"""Of these every text has one that a shell reads, but for words at its beginning."""
_FILES = frozenset(
    (
        "rm",
        "ls",
        "cat",
        "cp",
        "mv",
        "chmod",
        "chown",
        "chgrp",
        "tar",
        "gzip",
        "gunzip",
        "du",
        "wc",
        "tail",
        "head",
        "touch",
    )
)
"""Programs whose arguments are files, and that know no patterns."""
_READ_THEM = pattern(
    r"^env(?:subst)?$|eval|awk|sed$|jq|yq|java|find$|logstash|beat|otel|vector|fluent|telegraf|alloy|promtail|consul|nomad|vault|"
    r"gomplate|dockerize|mongo|psql|mysql|make|cmd|pwsh|tsx?$|grafana|loki|mimir|tempo|thanos|spring"
)
"""Programs that fill in variables of their own kind, or may have a shell do it."""


@rule(Category.RISKY, needs=("args", "command"))
def check(container: Container) -> Findings:
    """Items that are an operator and nothing else, and items with variables, commands or patterns for a shell."""
    text = written(container)
    has_signs = any(sign in text for sign in _SIGNS)
    for command in commands_of(container, with_args=True):
        if not has_signs and not _begins_with_shell(command.value[0]):
            continue
        items = [item for item in command.value if isinstance(item, str)]
        program = items[0].rpartition("/")[2] if items else ""
        if not program or any(is_shell(item) for item in items):
            yield from _beside_script(container, command, items)
            continue
        known = _OPERATORS - {"<", ">"} if program in _COMPARES else _OPERATORS
        operator = next((item for item in items[1:] if item in known or _TO_FILE.fullmatch(item)), None)
        if operator is None and not _CODE.intersection(items) and program not in _COMPARES:
            operator = next((item for item in items[1:] if len(item) < 200 and _REST_OF_LINE.fullmatch(item)), None)
        if operator is not None and program not in _TAKES_THEM:
            yield command.found(
                f"no shell reads this command: `{operator}` reaches {program} as a plain argument",
                consequence="nothing is piped, redirected or chained; the program gets arguments that it does not know",
                help="write sh, -c and the whole line as one item",
            )
        elif _ASSIGNMENT.match(items[0]):
            yield command.found(
                f"no shell reads this command: `{items[0][:60]}` is taken for the name of a program",
                consequence="the container does not start: there is no such program",
                help="write the variable in env, or sh, -c and the whole line as one item",
            )
        elif items[0] in _BUILT_IN:
            yield command.found(
                f"no shell reads this command: `{program}` is a word of the shell, and no program",
                consequence="the container does not start: there is no such program",
                help="write sh, -c and the whole line as one item",
            )
        elif not _READ_THEM.search(program) and (program in _FILES or not _CODE.intersection(items)):
            yield from _unfilled(container, command, program)
    if has_signs and not container.get("command"):
        yield from _of_arguments(container)


def _begins_with_shell(first: object) -> bool:
    """Whether the first word of a command is one that only a shell knows."""
    return isinstance(first, str) and (first in _BUILT_IN or _ASSIGNMENT.match(first) is not None)


def _beside_script(container: Container, command: Node, items: list[str]) -> Findings:
    """`sh FILE $VAR`: the shell reads the file, and hands on its arguments as they are."""
    if len(items) < 3 or not is_shell(items[0]) or items[1].startswith("-") or any(i.startswith("-c") for i in items):
        return
    own = {str(v.get("name")) for v in container["env"].items()}
    for item in items[2:]:
        for match in _VARIABLE.finditer(item) if len(item) < 500 else ():
            name = match.group(1) or match.group(2)
            if name in own:
                yield command.found(
                    f"no shell reads this argument: {match.group()} reaches the script {items[1][:60]} as it is written",
                    consequence="the script gets this text, and not the value of the variable",
                    help=f"write $({name}), which Kubernetes fills in",
                )
                return


def _of_arguments(container: Container) -> Findings:
    """Arguments of an entrypoint that nobody knows: only what no entrypoint can make sense of."""
    args = container["args"]
    items = [item.value for item in args.items() if isinstance(item.value, str)]
    if not items or any(is_shell(item) for item in items) or items[0] in _TAKES_THEM | _COMPARES:
        return
    if items[0] == "shell" or any(_SCRIPT_FOLLOWS.fullmatch(item) for item in items[:-1]):
        return  # an entrypoint that hands a script to a shell
    operator = next((item for item in items[1:] if item in _OPERATORS or _TO_FILE.fullmatch(item)), None)
    if operator is not None:
        yield args.found(
            f"no shell reads these arguments: `{operator}` reaches the program as a plain argument",
            consequence="nothing is piped, redirected or chained; the program gets arguments that it does not know",
            help="write command: sh, -c and the whole line as one item",
        )
        return
    own = {str(v.get("name")) for v in container["env"].items()}
    for item in args.items() if own and not _READ_THEM.search(image_name(container.get("image", ""))) else ():
        for match in _VARIABLE.finditer(item.value) if isinstance(item.value, str) and len(item.value) < 500 else ():
            name = match.group(1) or match.group(2)
            if name in own and not _CODE.intersection(items):
                yield item.found(
                    f"no shell reads these arguments: {match.group()} reaches the program as it is written",
                    consequence="the program gets this text, and not the value of the variable",
                    help=f"write $({name}), which Kubernetes fills in",
                )
                return


def _unfilled(container: Container, command: Node, program: str) -> Findings:
    """The first item that a shell would have filled in."""
    for text, sign, wanted in _signs(container, command, program):
        yield command.found(
            f"no shell reads this command: `{sign[:60]}` in `{text[:60]}` reaches {program} as it is written",
            consequence="the program gets this text, and not what a shell would have made of it",
            help=wanted,
        )
        return


def _signs(container: Container, command: Node, program: str) -> Iterator[tuple[str, str, str]]:
    """(the item, what a shell would fill in, what to write instead)."""
    own = {str(v.get("name")) for v in container["env"].items()}
    through_shell = "write sh, -c and the whole line as one item"
    for index, item in enumerate(command.value):
        if not isinstance(item, str) or len(item) > 500:
            continue
        for match in _VARIABLE.finditer(item) if "$" in item else ():
            name = match.group(1) or match.group(2)
            if name in own:
                yield (
                    item,
                    match.group(),
                    f"write $({name}), which Kubernetes fills in, or {through_shell.removeprefix('write ')}",
                )
            elif name in _OF_SHELLS and index:
                yield item, match.group(), through_shell
        found = _COMMAND.search(item)
        if found is not None:
            yield item, found.group(), through_shell
        if index and program in _FILES and re.search(r"/[^/]*\*[^/]*$", item):
            yield item, item.rpartition("/")[2], through_shell
        if index and program in _FILES and item.startswith("~/"):
            yield item, "~", through_shell
