"""The Kubernetes minors that are known: the one place that names them.

`python -m kubetrial.schemas.refresh` makes the catalogue for these minors, and stops where a table does not reach the newest one.
"""

from __future__ import annotations

OLDEST = 25
NEWEST = 37
MINORS = range(OLDEST, NEWEST + 1)
