"""The conditions of one storm: snowfall, closures, machines, reload sites and policy."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, File, Request, UploadFile
from pydantic import Field

from api.storms.storms import detail_of, publish_storm
from api.web.checked_route import CheckedRoute
from api.web.context import Context, DispatcherContext, WallContext
from api.web.page_context import shown_to, translator_of
from api.web.schemas import Base, Moment, UndoIn, Wire, moment_in
from api.web.uploads import TABLE_LIMIT, content_of
from data.errors import InvalidError
from data.model import (
    ClosureId,
    MachineService,
    OutReason,
    ReloadSiteId,
    SegmentId,
    SnowEntryId,
    SnowSource,
    StormId,
    VehicleId,
)
from data.store.database.engine import Tx
from data.store.storms.closures import list_closures
from data.store.storms.storm_conditions import get_snow_entry
from data.store.storms.storms import find_active_storm, get_storm
from data.storms import snow_from_csv
from fleet.storms.closures import REASON_LETTERS, ClosureWish, close_street, lift_closure
from fleet.storms.machines_in_service import NOTE_LETTERS, switch_machine, switch_site
from fleet.storms.snowfall import (
    MOST_ENTRIES,
    Fallen,
    add_snow,
    correct_snow,
    undo_snow,
    withdraw_snow,
)
from fleet.storms.storm_policy import change_storm_policy, undo_storm_policy
from maps.setup.machines import MistakeView, mistake_view
from maps.storms.storms import ClosureView, StormDetail, closure_view

router = APIRouter(route_class=CheckedRoute)


class FallenIn(Wire):
    """A snowfall reading: total cm up to a time."""

    at: Moment
    fallen_cm: Annotated[float, Field(ge=0, le=500, allow_inf_nan=False)]

    def fallen(self, context: Context) -> Fallen:
        """Return the record that `fleet.storms.snowfall` takes."""
        at = moment_in(self.at, context.app.city.timezone, "at")
        return Fallen(at, round(self.fallen_cm * 10, 3))


class SnowIn(Wire):
    """New snowfall readings."""

    entries: Annotated[list[FallenIn], Field(min_length=1, max_length=MOST_ENTRIES)]


class SnowFileOut(Wire):
    """What a snowfall file would import; nothing where it has mistakes."""

    entries: list[tuple[datetime, float]]
    mistakes: list[MistakeView]


class ClosureIn(Wire):
    """A street closure from now or later, for a time or until it is lifted.

    An end without a day is the next such time. Without `forward` the whole street, else one
    direction.
    """

    segment_id: SegmentId
    forward: bool | None = None
    from_at: Moment | None = None
    until_at: Moment | None = None
    reason: Annotated[str, Field(min_length=1, max_length=REASON_LETTERS)]


class SwitchIn(Wire):
    """Whether a storm uses a reload site."""

    on: bool


class MachineServiceIn(SwitchIn):
    """Whether a machine is in service in a storm, and why not."""

    reason: OutReason | None = None
    note: Annotated[str, Field(max_length=NOTE_LETTERS)] = ""


class StormPolicyIn(Wire):
    """Policy tables that replace those of the storm; their reader checks them."""

    base: Base
    tables: dict[str, Any]


@router.post("/api/storms/{storm_id}/snowfall", status_code=201)
def create_snowfall_entry(
    storm_id: StormId, wanted: SnowIn, context: DispatcherContext
) -> StormDetail:
    """Add snowfall readings."""
    fallen = [one.fallen(context) for one in wanted.entries]
    return _added(context, storm_id, fallen, SnowSource.HAND)


@router.post("/api/storms/{storm_id}/snowfall/file/check", dependencies=[TABLE_LIMIT])
def check_snowfall_file(
    storm_id: StormId,
    request: Request,
    file: Annotated[UploadFile, File()],
    context: DispatcherContext,
) -> SnowFileOut:
    """Return a file's mistakes by line and field, or what it would import."""
    entries, mistakes = snow_from_csv(content_of(file), context.app.city.timezone)
    with context.reading() as tx:
        get_storm(tx, storm_id)
    t = translator_of(request)
    told_wrong = [mistake_view(each, t) for each in mistakes]
    shown = [] if mistakes else [(at, mm / 10) for at, mm in entries]
    return SnowFileOut(entries=shown, mistakes=told_wrong)


@router.post("/api/storms/{storm_id}/snowfall/file", status_code=201, dependencies=[TABLE_LIMIT])
def import_snowfall_file(
    storm_id: StormId, file: Annotated[UploadFile, File()], context: DispatcherContext
) -> StormDetail:
    """Import a snowfall file, completely or not at all."""
    entries, mistakes = snow_from_csv(content_of(file), context.app.city.timezone)
    if mistakes:
        wrong = mistakes[0]
        raise InvalidError(f"{wrong.line}: {wrong.field}", wrong.got, wrong.expected)
    fallen = [Fallen(at, fallen_mm) for at, fallen_mm in entries]
    return _added(context, storm_id, fallen, SnowSource.FILE)


@router.post("/api/storms/{storm_id}/snowfall/undo")
def undo_snowfall_change(
    storm_id: StormId, wanted: UndoIn, context: DispatcherContext
) -> StormDetail:
    """Undo the last change of a storm's snowfall."""

    def change(tx: Tx) -> None:
        undo_snow(tx, context.actor, storm_id, wanted.change, context.app.network, context.now)

    return _changed(context, storm_id, change)


