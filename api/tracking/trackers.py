"""Trackers in the set-up: known ones, unknown senders, and commands."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.tracking.tracker_changes import expect_command, forget_trackers
from api.web.checked_route import CheckedRoute
from api.web.context import AdminContext, Context, DispatcherContext
from api.web.page_context import boot_of, page
from api.web.schemas import Wire
from data.model import (
    CommandId,
    Device,
    DeviceId,
    DeviceInput,
    Position,
    SensorKind,
    SpeedUnit,
    VehicleId,
)
from data.store.database.engine import Tx
from data.store.tracking.positions import find_last_of_device
from data.store.tracking.tracker_state import (
    list_commands,
    list_faults,
    list_last_contacts,
    list_last_tracker_messages,
)
from data.store.tracking.unknown_trackers import list_unknown_trackers
from fleet.accounts.accounts import TRACKER_LETTERS
from fleet.setup.machine_list import machines_in_use
from fleet.tracking.field_parsers import LATEST
from fleet.tracking.trackers import (
    COMMAND_LETTERS,
    KEY_LETTERS,
    MOST_INPUTS,
    TrackerSettings,
    adopt,
    all_devices,
    forget_sender,
    queue_command,
    renew_token,
    reset_fault_counts,
    set_tracker,
    take_back_command,
)
from maps.pages.qr_code import QrCode, qr_code
from maps.tracking import (
    TrackerKnowledge,
    TrackersView,
    is_shown,
    traccar_client_address,
    trackers_view,
)

POSITIONS_SHOWN = timedelta(days=30)
"""Age of a last position that is still shown."""

COMMANDS_LISTED = 1_000
"""Commands read, the latest first."""

router = APIRouter(route_class=CheckedRoute)

Key = Annotated[int, Path(ge=1, lt=2**63)]
VehicleKey = Annotated[int, Field(ge=1, lt=2**63)]
Named = Annotated[str, Field(min_length=1, max_length=TRACKER_LETTERS)]


class TrackerIn(Wire):
    """A new tracker; `listed_as` names the unknown sender that it adopts."""

    name: Named
    vehicle_id: VehicleKey
    trusted: bool = False
    listed_as: Annotated[str, Field(max_length=TRACKER_LETTERS)] = ""


class InputIn(Wire):
    """A digital input: its key, its meaning, and whether it is inverted."""

    key: Annotated[str, Field(min_length=1, max_length=KEY_LETTERS)]
    equipment: SensorKind
    inverted: bool = False


class TrackerSetIn(Wire):
    """The settings of a tracker."""

    vehicle_id: VehicleKey
    speed_unit: SpeedUnit
    trusted: bool
    shows_texts: bool = False
    inputs: Annotated[list[InputIn], Field(max_length=MOST_INPUTS)]


class CommandIn(Wire):
    """A command for a tracker."""

    text: Annotated[str, Field(min_length=1, max_length=COMMAND_LETTERS)]


class UnknownTrackerIn(Wire):
    """An unknown sender to remove from the list."""

    name: Annotated[str, Field(min_length=1, max_length=TRACKER_LETTERS)]


class TrackerTokenOut(BaseModel):
    """A tracker's token, not shown again, and the updated page.

    `qr` sets up the app Traccar Client on a phone: its address, the token, and how often it sends.
    """

    id: int
    name: str
    token: str
    qr: QrCode
    page: TrackersView


@router.get("/setup/trackers")
def trackers_page(request: Request, context: AdminContext) -> Response:
    """Show the trackers and unknown senders."""
    view = {"boot": boot_of(request, context)}
    view["boot"]["base"] = _base(request)
    return page(request, "tracking/trackers.html", view)


@router.get("/api/trackers")
def get_trackers(context: AdminContext) -> TrackersView:
    """Return all trackers with their last contacts and faults, and the unknown senders."""
    context.app.position_ingest.tracker_stats.write()
    return _page(context)


@router.post("/api/trackers", status_code=201)
def create_tracker(request: Request, wanted: TrackerIn, context: AdminContext) -> TrackerTokenOut:
    """Add a tracker, or adopt an unknown sender."""
    with context.writing() as tx:
        device, token = adopt(
            tx,
            context.actor,
            wanted.name,
            VehicleId(wanted.vehicle_id),
            context.now,
            trusted=wanted.trusted,
            listed_as=wanted.listed_as,
        )
    forget_trackers(context.app)
    return _token_out(request, device, token, _page(context))


@router.post("/api/trackers/{key}")
def update_tracker(key: Key, wanted: TrackerSetIn, context: AdminContext) -> TrackersView:
    """Change a tracker's vehicle and settings."""
    inputs = [DeviceInput(one.key.strip(), one.equipment, one.inverted) for one in wanted.inputs]
    with context.writing() as tx:
        settings = TrackerSettings(
            VehicleId(wanted.vehicle_id),
            wanted.speed_unit,
            inputs,
            wanted.trusted,
            wanted.shows_texts,
        )
        set_tracker(tx, context.actor, DeviceId(key), settings, context.now)
    forget_trackers(context.app)
    return _page(context)


