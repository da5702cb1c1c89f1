"""`python -m kubetrial`: the command, without the working folder among the places that modules are imported from.

Python puts the working folder first for `-m`; a `json.py` in the checked repository would run otherwise.
"""

import sys

if __name__ == "__main__":
    if not getattr(sys.flags, "safe_path", False):
        del sys.path[0]
    from kubetrial.lint.command.entry import main

    sys.exit(main())
