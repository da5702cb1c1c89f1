"""Which names the server takes for a CronJob's timeZone.

Follows validateTimeZone in pkg/apis/batch/validation: a name of the tz database, in its exact case, aliases included.
The server's machine has the list; here it is that of the tzdata package, or of the system where the package is missing.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterable
from datetime import timezone, tzinfo

from kubetrial.lint.values.remembered import remembered

# What a system's folder holds besides zones of the package: the names have the right form and are no zones to rely on.
_NOT_ZONES = frozenset(("posixrules", "localtime", "posix", "right"))


def problem(name: str) -> str | None:
    """Why the server refuses a time zone's name, or None."""
    if not name:
        return "it is empty; leave timeZone out for the zone of the controller (mostly UTC)"
    if name.lower() == "local":
        return "`Local` is no zone of its own; name one, such as Europe/Berlin"
    if exists(name):
        return None
    close = nearest_zone(name)
    if close is not None:
        return f"no such time zone; did you mean {close}?"
    if re.match(r"(UTC|GMT|Z)?[+-]?[0-9:]*\Z", name):
        return "no such time zone; an offset is no zone, write one such as Europe/Berlin (or Etc/GMT-1 for UTC+1)"
    return "no such time zone; write one of the tz database, such as Europe/Berlin"


@remembered(256)
def exists(name: str) -> bool:
    """Whether the tz database has that very name, in that case."""
    parts = name.split("/")
    form = re.compile(r"[A-Za-z._0-9+][A-Za-z.\-_0-9+]{0,13}\Z").match
    if parts[0] in _NOT_ZONES or not all(form(part) and part not in (".", "..") for part in parts):
        return False
    known = _package_names()
    return name in known if known else _in_folders(parts)


@remembered(64)
def zone(name: str | None) -> tzinfo:
    """The zone of a name that exists; UTC for None. Raises KeyError for what the server refuses."""
    if name is None or name in ("UTC", "Etc/UTC"):
        return timezone.utc
    if not exists(name):
        raise KeyError(name)
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def all_names() -> Iterable[str]:
    """Every name that exists."""
    known = _package_names()
    if known:
        return known
    from zoneinfo import available_timezones

    return available_timezones() - _NOT_ZONES


_OFTEN = {
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "cst": "America/Chicago",
    "cdt": "America/Chicago",
    "edt": "America/New_York",
    "mdt": "America/Denver",
    "cest": "Europe/Berlin",
    "mest": "Europe/Berlin",
    "bst": "Europe/London",
    "ist": "Asia/Kolkata",
    "jst": "Asia/Tokyo",
    "sgt": "Asia/Singapore",
    "aest": "Australia/Sydney",
    "msk": "Europe/Moscow",
    "z": "UTC",
}


def nearest_zone(name: str) -> str | None:
    """The zone that a wrong name probably means: `europe/berlin`, `Berlin` and `PST` are understood, or None."""
    from kubetrial.lint.values.nearest import nearest

    plain = name.strip().replace(" ", "_").lower()
    if plain in _OFTEN:
        return _OFTEN[plain]
    names = sorted(all_names())
    for known in names:
        if known.lower() == plain:
            return known
    for known in names:
        if "/" in known and known.rsplit("/", 1)[1].lower() == plain and not known.startswith("Etc/"):
            return known
    return nearest(name, names) if len(plain) > 4 else None


@functools.cache
def _package_names() -> frozenset[str]:
    """The names in the tzdata package's own list; empty when the package is missing."""
    from importlib.util import find_spec

    package = find_spec("tzdata")
    if package is None or not package.origin:
        return frozenset()
    path = os.path.join(os.path.dirname(package.origin), "zones")
    try:
        with open(path, encoding="ascii") as file:
            return frozenset(line.strip() for line in file) - _NOT_ZONES
    except OSError:
        return frozenset()


def _in_folders(parts: list[str]) -> bool:
    """Whether a system folder holds the zone; names are compared with the listing, for some disks do not mind case."""
    from zoneinfo import TZPATH

    for folder in TZPATH:
        place = folder
        for part in parts:
            try:
                if part not in os.listdir(place):
                    break
            except OSError:
                break
            place = os.path.join(place, part)
        else:
            if os.path.isfile(place):
                with open(place, "rb") as file:
                    return file.read(4) == b"TZif"
    return False
