"""The texts of the pages' scripts, in an answer of their own that browsers keep."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.processes.cached_response import READERS_OWN, PackedAnswer, json_of, shared_answer
from api.web.checked_route import CheckedRoute
from api.web.context import AnyContext, App
from maps.pages.i18n import Translator, translator

KEPT = "private, max-age=31536000, immutable"
"""`Cache-Control` of texts under an address that changes with them."""

router = APIRouter(route_class=CheckedRoute)


@router.get("/api/texts", response_model=dict[str, str | list[str]])
def get_texts(
    request: Request,
    context: AnyContext,
    v: Annotated[str, Query(max_length=64, description="the digest in the page's address")] = "",
) -> Response:
    """Return every text of the reader's language by msgid, for scripts."""
    packed = _texts(context.app, context.language)
    return shared_answer(request, packed, KEPT if v == _digest(packed) else READERS_OWN)


def texts_address(app: App, language: str) -> str:
    """Return the address of a language's texts, which is another one where they change."""
    return f"/api/texts?lang={language}&v={_digest(_texts(app, language))}"


def _texts(app: App, language: str) -> PackedAnswer:
    now = app.city_state.now
    shared = app.boards.reports.of(("texts", language))

    def spoken() -> Translator:
        return translator(language, now.city.timezone).of_city(now.policy, now.districts)

    return shared.packed(
        lambda: json_of(spoken().texts()),
        ("city", now.city.revision),
    )


def _digest(packed: PackedAnswer) -> str:
    return packed.etag.removeprefix('W/"').removesuffix('"')
