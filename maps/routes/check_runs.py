"""Planned vs actual of one truck, run by run, each with its legs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from data.model import LegKind, Route, VehicleId
from data.streets.network import StreetNetwork
from fleet.routes.plan_vs_actual import SERVED, LegState, RouteCheck
from maps.pages.i18n import Translator
from maps.routes.check_map import RunOutcome, outcome, worst
from maps.routes.plan_vs_actual import LegRow, late_text, leg_rows
from maps.routes.route_runs import RouteRun, run_view, runs
from maps.routes.run_words import said_length, stretch
from maps.streets.street import called

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run with the legs to list; `leg` is its first one's number, which names it on the map.

    It should begin at `planned`. `words` count what became of its legs; `late` is against the plan
    where all of it is done.
    """

    leg: int
    number: str
    street: str
    between: str
    planned: str
    outcome: RunOutcome
    words: str
    late: str
    legs: tuple[LegRow, ...]


def run_rows(
    route: Route,
    check: RouteCheck,
    network: StreetNetwork,
    vehicles: Mapping[VehicleId, str],
    t: Translator,
    only: LegState | None = None,
) -> tuple[RunRow, ...]:
    """Return the runs of a route that are no mere drive, or those with legs in one state."""
    rows = {
        number: row
        for number, row in leg_rows(route, check, network, vehicles, t).items()
        if only is None or row.state is only
    }
    found = runs(route.legs, range(len(route.legs)), network)
    shown = (run for run in found if run.kind is not LegKind.DRIVE)
    return tuple(
        _row(number, run, route, check, network, t, rows)
        for number, run in enumerate(shown, start=1)
        if only is None or any(i in rows for i in run.legs)
    )


def _row(
    number: int,
    run: RouteRun,
    route: Route,
    check: RouteCheck,
    network: StreetNetwork,
    t: Translator,
    rows: Mapping[int, LegRow],
) -> RunRow:
    view = run_view(route.legs, run, network, lambda leg: check.legs[leg].at)
    works = run.kind is LegKind.WORK
    between = [*stretch(view, t), *([said_length(view.length_m, t)] if works else [])]
    done = [check.legs[i] for i in run.legs if check.legs[i].state in SERVED]
    whole = len(done) == len(run.legs) and view.late_min is not None
    return RunRow(
        leg=run.legs[0],
        number=t.number(number),
        street=called(view.street or {}, t) if works else t(f"leg_kind:{run.kind}"),
        between=t(", ").join(between),
        planned=t.time(route.legs[run.legs[0]].starts_at),
        outcome=worst(outcome(check.legs[i].state) for i in run.legs) if works else RunOutcome.DONE,
        words=t("{done} of {count} done", done=len(done), count=len(run.legs)) if works else "",
        late=late_text((view.late_min or 0) * MINUTE, t) if works and whole else "",
        legs=tuple(rows[i] for i in run.legs if i in rows) if works else (),
    )
