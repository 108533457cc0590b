"""What drivers report of streets, with a photo and a voice note: listed, and cleared."""

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from api.shifts.shifts import answered_tap, legs_of, own_shift
from api.web.checked_route import CheckedRoute, takes_up_to
from api.web.context import BoardContext, Context, DispatcherContext, DriverContext, WallContext
from api.web.page_context import shown_to
from api.web.photos import keep_photo, photo_answer, thumbnail_answer, voice_answer
from api.web.request_body import limited_body
from api.web.schemas import BlockageIn
from data.files.photos import MOST_BYTES
from data.files.voice_notes import MOST_BYTES as MOST_VOICE_BYTES
from data.files.voice_notes import save_voice
from data.model import Blockage, BlockageId, PlanId, ShiftId
from data.model.work import SkipReason
from data.store.database.engine import Tx
from data.store.shifts.blockages import get_blockage, list_open_blockages
from fleet.setup.machine_list import machine_names
from fleet.shifts.blockages import (
    BlockageReport,
    add_photo,
    add_voice,
    clear_blockage,
    report_blockage,
)
from fleet.shifts.machine_limits import propose_limit
from fleet.storms.storm_lookup import wanted_storm
from maps.shifts.driver import BlockageView, blockage_view

router = APIRouter(route_class=CheckedRoute)


@router.get("/api/blockages")
def get_blockages(context: WallContext) -> list[BlockageView]:
    """Return the blockages of the active storm, the oldest first."""
    with context.reading() as tx:
        storm = wanted_storm(tx)
        found = list_open_blockages(tx, storm.id) if storm else []
        return [shown_to(context)(_view(tx, context, each)) for each in found]


@router.post("/api/shifts/{shift_id}/blockages")
def create_blockage(shift_id: ShiftId, tap: BlockageIn, context: DriverContext) -> BlockageView:
    """Report why legs are left out; a photo and a voice note may follow."""
    legs = legs_of(PlanId(tap.plan_id), shift_id, tap.leg, tap)
    reported: list[BlockageView] = []

    def order(tx: Tx) -> BlockageView:
        wish = BlockageReport(tap.place(), tap.text, tap.tapped_at, tap.reason, tap.accuracy_m)
        network = context.app.network
        found = report_blockage(tx, context.actor, legs, network, wish, context.now)
        if found.reason is SkipReason.IMPOSSIBLE:
            propose_limit(tx, context.actor, found, network, tap.turn(), context.now)
        reported.append(_view(tx, context, found))
        return reported[0]

    answer = answered_tap(context, shift_id, tap, order)
    context.app.hub.publish("blockages", reported)
    return answer


@router.post("/api/blockages/{blockage_id}/photo", dependencies=[takes_up_to(MOST_BYTES)])
async def upload_blockage_photo(
    blockage_id: BlockageId, request: Request, context: DriverContext
) -> BlockageView:
    """Store the request body as the photo: JPEG, PNG or WebP; it replaces an earlier one."""
    await asyncio.to_thread(_may_add, context, blockage_id)
    content = await limited_body(request, MOST_BYTES)
    return await asyncio.to_thread(_keep_photo, context, blockage_id, content)


@router.get("/api/blockages/{blockage_id}/photo")
def get_blockage_photo(blockage_id: BlockageId, context: BoardContext) -> FileResponse:
    """Return the photo of a blockage, as an image."""
    with context.reading() as tx:
        photo = get_blockage(tx, blockage_id).photo
    return photo_answer(context.app.folder, photo, blockage_id)


@router.get("/api/blockages/{blockage_id}/photo/thumbnail")
def get_blockage_thumbnail(blockage_id: BlockageId, context: BoardContext) -> Response:
    """Return the photo of a blockage as a small image."""
    with context.reading() as tx:
        photo = get_blockage(tx, blockage_id).photo
    return thumbnail_answer(context.app.folder, photo, blockage_id)


@router.post("/api/blockages/{blockage_id}/voice", dependencies=[takes_up_to(MOST_VOICE_BYTES)])
async def upload_blockage_voice(
    blockage_id: BlockageId, request: Request, context: DriverContext
) -> BlockageView:
    """Store the request body as the voice note: WebM, MP4 or Ogg; it replaces an earlier one."""
    await asyncio.to_thread(_may_add, context, blockage_id)
    content = await limited_body(request, MOST_VOICE_BYTES)
    return await asyncio.to_thread(_keep_voice, context, blockage_id, content)


@router.get("/api/blockages/{blockage_id}/voice")
def get_blockage_voice(blockage_id: BlockageId, context: BoardContext) -> FileResponse:
    """Return the voice note of a blockage, as sound."""
    with context.reading() as tx:
        voice = get_blockage(tx, blockage_id).voice
    return voice_answer(context.app.folder, voice, blockage_id)


@router.post("/api/blockages/{blockage_id}/clear")
def clear_one_blockage(blockage_id: BlockageId, context: DispatcherContext) -> BlockageView:
    """Clear a blockage."""
    with context.changing(f"blockage:{blockage_id}") as tx:
        view = _view(tx, context, clear_blockage(tx, context.actor, blockage_id, context.now))
    context.app.hub.publish("blockages", [view])
    return view


def _may_add(context: Context, blockage_id: BlockageId) -> None:
    with context.reading() as tx:
        own_shift(tx, context, get_blockage(tx, blockage_id).shift_id)


def _keep_photo(context: Context, blockage_id: BlockageId, content: bytes) -> BlockageView:
    def store(tx: Tx, photo: str) -> tuple[BlockageView, str]:
        found, former = add_photo(tx, context.actor, blockage_id, photo, context.now)
        return _view(tx, context, found), former

    return _told(context, keep_photo(context, content, store))


def _keep_voice(context: Context, blockage_id: BlockageId, content: bytes) -> BlockageView:
    def store(tx: Tx, voice: str) -> tuple[BlockageView, str]:
        found, former = add_voice(tx, context.actor, blockage_id, voice, context.now)
        return _view(tx, context, found), former

    return _told(context, keep_photo(context, content, store, save_voice))


def _told(context: Context, view: BlockageView) -> BlockageView:
    """Tell boards, in the thread that has written: else they take the view for an old one."""
    context.app.hub.publish("blockages", [view])
    return view


def _view(tx: Tx, context: Context, found: Blockage) -> BlockageView:
    return blockage_view(found, context.app.network, machine_names(tx))
