"""The voice of a route, for phones that have none of the driver's language."""

import base64
from asyncio import Semaphore
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.processes.cached_response import READERS_OWN, json_of, packed_answer_of, shared_answer
from api.shifts.driving import said_on_route
from api.web.checked_route import CheckedRoute
from api.web.context import Context, DriverContext
from api.web.page_context import translator_of
from maps.guidance.phrases import phrases
from maps.pages.i18n import Translator

router = APIRouter(route_class=CheckedRoute)

_AT_ONCE = Semaphore(1)
"""Phones of a fleet ask together: who waits for one costs nothing."""


@dataclass(frozen=True, slots=True)
class RouteVoice:
    """MP3 files in base64 by the phrase that they say, and how many phrases are being spoken.

    A file is empty where there is nothing to hear. No files and none to come: there is no engine.
    Who has what was given so far asks for the rest with `after`, the `whole` of the last answer.
    """

    language: str
    clips: Mapping[str, str]
    missing: int
    whole: int


@router.get("/api/drive/voice", response_model=RouteVoice)
async def get_route_voice(
    request: Request, context: DriverContext, after: Annotated[int, Query(ge=0)] = 0
) -> Response:
    """Return what is said on the driver's route as far as it is spoken, for the phone to keep.

    The first `after` phrases are left out.
    """
    async with _AT_ONCE:
        voice = await run_in_threadpool(_voice, context, translator_of(request), after)
    return shared_answer(request, packed_answer_of(json_of(voice)), READERS_OWN)


def _voice(context: Context, t: Translator, after: int) -> RouteVoice:
    clips = context.app.voice_task.clips(phrases(said_on_route(context, t), t))
    rest = islice(clips.made.items(), after, None)
    coded = {phrase: base64.b64encode(clip).decode() for phrase, clip in rest}
    return RouteVoice(t.language, coded, clips.missing, clips.whole)
