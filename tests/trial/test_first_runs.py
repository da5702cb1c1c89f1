"""A nominal play that is long enough for the first runs of its CronJobs."""

from __future__ import annotations

from typing import Any

import pytest
from kubetrial.lint.trial import first_runs

NOON = 1_772_452_800.0
"""Mon 2026-03-02 12:00 UTC."""
HOUR, DAY = 3600.0, 86400.0


def _cron(schedule: Any, **spec: Any) -> dict[str, Any]:
    return {"kind": "CronJob", "spec": {"schedule": schedule, **spec}}


@pytest.mark.parametrize(
    ("objects", "wanted"),
    [
        ([], HOUR),
        ([_cron("*/5 * * * *")], HOUR),
        ([_cron("0 3 * * *")], 15 * HOUR + DAY + 600),
        ([_cron("0 3 * * *", timeZone="Asia/Seoul")], 6 * HOUR + DAY + 600),
        ([_cron("0 3 * * 1")], 15 * HOUR + 6 * DAY + 7 * DAY + 600),
        ([_cron("0 3 * * *"), _cron("*/10 * * * *")], 15 * HOUR + 600),
        ([_cron("0 3 * * *"), _cron("* * * * *")], HOUR),
        ([_cron("0 0 1 1 *")], HOUR),
        ([_cron("* 2 * * *")], 14 * HOUR + 60 + 600),
        ([_cron("0 3 * * *", suspend=True), _cron("nonsense"), _cron(5), {"kind": "CronJob", "spec": None}], HOUR),
        ([_cron("0 3 * * *", timeZone="Not/There")], HOUR),
    ],
)
def test_how_long(objects: list[dict[str, Any]], wanted: float) -> None:
    assert first_runs.seconds(objects, NOON, HOUR) == wanted
