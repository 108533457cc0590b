"""The instructor's page of a rehearsal: its clock, who plays what, calls, and the timeline."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.languages import in_language
from data.model.training.rehearsal import MarkKind, TrainingMark
from data.training import Scenario
from maps.pages.i18n import Translator
from maps.training.calls import CallRowView
from maps.training.seats import SeatView
from maps.training.timeline import MomentView


@dataclass(frozen=True, slots=True)
class MarkView:
    """A moment that the rehearsal may be set back to; without a label the sandbox set it itself."""

    id: int
    at: datetime
    label: str
    own: bool


@dataclass(frozen=True, slots=True)
class InstructorView:
    """All that an instructor sees: the storm's hour, seats, calls, the timeline and marks.

    `speed` is how many seconds the clock goes on in one while nobody has `paused` it and it is not
    `held` for a mark that is being copied, or for the simulation. `setting_back` holds from the
    order until the host has carried it out; `fault` is what the host could not do last.
    """

    now: datetime
    began_at: datetime
    ends_at: datetime
    speed: float
    paused: bool
    held: bool
    setting_back: bool
    fault: str
    seats: tuple[SeatView, ...]
    calls: tuple[CallRowView, ...]
    moments: tuple[MomentView, ...]
    marks: tuple[MarkView, ...]


@dataclass(frozen=True, slots=True)
class ScenarioHead:
    """What is told of a scenario before it: its title and brief."""

    title: str
    brief: str


def scenario_head(scenario: Scenario, t: Translator) -> ScenarioHead:
    """Return the title and brief of a scenario in the reader's language."""
    title = in_language(scenario.title, t.language)
    return ScenarioHead(title, in_language(scenario.brief, t.language))


def mark_views(kept: Iterable[TrainingMark]) -> tuple[MarkView, ...]:
    """Return the moments that may be set back to, the newest first."""
    views = [MarkView(one.id, one.at, one.label, one.kind is MarkKind.OWN) for one in kept]
    return tuple(reversed(views))


def in_order(*lists: Sequence[MomentView]) -> tuple[MomentView, ...]:
    """Return moments of several kinds as one timeline, the earliest first."""
    return tuple(sorted((one for each in lists for one in each), key=lambda one: one.at))
