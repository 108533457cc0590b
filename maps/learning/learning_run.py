"""Learning from storms as a supervisor asks for it: which storms, and how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from data.model import PlanRun, RunState, Storm
from maps.pages.i18n import Translator

MOST_LISTED = 30
"""Storms to choose from: the newest."""


@dataclass(frozen=True, slots=True)
class PastStorm:
    """A storm that is over, to learn from."""

    id: int
    name: str
    began: str


@dataclass(frozen=True, slots=True)
class LearningView:
    """How far a run that learns is, or why the last one failed; `run_id` is 0 where none goes on.

    `stopping` tells that somebody wants it to end.
    """

    run_id: int
    stopping: bool
    progress: str
    fault: str
    choices: tuple[PastStorm, ...]


def learning_view(
    run: PlanRun | None, ahead: int, storms: Sequence[Storm], t: Translator
) -> LearningView:
    """Return the run that learned last, and the storms to choose from, the last one first."""
    over = [storm for storm in storms if storm.ended_at is not None][:MOST_LISTED]
    choices = tuple(PastStorm(one.id, one.name, t.day_time(one.started_at)) for one in over)
    if run is None or run.state is RunState.DONE:
        return LearningView(0, False, "", "", choices)
    if run.state is RunState.FAILED:
        fault = t(run.fault.text, **run.fault.values) if run.fault else ""
        return LearningView(0, False, "", fault, choices)
    return LearningView(run.id, run.stop_requested, _progress(run, ahead, t), "", choices)


def _progress(run: PlanRun, ahead: int, t: Translator) -> str:
    if run.state is RunState.QUEUED:
        if ahead:
            return t("Waiting to be made: {count} before it", count=t.number(ahead))
        return t("Waiting to be made: it is next")
    read, every = run.iterations, len(run.options["storms"])
    if read >= every:
        return t("All storms are read; looking for what is behind it")
    return t("{read} of {every} storms read", read=t.number(read), every=t.number(every))
