"""Reads the tables that people write."""

from __future__ import annotations

import sys
from typing import Any


def load_toml(path: str) -> dict[str, Any]:
    """A TOML file as plain data."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    with open(path, "rb") as file:
        return tomllib.load(file)
