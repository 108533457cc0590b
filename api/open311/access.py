"""Access to Open311: reading is public, writing needs a key, and both have rate limits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Request

from api.access.rate_limits import PublicAction, address_of
from api.access.refused_entries import EntryWay, log_refused
from api.web.context import App, app_of, spoken_language
from data.errors import ForbiddenError, NotFoundError
from data.model import ApiKey
from data.store.database.engine import reading
from fleet.accounts.api_keys import find_key
from maps.pages.i18n import Translator, translator


@dataclass(frozen=True, slots=True)
class Visitor:
    """The client, time and language of a request; `key` where a valid key was sent."""

    app: App
    key: ApiKey | None
    now: datetime
    t: Translator

    @property
    def writing_key(self) -> ApiKey:
        """The key; raise `ForbiddenError` without one."""
        if self.key is None:
            raise ForbiddenError("a key is missing", field="api_key")
        return self.key


def reader(
    request: Request,
    api_key: Annotated[
        str | None, Query(description="Shows the words and pictures that this key brought")
    ] = None,
    jurisdiction_id: Annotated[
        str | None, Query(description="The city's name, for clients that know several")
    ] = None,
) -> Visitor:
    """Return the client of a reading request; raise `TooManyError` above the rate."""
    found = _visitor(request, api_key or "", jurisdiction_id or "")
    sender = address_of(request) if found.key is None else _sender(found.key)
    _enter(found.app, PublicAction.READ if found.key is None else PublicAction.KEY, sender)
    return found


def writer(request: Request, api_key: str, jurisdiction_id: str) -> Visitor:
    """Return the client; raise `ForbiddenError` without a key, `TooManyError` above the rate.

    A missing key counts as a wrong one.
    """
    found = _visitor(request, api_key, jurisdiction_id)
    if found.key is None:
        _enter(found.app, PublicAction.WRONG_KEY, address_of(request))
    _enter(found.app, PublicAction.KEY, _sender(found.writing_key))
    return found


class KeyGuard:
    """A dependency of writing routes: who sent too many wrong keys is not read.

    The standard has the key in the form, so that the form of anybody else must be read first.
    """

    def __call__(self) -> None:
        """Do nothing: the endpoint checks the key of the form."""

    def before_body(self, request: Request) -> None:
        """Raise `TooManyError` after too many wrong keys, `ForbiddenError` for one in the query."""
        app, address = app_of(request), address_of(request)
        app.limits.check(PublicAction.WRONG_KEY, address)
        if api_key := request.query_params.get("api_key"):
            _known(app, address, api_key)


def translator_for(request: Request) -> Translator:
    """Return the translator for the answer; the city's language before the client's."""
    app = app_of(request)
    language = spoken_language(app.settings, request, app.city.language)
    return translator(language, app.city.timezone).plain


def _visitor(request: Request, api_key: str, jurisdiction_id: str) -> Visitor:
    app = app_of(request)
    key = _known(app, address_of(request), api_key) if api_key else None
    if jurisdiction_id.strip() and jurisdiction_id.strip().casefold() not in _names(app):
        raise NotFoundError("jurisdiction", jurisdiction_id)
    return Visitor(app, key, app.clock.now(), translator_for(request))


def _known(app: App, address: str, api_key: str) -> ApiKey:
    """Return the key with this text; wrong keys are rate limited."""
    _enter(app, PublicAction.WRONG_KEY, address)
    with reading(app.engine) as tx:
        key = find_key(tx, api_key)
    if key is None:
        log_refused(EntryWay.API_KEY, address)
        raise ForbiddenError("this is no key, or a revoked one", field="api_key")
    app.limits.give_back(PublicAction.WRONG_KEY, address)
    return key


def _names(app: App) -> set[str]:
    return {app.city.name.casefold(), app.folder.name.casefold()}


def _sender(key: ApiKey) -> str:
    return f"key:{key.id}"


def _enter(app: App, action: PublicAction, sender: str) -> None:
    app.limits.enter(action, sender)


KEY_GUARD = Depends(KeyGuard())

ReadingVisitor = Annotated[Visitor, Depends(reader)]