@router.post("/api/snowfall/{entry_id}")
def update_snowfall_entry(
    entry_id: SnowEntryId, wanted: FallenIn, context: DispatcherContext
) -> StormDetail:
    """Correct a snowfall reading; the old value stays in the audit log."""
    network, fallen = context.app.network, wanted.fallen(context)

    def change(tx: Tx) -> None:
        correct_snow(tx, context.actor, entry_id, fallen, network, context.now)

    return _changed(context, _storm_of(context, entry_id), change)


@router.post("/api/snowfall/{entry_id}/withdraw")
def withdraw_snowfall_entry(entry_id: SnowEntryId, context: DispatcherContext) -> StormDetail:
    """Withdraw a snowfall reading."""

    def change(tx: Tx) -> None:
        withdraw_snow(tx, context.actor, entry_id, context.app.network, context.now)

    return _changed(context, _storm_of(context, entry_id), change)


@router.get("/api/closures")
def get_closures(context: WallContext) -> list[ClosureView]:
    """Return the present and future closures of the active storm."""
    with context.reading() as tx:
        storm = find_active_storm(tx)
        found = list_closures(tx, storm.id, context.now) if storm else []
    network, now = context.app.network, context.now
    return [shown_to(context)(closure_view(each, network, now)) for each in found]


@router.post("/api/storms/{storm_id}/closures", status_code=201)
def create_closure(storm_id: StormId, wanted: ClosureIn, context: DispatcherContext) -> ClosureView:
    """Close a street; no plan uses it while it is closed."""
    network, now = context.app.network, context.now
    zone = context.app.city.timezone
    from_at = moment_in(wanted.from_at, zone, "from_at") if wanted.from_at else now
    until_at = (
        moment_in(wanted.until_at, zone, "until_at", after=max(from_at, now))
        if wanted.until_at
        else None
    )
    wish = ClosureWish(wanted.segment_id, wanted.forward, from_at, until_at, wanted.reason)
    with context.writing() as tx:
        closure = close_street(tx, context.actor, storm_id, network, wish, now)
    view = closure_view(closure, network, now)
    context.app.hub.publish("closures", [view])
    return view


@router.post("/api/closures/{closure_id}/lift")
def delete_closure(closure_id: ClosureId, context: DispatcherContext) -> ClosureView:
    """Lift a closure."""
    with context.changing(f"closure:{closure_id}") as tx:
        closure = lift_closure(tx, context.actor, closure_id, context.now)
    view = closure_view(closure, context.app.network, context.now)
    context.app.hub.publish("closures", [view])
    return view


@router.post("/api/storms/{storm_id}/machines/{vehicle_id}")
def update_machine_state(
    storm_id: StormId, vehicle_id: VehicleId, wanted: MachineServiceIn, context: DispatcherContext
) -> StormDetail:
    """Take a machine in or out of service for a storm; out needs a reason."""

    def change(tx: Tx) -> None:
        service = MachineService(wanted.on, wanted.reason, wanted.note)
        switch_machine(tx, context.actor, storm_id, vehicle_id, service, context.now)

    return _changed(context, storm_id, change)


@router.post("/api/storms/{storm_id}/sites/{site_id}")
def update_site_state(
    storm_id: StormId, site_id: ReloadSiteId, wanted: SwitchIn, context: DispatcherContext
) -> StormDetail:
    """Use a reload site in a storm, or not."""

    def change(tx: Tx) -> None:
        switch_site(tx, context.actor, storm_id, site_id, context.now, in_use=wanted.on)

    return _changed(context, storm_id, change)


@router.post("/api/storms/{storm_id}/policy")
def update_storm_policy(
    storm_id: StormId, wanted: StormPolicyIn, context: DispatcherContext
) -> StormDetail:
    """Change this storm's policy; the city's policy stays."""
    network = context.app.network

    def change(tx: Tx) -> None:
        change_storm_policy(
            tx, context.actor, storm_id, wanted.tables, wanted.base, network, context.now
        )

    return _changed(context, storm_id, change)


@router.post("/api/storms/{storm_id}/policy/undo")
def undo_policy_of_storm(
    storm_id: StormId, wanted: UndoIn, context: DispatcherContext
) -> StormDetail:
    """Undo the last change of a storm's policy."""
    network = context.app.network

    def change(tx: Tx) -> None:
        undo_storm_policy(tx, context.actor, storm_id, wanted.change, network, context.now)

    return _changed(context, storm_id, change)


def _added(
    context: Context, storm_id: StormId, fallen: list[Fallen], source: SnowSource
) -> StormDetail:
    def change(tx: Tx) -> None:
        network = context.app.network
        add_snow(tx, context.actor, storm_id, fallen, source, network, context.now)

    return _changed(context, storm_id, change)


def _changed(context: Context, storm_id: StormId, change: Callable[[Tx], None]) -> StormDetail:
    with context.writing() as tx:
        change(tx)
        storm, view = get_storm(tx, storm_id), detail_of(tx, context, storm_id)
    context.app.city_state.refresh()
    publish_storm(context, storm)
    return view


def _storm_of(context: Context, entry_id: SnowEntryId) -> StormId:
    with context.reading() as tx:
        return get_snow_entry(tx, entry_id).storm_id
