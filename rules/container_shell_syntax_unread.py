"""Shell operators as items of a command that no shell reads.

The runtime starts the program with the list as it is. `|`, `>`, `&&` and `||` reach it as plain arguments: nothing is
piped, redirected or chained.

Let a shell read the line: `["sh", "-c", "ps aux | grep worker"]`.

See https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule
from kubetrial.lint.objects.commands import commands_of, is_shell

_OPERATORS = frozenset(("|", "||", "&&", ">", ">>", "2>&1", ";", "<", "2>", "&>", "&"))
_TAKES_THEM = frozenset(("[", "test", "expr", "find", "awk", "jq", "env", "xargs", "bc"))


@rule(Category.RISKY)
def check(container: Container) -> Findings:
    """Items that are an operator of a shell and nothing else, where the program is no shell."""
    for command in commands_of(container, with_args=True):
        items = [item for item in command.value if isinstance(item, str)]
        program = items[0].rpartition("/")[2] if items else ""
        if not program or program in _TAKES_THEM or any(is_shell(item) for item in items):
            continue
        operator = next((item for item in items[1:] if item in _OPERATORS), None)
        if operator is None:
            continue
        yield command.found(
            f"no shell reads this command: `{operator}` reaches {program} as a plain argument",
            consequence="nothing is piped, redirected or chained; the program gets arguments that it does not know",
            help="write sh, -c and the whole line as one item",
        )
