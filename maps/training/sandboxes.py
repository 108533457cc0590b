"""The page of a real city on which a rehearsal is chosen, started, stopped and deleted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from data.languages import in_language
from data.training import HOUR, Scenario
from maps.pages.i18n import Translator


@dataclass(frozen=True, slots=True)
class ScenarioCard:
    """A scenario that ships, as it is offered: `name` is what orders call it."""

    name: str
    title: str
    brief: str
    lasts: str


@dataclass(frozen=True, slots=True)
class SandboxView:
    """How the rehearsal of a city stands; `step` and `fault` are "" where there is none.

    `running` whether somebody hosts it or makes it, `stoppable` whether its host hears an order to
    stop already, `made` whether there is one to go on with.
    `address` is where its server answers, `time` its storm's.
    """

    made: bool
    running: bool
    stoppable: bool
    step: str
    told: str
    fault: str
    title: str
    address: str
    time: str


def scenario_cards(scenarios: Iterable[tuple[str, Scenario]], t: Translator) -> list[ScenarioCard]:
    """Return what is offered, in the given order."""
    return [
        ScenarioCard(
            name,
            in_language(one.title, t.language),
            in_language(one.brief, t.language),
            t("{hours} h", hours=t.number(one.lasts_h / HOUR)),
        )
        for name, one in scenarios
    ]


def step_told(step: str, t: Translator) -> str:
    """Return what a host does, in words."""
    return t(f"training_step:{step}")


def storm_time(now: datetime | None, pace: float, t: Translator) -> str:
    """Return the rehearsal's own time, and how fast it goes by; "" where it stands still."""
    if now is None:
        return ""
    if not pace:
        return t("{time}, paused", time=t.day_time(now))
    speed = t.number(pace, 0 if pace == round(pace) else 1)
    return t("{time}, at {speed} times the real speed", time=t.day_time(now), speed=speed)
