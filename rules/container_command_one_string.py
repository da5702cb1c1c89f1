"""A whole command line as one item: the runtime looks for a program of that very name.

No shell splits the items of `command`. `["sleep 10"]` is a program called `sleep 10`, blank included, which is not
there: the container ends with "executable file not found", a probe or hook fails each time.

Write each word as an item (`["sleep", "10"]`), or let a shell read the line (`["sh", "-c", "sleep 10"]`).

See https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kubetrial.lint.authoring import Category, Container, Findings, Node, rule
from kubetrial.lint.objects.commands import commands_of, is_shell
from kubetrial.lint.values.pattern import pattern

_LINE = pattern(r"[\w./-]*[\w-]\s+\S")
_FLAG_AND_LINE = pattern(r"-[a-z]*c\s+\S")
_OTHER_SHELLS = frozenset(("fish", "cmd", "cmd.exe", "powershell", "pwsh"))
"""Those that read their options in another way; fish takes what follows in the item for the line."""


@rule(Category.RISKY, needs=("args", "command"))
def check(container: Container) -> Findings:
    """First items with blanks that read as a program and its arguments; a path with a blank in a folder is left alone."""
    for command in commands_of(container):
        first = command.value[0]
        if isinstance(first, str) and is_shell(first):
            own = command.parent is not None and command.parent.value is container.value
            texts = [*command.value, *(container.get("args") or () if own else ())]
            if any(isinstance(text, str) and _FLAG_AND_LINE.match(text) for text in texts):
                yield from _option_and_line([*command.items(), *(container["args"].items() if own else ())])
            continue
        if not isinstance(first, str) or not _LINE.match(first) or "$" in first or "{{" in first:
            continue
        program, _, rest = first.strip().partition(" ")
        if not rest or ("/" in rest.split(" ")[0] and len(command.value) > 1):
            continue
        if first.startswith("/") and " " not in rest and "/" in rest and not rest.startswith(("/", "-")):
            continue  # /opt/my app/run
        yield command[0].found(
            f"`{first[:60]}` is one item: the runtime looks for a program of that very name, blanks included",
            consequence="the container or its hook never starts: executable file not found",
            help=f"write each word as an item, beginning with `{program}`, or use a shell: sh, -c and the line",
        )


def _option_and_line(items: Sequence[Node]) -> Findings:
    """A shell that is given `-c` and the line as one item takes the blank, and what follows, for further options."""
    if str(items[0].value).rpartition("/")[2] in _OTHER_SHELLS:
        return
    names_option = False  # `-o`, also as the last letter of `-euo`, takes the next word: pipefail
    for item in items[1:]:
        if names_option:
            names_option = False
            continue
        if isinstance(item.value, str) and _FLAG_AND_LINE.match(item.value):
            line = item.value.partition("c")[2].strip()
            yield item.found(
                f"`{item.value[:60]}` is one item: the shell takes the blank in it for an option",
                consequence="the shell ends at once: illegal option, and the line is never read",
                help=f"write two items: `{item.value.split()[0]}` and `{line[:60]}`",
            )
            return
        if not (isinstance(item.value, str) and re.fullmatch(r"[-+][abd-z]+|--.+", item.value)):
            return  # -c, before the line, or a script; what follows is its own
        names_option = re.fullmatch(r"[-+][abd-z]*o", item.value) is not None