@router.post("/api/trackers/{key}/token", status_code=201)
def create_tracker_token(request: Request, key: Key, context: AdminContext) -> TrackerTokenOut:
    """Give a tracker a new token; the old one is revoked."""
    with context.writing() as tx:
        device, token = renew_token(tx, context.actor, DeviceId(key), context.now)
    forget_trackers(context.app)
    return _token_out(request, device, token, _page(context))


@router.post("/api/trackers/{key}/faults/clear")
def clear_tracker_faults(key: Key, context: AdminContext) -> TrackersView:
    """Reset a tracker's fault counts."""
    context.app.position_ingest.tracker_stats.write()
    with context.writing() as tx:
        reset_fault_counts(tx, DeviceId(key))
    return _page(context)


@router.post("/api/trackers/{key}/commands", status_code=201)
def create_tracker_command(key: Key, wanted: CommandIn, context: DispatcherContext) -> TrackersView:
    """Queue a command, which the tracker gets with the answer to its next message."""
    device_id = DeviceId(key)
    with context.writing() as tx:
        queue_command(tx, context.actor, device_id, wanted.text, context.now)
    expect_command(context.app, device_id)
    return _page(context)


@router.post("/api/trackers/{key}/commands/{command}/take-back")
def delete_tracker_command(key: Key, command: Key, context: DispatcherContext) -> TrackersView:
    """Remove a command that the tracker has not got yet."""
    with context.writing() as tx:
        take_back_command(tx, context.actor, DeviceId(key), CommandId(command), context.now)
    return _page(context)


@router.post("/api/unknown-trackers/forget")
def delete_unknown_tracker(wanted: UnknownTrackerIn, context: AdminContext) -> TrackersView:
    """Remove an unknown sender from the list; it returns with its next message."""
    with context.writing() as tx:
        forget_sender(tx, wanted.name)
    return _page(context)


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _token_out(request: Request, device: Device, token: str, view: TrackersView) -> TrackerTokenOut:
    code = qr_code(traccar_client_address(f"{_base(request)}/osmand", token))
    return TrackerTokenOut(id=device.id, name=device.name, token=token, qr=code, page=view)


def _page(context: Context) -> TrackersView:
    """Read the page after the order, so that nobody who writes waits for it."""
    with context.reading() as tx:
        devices, heard = all_devices(tx), list_last_contacts(tx)
        known = TrackerKnowledge(
            heard=heard,
            faults=tuple(list_faults(tx)),
            commands=tuple(list_commands(tx, COMMANDS_LISTED)),
            words=tuple(list_last_tracker_messages(tx)),
            last=tuple(_last_positions(tx, devices, heard, context.now)),
        )
        vehicles, unknown = machines_in_use(tx), list_unknown_trackers(tx)
    return trackers_view(devices, known, vehicles, unknown, context.now)


def _last_positions(
    tx: Tx, devices: Iterable[Device], heard: Mapping[DeviceId, datetime], now: datetime
) -> Iterator[Position]:
    """Yield the newest position of each tracker that the page lists."""
    for device in devices:
        heard_at = heard.get(device.id)
        if heard_at is not None and is_shown(device, heard_at, now):
            since, until = now - POSITIONS_SHOWN, heard_at + LATEST
            fix = find_last_of_device(tx, device, since, until)
            if fix is not None:
                yield fix
