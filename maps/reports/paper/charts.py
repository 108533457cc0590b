"""Charts of the printed report: the state of lanes over a storm, readable in grey too."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from maps.pages.i18n import Translator
from maps.pages.style import STATES
from maps.reports.paper.blocks import Key
from maps.routes.paper_frame import MUTED, PAPER, directed, picture, text_at

WIDE, TALL = 1000.0, 230.0
LEFT, BOTTOM, EDGE = 62.0, 34.0, 12.0
"""Room of the scale beside a chart and below it, and what else is free around it."""

SMALL_WIDE, SMALL_TALL = 300.0, 84.0

CLEAR, WAITING, LATE = STATES[0].light, "#c9d3dc", STATES[3].light
"""In grey they are dark, light and hatched."""

HATCH = (
    '<defs><pattern id="late" width="8" height="8" patternUnits="userSpaceOnUse" '
    f'patternTransform="rotate(45)"><rect width="8" height="8" fill="{LATE}"/>'
    '<rect width="3" height="8" fill="#ffffff"/></pattern></defs>'
)

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)

STEPS_H = (1, 2, 3, 6, 12, 24, 48)
MOST_TICKS = 9

type Point = tuple[float, float]


class _Box:
    """Where time and share lie in a chart; the time runs as the reader reads."""

    def __init__(
        self, wide: float, tall: float, whole_s: float, *, rtl: bool, scales: bool
    ) -> None:
        self.rtl = rtl
        start, end = (LEFT, wide - EDGE) if scales else (0.0, wide)
        self.start, self.end = (wide - start, wide - end) if rtl else (start, end)
        self.top, self.foot = (EDGE, tall - BOTTOM) if scales else (0.0, tall)
        self._whole_s = whole_s or 1.0

    def xy(self, at_s: float, share: float) -> Point:
        x = self.start + (self.end - self.start) * at_s / self._whole_s
        return x, self.foot - (self.foot - self.top) * share


def course_chart(
    moments_s: Sequence[float],
    cleared: Sequence[float | None],
    within: Sequence[float | None],
    started_at: datetime,
    t: Translator,
) -> str:
    """Return how large a share of the lanes was cleared in time, not yet due, or late."""
    box = _Box(WIDE, TALL, moments_s[-1], rtl=t.speech.rtl, scales=True)
    parts = [HATCH, *_areas(box, moments_s, cleared, within), *_scale(box, t)]
    parts += _hours(box, moments_s[-1], started_at, t)
    return picture(parts, TALL, WIDE)


def small_course(
    moments_s: Sequence[float],
    cleared: Sequence[float | None],
    within: Sequence[float | None],
    t: Translator,
) -> str:
    """Return the same without scales, for one of many parts side by side."""
    box = _Box(SMALL_WIDE, SMALL_TALL, moments_s[-1], rtl=t.speech.rtl, scales=False)
    return picture([HATCH, *_areas(box, moments_s, cleared, within)], SMALL_TALL, SMALL_WIDE)


def course_keys(t: Translator) -> list[Key]:
    """Return the legend of these charts."""
    fills = (CLEAR, WAITING, "url(#late)")
    words = (t("cleared in time"), t("not cleared yet, still in time"), t("late"))
    return [Key(sign(fill), word) for fill, word in zip(fills, words, strict=True)]


def sign(fill: str) -> str:
    """Return a filled square."""
    return picture(
        [HATCH, f'<rect width="30" height="20" fill="{fill}" stroke="{MUTED}"/>'], 20, 30
    )


def _areas(
    box: _Box,
    moments_s: Sequence[float],
    cleared: Sequence[float | None],
    within: Sequence[float | None],
) -> Iterator[str]:
    """Yield the areas of each stretch that has figures: late over all, then the others."""
    known = [
        (at_s, clear, inside)
        for at_s, clear, inside in zip(moments_s, cleared, within, strict=False)
        if clear is not None and inside is not None
    ]
    if len(known) < 2:
        return
    clears = [(at_s, clear) for at_s, clear, _ in known]
    insides = [(at_s, inside) for at_s, _, inside in known]
    tops = [(at_s, 1.0) for at_s, _, _ in known]
    for course, fill in ((tops, "url(#late)"), (insides, WAITING), (clears, CLEAR)):
        yield f'<path d="{_area(box, course)}" fill="{fill}"/>'
    for course in (insides, clears):
        yield f'<path d="{_line(box, course)}" fill="none" stroke="{PAPER}" stroke-width="2"/>'


def _area(box: _Box, course: Sequence[Point]) -> str:
    ends = ((course[-1][0], 0.0), (course[0][0], 0.0))
    return _line(box, (*course, *ends)) + "Z"


def _line(box: _Box, course: Iterable[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (box.xy(*one) for one in course))


def _scale(box: _Box, t: Translator) -> Iterator[str]:
    anchor = "start" if box.rtl else "end"
    for share in SHARES:
        _, y = box.xy(0.0, share)
        yield (
            f'<path d="M{box.start:.1f} {y:.1f}H{box.end:.1f}" stroke="{MUTED}" '
            'stroke-width="0.8" stroke-opacity="0.5"/>'
        )
        x = box.start + (8 if box.rtl else -8)
        words = directed(t("{value} %", value=round(share * 100)), t)
        yield text_at((x, y), words, MUTED, 17, anchor=anchor)


def _hours(box: _Box, whole_s: float, started_at: datetime, t: Translator) -> Iterator[str]:
    """Yield clock times below the chart, and the day where another one begins."""
    step_h = next((one for one in STEPS_H if whole_s / 3600 / one < MOST_TICKS), STEPS_H[-1])
    count = int(whole_s / 3600 / step_h)
    ticks = [started_at + timedelta(hours=step_h * i) for i in range(count + 1)]
    texts = [t.time(at) for at in ticks]
    days = [next(group) for _, group in groupby(ticks, t.short_day)]
    for at, words in zip(ticks, texts, strict=True):
        x, y = box.xy((at - started_at).total_seconds(), 0.0)
        yield f'<path d="M{x:.1f} {y:.1f}v6" stroke="{MUTED}"/>'
        said = t.short_day(at) if at in days[1:] else words
        margin = 30 if box.rtl else -30
        inside = abs(x - box.start) > abs(margin)
        yield text_at((x if inside else x - margin * 0.5, y + 20), directed(said, t), MUTED, 17)
