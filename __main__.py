"""`python -m kubetrial`: the command, without the working folder among the places that modules are imported from.

Python puts the working folder first for `-m`; a `json.py` in the checked repository would run otherwise.
"""

import os
import sys


def _here() -> str:
    """The working folder; "" where it was deleted, and then Python has put nothing in front."""
    try:
        return os.getcwd()
    except OSError:
        return ""


if __name__ == "__main__":
    if not getattr(sys.flags, "safe_path", False) and sys.path[0] in ("", _here()):
        del sys.path[0]
    from kubetrial.lint.command.entry import main

    sys.exit(main())
