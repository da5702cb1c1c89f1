"""Where the command begins: what was said before is said again where nothing changed, else the command line is read."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from kubetrial.lint.command import replay, streams
from kubetrial.lint.command.exits import FAILURE, OK


def main() -> int:
    """Run the command of the process; the entry point of the `kubetrial` script."""
    streams.prepare()
    try:
        code = replay.through(sys.argv[1:], _run)
        if code == OK:
            streams.refuse_nowhere()  # also for what is said again
        return code
    except OSError as error:  # of an output that is said again; the command itself handles its own
        streams.drop_output()
        print(f"kubetrial: the output cannot be written: {(error.strerror or str(error)).lower()}", file=sys.stderr)
        return FAILURE
    except KeyboardInterrupt:
        print("kubetrial: interrupted", file=sys.stderr)
        return 130


def _run(words: Sequence[str]) -> int:
    if words == ["--version"]:
        from kubetrial.lint.values.release import release

        print(f"kubetrial {release()}")
        return OK
    import atexit
    import gc

    gc.disable()  # a run allocates much, frees little and ends soon
    atexit.register(gc.freeze)  # nor need Python look through all of it for garbage when it ends
    from kubetrial.lint.command import cli  # argparse and all that a run needs

    return cli.main(words)
