"""The instructor's page of a rehearsal: everything at a glance, what is added to it, and notes."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import HTMLResponse

from api.training.hosting.host import is_setting_back
from api.training.hosting.progress import find_progress
from api.training.leading import InstructorContext
from api.training.rehearsal import sandbox_of_app
from api.web.checked_route import CheckedRoute
from api.web.context import Context
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import Wire
from data.model import Vehicle
from data.model.training.live_training import TrainingSeat
from data.store.database.engine import Tx
from data.store.training.rehearsal import list_marks
from fleet.accounts.people import all_people, names_by_login
from fleet.requests.request_lookup import requests_by_id
from fleet.setup.machine_list import machines_in_use
from fleet.shifts.shift_handover import current_shift_by_vehicle, shifts_by_id
from fleet.storms.storm_lookup import wanted_storm
from fleet.training.calls import newest_calls
from fleet.training.events import (
    MOST_LETTERS,
    events_of,
    inject,
    notes_of,
    scenario_end,
    scenario_of,
    write_note,
)
from fleet.training.rehearsal import known_training
from fleet.training.seats import has_ended, seats_of
from fleet.training.timeline import happenings, names_in, with_streets
from maps.reports.audit_log import SubjectNames, named_subjects
from maps.training.calls import call_rows
from maps.training.instructor import InstructorView, in_order, mark_views, scenario_head
from maps.training.seats import WatchedCity, WatchedScreen, seat_views
from maps.training.timeline import TimelineWords, acts, marks, moments, notes

router = APIRouter(route_class=CheckedRoute)

CALLS_SHOWN = 100
"""The newest calls on the list, beside those that ring or are on the line."""


class AddedIn(Wire):
    """A table for the scenario, by its key, with the values that its file would have."""

    kind: str
    details: dict[str, Any]


class NoteIn(Wire):
    """Words on this moment."""

    words: Annotated[str, Field(min_length=1, max_length=MOST_LETTERS)]


@router.get("/training/instructor")
def instructor_page(request: Request, context: InstructorContext) -> HTMLResponse:
    """Show the page of who leads the rehearsal."""
    t = translator_of(request)
    with context.reading() as tx:
        training, machines = known_training(tx), machines_in_use(tx)
    head = scenario_head(scenario_of(training), t)
    names = [one.name for one in machines]
    boot = boot_of(request, context) | {
        "machines": names,
        "spoken": context.app.city.language or context.language,
    }
    return page(request, "training/instructor.html", {"boot": boot, "head": head})


@router.get("/api/training/instructor")
def get_rehearsal(request: Request, context: InstructorContext) -> InstructorView:
    """Return how the rehearsal stands."""
    with context.reading() as tx:
        return _stands(tx, request, context)


@router.post("/api/training/events", status_code=201)
def add_event_to_scenario(
    wanted: AddedIn, request: Request, context: InstructorContext
) -> InstructorView:
    """Add something to the scenario, which is in force at once."""
    with context.writing() as tx:
        known_training(tx)
        inject(tx, context.actor, wanted.kind, wanted.details, context.now)
    return get_rehearsal(request, context)


@router.post("/api/training/notes", status_code=201)
def add_note_on_moment(
    wanted: NoteIn, request: Request, context: InstructorContext
) -> InstructorView:
    """Note something on this moment."""
    with context.writing() as tx:
        known_training(tx)
        write_note(tx, context.actor, wanted.words, context.now)
    return get_rehearsal(request, context)


def _stands(tx: Tx, request: Request, context: Context) -> InstructorView:
    training, machines, events = known_training(tx), machines_in_use(tx), events_of(tx)
    clock = context.app.clock
    comes = happenings(scenario_of(training), events, training.began_at)
    sandbox = sandbox_of_app(context.app)
    calls, kept = newest_calls(tx, CALLS_SHOWN), list_marks(tx)
    done, people = context.app.trainee_acts.since(tx, training.began_at), names_by_login(tx)
    names = SubjectNames(names_in(tx, named_subjects(done.told)), context.app.network, people)
    around = TimelineWords([one.name for one in machines], people, names, translator_of(request))
    asked = requests_by_id(tx, [one.request_id for one in calls if one.request_id is not None])
    seats = seats_of(tx)
    return InstructorView(
        now=context.now,
        began_at=training.began_at,
        ends_at=scenario_end(training),
        speed=clock.speed,
        paused=clock.paused,
        held=not clock.pace and not clock.paused,
        setting_back=is_setting_back(sandbox),
        fault=find_progress(sandbox).fault_in(around.t.language),
        seats=seat_views(seats, _watched(tx, context, machines, seats), calls, done.last, around),
        calls=call_rows(calls, asked, people, context.now, around.t),
        moments=in_order(
            moments(with_streets(tx, comes, context.app.network, training.seed), around),
            acts(done.lines, around),
            notes(notes_of(tx), around),
            marks(kept, around),
        ),
        marks=mark_views(kept),
    )


def _watched(
    tx: Tx, context: Context, machines: Sequence[Vehicle], seats: Iterable[TrainingSeat]
) -> WatchedCity:
    """Return what of the city tells what drivers do: where trucks are, and their shifts."""
    storm, app, now = wanted_storm(tx), context.app, context.now
    shifts = [*shifts_by_id(tx, storm.id).values()] if storm else []
    current = current_shift_by_vehicle(shifts, now)
    return WatchedCity(
        users={one.id: one for one in all_people(tx)},
        machines={one.id: one.name for one in machines},
        shifts={one: shift.id for one, shift in current.items()},
        places={one: seen.location for one, seen in app.live.picture().items()},
        screens={
            login: WatchedScreen(
                screen.page, " · ".join(filter(None, (screen.words, screen.place)))
            )
            for login, screen in app.desk_screens.seen().items()
        },
        home={one.user_id for one in seats if has_ended(one, shifts)},
        network=app.network,
    )
