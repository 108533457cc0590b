"""Snowfalls over the village, drawn by Hypothesis."""

from datetime import datetime, timedelta
from itertools import accumulate

from hypothesis import strategies as st

from data.model import Storm
from tests.village import NOW, a_storm

MINUTE = timedelta(minutes=1)


def snowy(*hours_and_mm: tuple[float, float], **changes: object) -> Storm:
    """Return a storm over which so much had fallen after so many hours."""
    curve = tuple((NOW + timedelta(hours=hours), mm) for hours, mm in hours_and_mm)
    return a_storm(snowfall=curve, **changes)


def before_snow(flake_at: datetime, **changes: object) -> Storm:
    """Return a storm that was begun before its first flake, by forecast."""
    return a_storm(quiet=((NOW, flake_at),), **changes)


def _storm(
    steps: list[tuple[int, float]], pauses: list[tuple[int, int]], early: int, *, over: bool
) -> Storm:
    if early:
        pauses = [(0, early), *pauses]
    at = accumulate(minutes for minutes, _ in steps)
    fallen = accumulate(mm for _, mm in steps)
    curve = tuple((NOW + m * MINUTE, mm) for m, mm in zip(at, fallen, strict=True))
    ends = list(accumulate(minutes for pause in pauses for minutes in pause))
    quiet = [
        (NOW + a * MINUTE, NOW + b * MINUTE) for a, b in zip(ends[::2], ends[1::2], strict=True)
    ]
    last = [(quiet[-1][1] + 90 * MINUTE, None)] if over and quiet else []
    return a_storm(snowfall=curve, quiet=(*quiet, *last))


storms = st.builds(
    _storm,
    st.lists(
        st.tuples(st.integers(1, 300), st.sampled_from([0.0, 3.0, 20.0]) | st.floats(0.01, 60)),
        max_size=6,
    ),
    st.lists(st.tuples(st.integers(1, 400), st.integers(1, 400)), max_size=2),
    st.sampled_from([0, 0, 150]),
    over=st.booleans(),
)
"""Storms without entries, with a few, begun before their snow, with times of clean-up."""
