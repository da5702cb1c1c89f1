"""What a git revision holds. Runs git, because a flag asks for it, and lets nothing of the repository's configuration run.

A checkout may bring a configuration of its own: promisor remotes that fetch, ssh commands, fsmonitor, hooks, filters, text
conversions, aliases, pagers. Only plumbing is called, with every transport forbidden and every program replaced.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

_FORBIDDEN = (
    "protocol.allow=never",
    "core.fsmonitor=false",
    "core.hooksPath=" + os.devnull,
    "core.sshCommand=false",
    "core.gitProxy=false",
    "core.askPass=false",
    "core.alternateRefsCommand=false",
    "core.attributesFile=" + os.devnull,
    "credential.helper=",
    "gc.auto=0",
    "maintenance.auto=false",
    "uploadpack.packObjectsHook=",
)
_ENVIRONMENT = {
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_PROTOCOL_FROM_USER": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_SSH_COMMAND": "false",
    "GIT_ASKPASS": "false",
    "GIT_PAGER": "cat",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
}
_SECONDS = 120


class RevisionError(Exception):
    """git cannot say what the revision holds."""


def files(revision: str, paths: Sequence[str], endings: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """(name, content) of the files of a revision below some paths; one git process lists, one gives all contents."""
    if revision.startswith("-"):
        raise RevisionError(f"{revision!r} is no revision")
    listing = _git(["ls-tree", "-r", "-z", "--full-name", revision, "--", *paths])
    wanted: list[tuple[str, bytes]] = []
    prefix = _git(["rev-parse", "--show-prefix"]).decode("utf-8", "surrogateescape").strip("\n")
    for entry in listing.split(b"\0"):
        about, _, name = entry.partition(b"\t")
        kind = about.split(b" ")
        if len(kind) == 3 and kind[1] == b"blob" and kind[0] != b"120000":
            shown = name.decode("utf-8", "surrogateescape")
            if shown.endswith(endings):
                wanted.append((_relative(shown, prefix), kind[2]))
    if not wanted:
        return
    answer = _git(["cat-file", "--batch"], b"".join(blob + b"\n" for _, blob in wanted))
    at = 0
    for name_shown, _ in wanted:
        end = answer.find(b"\n", at)
        head = answer[at:end].split(b" ")
        at = end + 1
        if len(head) != 3:
            continue  # missing: a shallow or partial clone, from which nothing is fetched
        size = int(head[2])
        yield name_shown, answer[at : at + size]
        at += size + 1


def _relative(name: str, prefix: str) -> str:
    """A name from the root of the repository, as it is called from the working folder."""
    if name.startswith(prefix):
        return name[len(prefix) :]
    return os.path.relpath("/" + name, "/" + prefix).replace(os.sep, "/")


def _git(words: Sequence[str], fed: bytes = b"") -> bytes:
    import subprocess

    options = [word for setting in _FORBIDDEN for word in ("-c", setting)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in _OF_USER}
    try:
        done = subprocess.run(
            ["git", "--no-pager", *options, *words],
            input=fed,
            capture_output=True,
            check=False,
            env={**kept, **_ENVIRONMENT},
            timeout=_SECONDS,
        )
    except OSError as error:
        raise RevisionError(f"git cannot be run: {error}") from None
    except subprocess.TimeoutExpired:
        raise RevisionError(f"git gave no answer within {_SECONDS} seconds") from None
    if done.returncode:
        raise RevisionError(done.stderr.decode("utf-8", "replace").strip() or "git failed")
    return done.stdout


_OF_USER = ("GIT_DIR", "GIT_WORK_TREE", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM")
"""What the user's environment says about where the repository is."""
