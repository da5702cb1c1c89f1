"""What a git revision holds, asked of git without letting the repository run or fetch anything.

The only module that runs git, and only for options that name a revision. A checkout brings its own `.git/config` where it was unpacked
or shared, so each setting of it that names a program is overruled on git's command line, and no protocol is allowed to fetch what is
missing. One process lists the files, one hands out all of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

_SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "core.sshCommand": "false",
    "core.askPass": "false",
    "core.editor": "false",
    "core.gitProxy": "false",
    "core.alternateRefsCommand": "true",
    "core.attributesFile": os.devnull,
    "credential.helper": "",
    "protocol.allow": "never",
    "protocol.ext.allow": "never",
    "protocol.file.allow": "never",
    "protocol.git.allow": "never",
    "protocol.http.allow": "never",
    "protocol.https.allow": "never",
    "protocol.ssh.allow": "never",
    "safe.bareRepository": "explicit",
}
"""Settings of a repository that name programs or reach the network, and what holds instead."""
_SECONDS = 120
_MOST_BYTES = 64 << 20
"""Of one file; larger ones are left out."""


class RevisionError(Exception):
    """Git cannot answer; the text is what it said."""


def files(revision: str, paths: Sequence[str], endings: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """(name relative to the working directory, content) of the files below some paths in a revision; raises RevisionError.

    Symbolic links and submodules are left out.
    """
    if revision.startswith("-") or "\0" in revision or "\n" in revision:
        raise RevisionError(f"{revision!r} is no revision")
    listing = _git(["ls-tree", "-r", "-z", revision, "--", *paths])
    names: list[str] = []
    objects: list[bytes] = []
    for row in listing.split(b"\0"):
        head, _, name = row.partition(b"\t")
        mode, _, rest = head.partition(b" ")
        if mode.startswith(b"100") and name.endswith(tuple(ending.encode() for ending in endings)):
            names.append(os.fsdecode(name))
            objects.append(rest.split(b" ")[1])
    if names:
        yield from zip(names, _contents(objects), strict=True)


def _contents(objects: Sequence[bytes]) -> Iterator[bytes]:
    """The contents of objects, by one process; an object that is missing or too large is empty."""
    answer = _git(["cat-file", "--batch"], b"".join(name + b"\n" for name in objects))
    at = 0
    for _ in objects:
        end = answer.find(b"\n", at)
        words = answer[at:end].split(b" ") if end >= 0 else []
        if len(words) != 3 or not words[2].isdigit():
            at = end + 1 if end >= 0 else len(answer)
            yield b""
            continue
        size = int(words[2])
        yield answer[end + 1 : end + 1 + size] if size <= _MOST_BYTES else b""
        at = end + 1 + size + 1


def _environment() -> dict[str, str]:
    """The user's environment, without what would make git start programs, and with fetching switched off."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_TRACE", "GIT_CONFIG_"))
        and name
        not in ("GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_SSH", "GIT_PROXY_COMMAND", "GIT_EXEC_PATH", "GIT_TEMPLATE_DIR")
    }
    return {
        **kept,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "false",
        "GIT_SSH_COMMAND": "false",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "LC_ALL": "C.UTF-8",
    }


def _git(words: Sequence[str], given: bytes = b"") -> bytes:
    import subprocess

    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = ["git", "--no-pager", "--literal-pathspecs", *settings, *words]
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, check=False, env=_environment(), timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise RevisionError(f"git did not answer within {_SECONDS} s") from None
    except (OSError, ValueError) as error:
        raise RevisionError(f"git cannot be run: {error}") from None
    if done.returncode:
        raise RevisionError(done.stderr.decode("utf-8", "replace").strip() or "git failed")
    return done.stdout
