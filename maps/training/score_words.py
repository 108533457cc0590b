"""Scores of a training in words: each measure with its value, its points and its rule."""

from dataclasses import dataclass

from data.languages import in_language
from data.training import SHIPPED, shipped_scenario
from fleet.training.scores.debrief import TraineeScore
from fleet.training.scores.score_rules import RULES, ScoredMeasure, ScoreRule, Unit
from maps.pages.i18n import Translator
from maps.pages.tables import TableView, at_most, rounded, span_text

MOST_FORMER = 5
"""Former results that are shown, the newest."""


@dataclass(frozen=True, slots=True)
class TraineeView:
    """A trainee as shown: name, role, points in large, what was measured, and former results."""

    name: str
    role: str
    points: str
    former: str
    table: TableView


def person_view(one: TraineeScore, name: str, machine: str, t: Translator) -> TraineeView:
    """Return a trainee's score; `machine` is what a driver drove, else empty."""
    role = t(f"role:{one.trainee.role}")
    rules = RULES[one.trainee.role]
    return TraineeView(
        name=name,
        role=t("{role}, {machine}", role=role, machine=machine) if machine else role,
        points=points_text(one.score.points, t),
        former=_former(one, t),
        table=TableView(
            t("What was measured"),
            (t("What was measured"), t("Result"), t("Points"), t("Rule"), t("Counted")),
            tuple(_row(each, rules[each.name], t) for each in one.score.measures),
        ),
    )


def points_text(points: float | None, t: Translator) -> str:
    """Return points out of a hundred, or that nothing could be measured."""
    if points is None:
        return t("not measured")
    return t("{points} of 100", points=t.number(round(points)))


def value_text(value: float | None, unit: Unit, t: Translator) -> str:
    """Return a value in the unit of its rule."""
    if value is None:
        return t("nothing to measure")
    if unit is Unit.SHARE:
        return t("{value} %", value=t.number(round(value * 100)))
    if unit is Unit.SECONDS:
        return t("{seconds} s", seconds=t.number(round(value)))
    if unit is Unit.MINUTES:
        return t("{minutes} min", minutes=t.number(round(value)))
    tenths = rounded(value, 1) == rounded(value, 2)
    return at_most(value, 1 if tenths else 2, t)


def share_of_time(share: float | None, t: Translator) -> str:
    """Return a share with a tenth, or that there was nothing."""
    return "–" if share is None else t("{value} %", value=at_most(share * 100, 1, t))


def half_time(seconds: float | None, t: Translator) -> str:
    """Return half of all times."""
    return span_text(seconds, t)


def scenario_title(name: str, t: Translator) -> str:
    """Return what a scenario is called; its name where it did not come with the product."""
    if name not in SHIPPED:
        return name
    return in_language(shipped_scenario(name).title, t.language)


def _row(one: ScoredMeasure, rule: ScoreRule, t: Translator) -> tuple[str, ...]:
    return (
        t(f"measure:{one.name}"),
        value_text(one.value, rule.unit, t),
        "–" if one.points is None else t.number(round(one.points)),
        rule_text(rule, t),
        t.number(one.of) if rule.counted else "–",
    )


def rule_text(rule: ScoreRule, t: Translator) -> str:
    """Return from which value on a measure has all points, where it has none, and its weight."""
    return t(
        "100 at {full}, 0 at {none}, weight {weight}",
        full=value_text(rule.full_at, rule.unit, t),
        none=value_text(rule.none_at, rule.unit, t),
        weight=t.number(rule.weight),
    )


def _former(one: TraineeScore, t: Translator) -> str:
    known = [each for each in one.former if each.points is not None][:MOST_FORMER]
    if not known:
        return t("No earlier result in this role.")
    told = [
        t(
            "{scenario} ({span}), {date}: {points}",
            scenario=scenario_title(each.scenario_name, t),
            span=span_text(3600 * each.hours, t),
            date=t.date(each.kept_at),
            points=t.number(round(each.points or 0.0)),
        )
        for each in known
    ]
    return t("Earlier in this role: {results}.", results=t.listed(told))
