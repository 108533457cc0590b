"""Figures in the words of the council's page, whose scripts say the same (`reports/words.js`)."""

from math import floor

from maps.pages.i18n import Translator
from maps.pages.tables import exact, span_text
from maps.reports.council import CouncilView, PromiseView
from maps.reports.figures import CouncilFiguresView

MINUTE_S, HOUR_MIN, DAYS_FROM_MIN = 60.0, 60, 48 * 60
"""From `DAYS_FROM_MIN` on a span is said in days."""


def share_text(value: float | None, t: Translator) -> str:
    """Return a share as whole per cent, rounded down, or that there is none."""
    return t("none") if value is None else t("{value} %", value=floor(value * 100))


def duration(seconds: float, t: Translator) -> str:
    """Return a span as people say it."""
    return span_text(_minutes(seconds) * MINUTE_S, t)


def short_span(seconds: float | None, t: Translator) -> str:
    """Return a span in few letters, or that there is none."""
    if seconds is None:
        return t("none")
    minutes = _minutes(seconds)
    if not HOUR_MIN <= minutes < DAYS_FROM_MIN:
        return duration(seconds, t)
    hours, rest = divmod(minutes, HOUR_MIN)
    return t("{clock} h", clock=f"{t.number(hours)}:{t.number(rest).rjust(2, t.number(0))}")


def kilometres(metres: float, t: Translator) -> str:
    """Return lane metres as kilometres."""
    return t("{value} km", value=floor(metres / 100 + 0.5) / 10)


def in_kilometres(metres: float, t: Translator) -> str:
    """Return lane metres as kilometres, for a column that says so."""
    return exact(metres / 1000, 1, t)


def nothing_due(now: CouncilFiguresView) -> bool:
    """Whether no street had to be cleared so far: then all within target says nothing."""
    return now.lane_m > 0 and now.waiting_m == now.lane_m


def over(view: CouncilView) -> bool:
    """Whether the storm has ended: then all is as it was at its end."""
    return view.storm is not None and view.storm.ended_at is not None


def within_target(now: CouncilFiguresView, t: Translator) -> str:
    """Return the share within target, or that nothing is due yet."""
    return t("nothing due yet") if nothing_due(now) else share_text(now.within, t)


def share_change(now: float | None, before: float | None, t: Translator) -> str:
    """Return the change of a share in whole points, as few signs; empty where there is none."""
    if now is None or before is None:
        return ""
    change = floor(now * 100) - floor(before * 100)
    if change == 0:
        return t("the same")
    return f"{'+' if change > 0 else '−'}{t.number(abs(change))}"


def rule_of(view: CouncilView, service_class: str, t: Translator) -> str:
    """Return the rule by which a class is measured in the storm that is shown."""
    rule = next(one for one in view.promises if one.service_class == service_class)
    return rule_text(rule, t)


def rule_text(rule: PromiseView, t: Translator) -> str:
    """Return a class's level of service in words."""
    if rule.cycle_s is None:
        return t("on request, within {span}", span=duration(rule.deadline_s, t))
    every = duration(rule.cycle_s, t)
    if rule.by_snow_until is None:
        return t("at least every {span}", span=every)
    words = (
        "before {value} cm of new snow; from {time} on, where no snowfall is entered, every {span}"
    )
    return t(words, value=rule.trigger_mm / 10, time=t.time(rule.by_snow_until), span=every)


def class_text(service_class: str, t: Translator) -> str:
    """Return what a class of service is called."""
    return t.named("class", service_class)


def _minutes(seconds: float) -> int:
    return max(0, floor(seconds / MINUTE_S + 0.5))
