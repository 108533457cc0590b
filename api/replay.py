"""The replay of a storm: its page and its history by hour; the council sees no names."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import HTMLResponse

from api.web.checked_route import CheckedRoute
from api.web.context import BOARD_ROLES, Context, CouncilContext
from api.web.page_context import boot_of, page
from data.errors import NotFoundError
from data.model import SegmentId, Storm, StormId, VehicleId
from data.store.database.engine import Tx
from data.store.replay import list_vehicles_with_fixes
from fleet.replay.storm_history import HOUR_S, StormTimeline
from fleet.replay.street_history import street_past
from fleet.storms.storm_lookup import known_storm, listed_storms, shown_storm
from maps.replay.replay import (
    ColorsOfHour,
    ReplayView,
    TracksOfHour,
    colors_of_hour,
    replay_view,
    tracks_of_hour,
)
from maps.replay.replay_street import ReplayStreet, replay_street

LONGEST_H = 24 * 60
"""Hours of the longest storm that is played."""

router = APIRouter(route_class=CheckedRoute)

Wanted = Annotated[StormId | None, Query(description="a storm; the newest where none is given")]
Hour = Annotated[int, Path(ge=0, lt=LONGEST_H, description="counted from the storm's start")]


@router.get("/replay")
def replay_page(request: Request, context: CouncilContext) -> HTMLResponse:
    """Show the replay of a storm."""
    return page(request, "replay/page.html", {"boot": boot_of(request, context)})


@router.get("/api/replay")
def get_replay(context: CouncilContext, storm: Wanted = None) -> ReplayView:
    """Return a storm's overview: duration, events and vehicles."""
    app, now = context.app, context.now
    with context.reading() as tx:
        storms, shown = listed_storms(tx), shown_storm(tx, storm)
        story = _story(tx, context, shown) if shown else None
    return replay_view(now, storms, app.network, story, names=context.has(*BOARD_ROLES))


@router.get("/api/replay/{storm_id}/colors/{hour}")
def get_street_colors(storm_id: StormId, hour: Hour, context: CouncilContext) -> ColorsOfHour:
    """Return every street's color at the start of an hour, and the changes within it."""
    app = context.app
    with context.reading() as tx:
        storm = _storm_with(tx, context, storm_id, hour)
        policy = app.city_state.policy_of(tx, storm)
        changes = app.history.colors(tx, storm, app.network, policy, context.now, hour)
    return colors_of_hour(changes, hour)


@router.get("/api/replay/{storm_id}/tracks/{hour}")
def get_vehicle_tracks(storm_id: StormId, hour: Hour, context: CouncilContext) -> TracksOfHour:
    """Return the vehicles' matched tracks in an hour of a storm."""
    app = context.app
    with context.reading() as tx:
        storm = _storm_with(tx, context, storm_id, hour)
        numbers = _numbers(tx, storm, context.now)
        found = app.history.tracks(tx, storm, app.network, hour)
    return tracks_of_hour(storm, hour, numbers, found)


@router.get("/api/replay/{storm_id}/streets/{segment_id}")
def get_street_history(
    storm_id: StormId, segment_id: SegmentId, context: CouncilContext
) -> ReplayStreet:
    """Return a street's history in a storm and its evidence."""
    app = context.app
    segment = app.network.segment(segment_id)
    with context.reading() as tx:
        storm = known_storm(tx, storm_id)
        policy = app.city_state.policy_of(tx, storm)
        past = street_past(tx, storm, segment, policy)
        numbers = _numbers(tx, storm, context.now)
    return replay_street(storm, past, policy, numbers)


def _story(tx: Tx, context: Context, storm: Storm) -> StormTimeline:
    app = context.app
    policy = app.city_state.policy_of(tx, storm)
    return app.history.timeline(tx, storm, app.network, policy, context.now)


def _numbers(tx: Tx, storm: Storm, now: datetime) -> dict[VehicleId, int]:
    """Return the numbers that replace vehicle names in the replay."""
    heard = list_vehicles_with_fixes(tx, storm.started_at, storm.ended_at or now)
    return {vehicle.id: number for number, vehicle in enumerate(heard)}


def _storm_with(tx: Tx, context: Context, storm_id: StormId, hour: int) -> Storm:
    """Return a storm that contains this hour; raise `NotFoundError`."""
    storm = known_storm(tx, storm_id)
    lasted = (storm.ended_at or context.now) - storm.started_at
    if hour * HOUR_S > lasted.total_seconds():
        raise NotFoundError("hour", hour)
    return storm
