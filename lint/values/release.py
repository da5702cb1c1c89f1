"""Which version of kubetrial runs."""

from __future__ import annotations

import os
import sys

_NAME, _END = "kubetrial-", ".dist-info"


def release() -> str:
    """The version of the installed distribution; nothing where it is not installed.

    As `importlib.metadata.version`, by the name of the folder that an installer leaves: that module brings the readers of mail and of
    archives along, which take as long as all else that `--version` does.
    """
    for folder in sys.path:
        try:
            names = os.listdir(folder or os.curdir)
        except OSError:
            continue  # an archive, or nothing
        for name in names:
            if (
                name.startswith(_NAME)
                and name.endswith(_END)
                and os.path.isfile(os.path.join(folder, name, "METADATA"))
            ):
                return name[len(_NAME) : -len(_END)]
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("kubetrial")
    except PackageNotFoundError:
        return ""
