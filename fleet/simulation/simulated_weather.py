"""Snowfall of a simulated storm, pure: spells of snow that come again each day."""

from datetime import timedelta

SPELLS_H = ((0.0, 6.0, 1.2), (9.0, 11.0, 0.5), (16.0, 21.0, 1.0))
"""From and to in hours since the storm began, within a day, and cm of snow in each hour."""

DAY = timedelta(days=1)


def fallen_cm(elapsed: timedelta) -> float:
    """Return the snow in cm that has fallen so long after the storm began."""
    days, rest = divmod(max(elapsed, timedelta(0)), DAY)
    hours = rest / timedelta(hours=1)
    of_a_day = sum((end - start) * rate for start, end, rate in SPELLS_H)
    today = sum(max(0.0, min(hours, end) - start) * rate for start, end, rate in SPELLS_H)
    return days * of_a_day + today
