"""git-sync runs another program in place of git.

The variable GITSYNC_GIT and the flag `--git` name the program that git-sync starts. Whoever may change them, by a
manifest from elsewhere, runs what he likes with the credentials of git-sync.

Remove the setting: the image has git.

See https://github.com/kubernetes/git-sync
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule


@rule(Category.SECURITY, needs=("args", "command", "env"))
def check(container: Container) -> Findings:
    """Find the settings in containers of git-sync."""
    if "git-sync" not in str(container.value.get("image")):
        return
    for env in container["env"].items():
        if env.get("name") in ("GITSYNC_GIT", "GIT_SYNC_GIT"):
            yield env.found("git-sync starts the program that this variable names", help="remove it")
    for field in ("command", "args"):
        for item in container[field].items():
            if str(item.value).startswith(("--git=", "-git=")) or item.value in ("--git", "-git"):
                yield item.found("git-sync starts the program that this flag names", help="remove it")
