"""The state of a server without a city, which the holder of its code sets up."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from zoneinfo import available_timezones

from fastapi import Depends, Request
from pydantic import Field

from api.access.auth import (
    FirstStartSession,
    Seals,
    SignedOutError,
    WrongCodeError,
    hash_password,
    require_same,
)
from api.access.code_limit import CodeLimit, memory_counts
from api.access.password_rules import checked_password
from api.config.clock import Clock
from api.config.settings import Settings, plain_name
from api.processes.background_job import BackgroundJob, Report, WorkState
from api.web.context import CSRF_HEADER, SAFE_METHODS
from api.web.cookies import SESSION_COOKIE, read_cookie
from api.web.schemas import Wire
from api.web.uploads import reader_of, wanted_upload
from data.errors import ConflictError, InvalidError
from data.languages import LANGUAGE_LETTERS, known_language
from data.model import Actor, ActorKind, Role
from data.osm.place_download import fetch_place
from data.store.database.engine import Tx
from fleet.accounts.accounts import LOGIN_LETTERS, checked_login, enroll
from fleet.setup.city_setup import NewCity, add_city
from fleet.setup.city_setup import Report as CityReport

FOUNDER = Actor(ActorKind.SYSTEM, "first start")
"""The actor who creates a city, before anyone can sign in."""

ASKING = "ask"
"""The step before those of `fleet.setup`, when a place is downloaded from OpenStreetMap."""

OPENING = "open"
"""The step after those of `fleet.setup.city_setup`: the new city is loaded and served."""

_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_NAME_LETTERS = 64


class CityIn(Wire):
    """The new city and its administrator; without a `file`, `place` is downloaded.

    Without a `timezone` the city has that of the place where its streets lie.
    """

    name: Annotated[str, Field(min_length=1, max_length=_NAME_LETTERS)]
    timezone: Annotated[str, Field(max_length=64)]
    language: Annotated[str, Field(max_length=LANGUAGE_LETTERS)]
    file: Annotated[str, Field(max_length=200)] = ""
    place: Annotated[str, Field(max_length=200)] = ""
    boundary: Annotated[str, Field(max_length=200)] = ""
    districts: Annotated[str, Field(max_length=200)] = ""
    services: bool = False
    login: Annotated[str, Field(min_length=1, max_length=LOGIN_LETTERS)]
    password: Annotated[str, Field(max_length=1000)]


@dataclass(frozen=True, slots=True)
class _Founding:
    """A checked description of the new city."""

    folder: Path
    place: str
    streets: Path | None
    boundary: Path | None
    districts: Path | None
    timezone: str
    language: str
    services: bool
    login: str
    password_hash: str


@dataclass
class FirstStart:
    """The shared state of the first start; `open_city` serves a new city."""

    settings: Settings
    clock: Clock
    seals: Seals
    open_city: Callable[[Path], None]
    code: str
    background_job: BackgroundJob[CityReport] = field(default_factory=BackgroundJob)
    attempts: CodeLimit = field(default_factory=lambda: CodeLimit(memory_counts()))

    @property
    def over(self) -> bool:
        """Whether there is a city now."""
        return self.background_job.state.state is WorkState.DONE

    def session_for(self, code: str, address: str) -> FirstStartSession:
        """Return a session for the right code; raise `WrongCodeError` or `TooManyError`."""
        self.attempts.enter(address)
        if not secrets.compare_digest(_plain(code).encode(), _plain(self.code).encode()):
            raise WrongCodeError
        self.attempts.succeeded(address)
        return FirstStartSession(secrets.token_urlsafe(24), self._stamp())

    def session_of(self, request: Request) -> FirstStartSession | None:
        """Return the request's session, if it was opened with the code of this start."""
        session = self.seals.read_session(read_cookie(self.settings, request, SESSION_COOKIE))
        genuine = session is not None and secrets.compare_digest(session.stamp, self._stamp())
        return session if genuine else None

    def begin(self, wanted: CityIn) -> None:
        """Start creating the city; raise an error where its description is invalid."""
        if self.over:
            raise ConflictError("the city is made", reason="city_made")
        founding = self._founding(wanted)
        name = ASKING if founding.place else "add"
        self.background_job.begin(name, lambda report: self._found(founding, report))

    def _founding(self, wanted: CityIn) -> _Founding:
        login = checked_login(wanted.login.strip())
        password = checked_password("password", wanted.password, login, wanted.name)
        known_language(wanted.language)
        if wanted.timezone and wanted.timezone not in available_timezones():
            raise InvalidError("timezone", wanted.timezone, "a zone like Asia/Tehran")
        if not wanted.file and not wanted.place.strip():
            raise InvalidError("file", "", "a street file, or the name of a place")
        return _Founding(
            folder=self._folder(wanted),
            place="" if wanted.file else wanted.place.strip(),
            streets=self._file(wanted.file, "streets"),
            boundary=self._file(wanted.boundary, "boundary"),
            districts=self._file(wanted.districts, "districts"),
            timezone=wanted.timezone,
            language=wanted.language,
            services=wanted.services,
            login=login,
            password_hash=hash_password(password),
        )

    def _found(self, city: _Founding, report: Report) -> CityReport:
        now, streets, boundary = self.clock.now(), city.streets, city.boundary
        if streets is None:
            report(ASKING)
            asked = fetch_place(city.place, self.settings.var / "places")
            streets, boundary = asked.streets, boundary or asked.boundary

        def arrange(tx: Tx) -> None:
            roles = [Role.ADMINISTRATOR]
            enroll(tx, FOUNDER, city.login, roles, city.language, city.password_hash, now)

        made = add_city(
            city.folder,
            NewCity(
                city.folder.name,
                streets,
                timezone=city.timezone,
                services=city.services,
                boundary=boundary,
                districts=city.districts,
                language=city.language,
                database_url=self.settings.database,
            ),
            now,
            FOUNDER,
            report=report,
            arrange=arrange,
            read=reader_of(self.settings),
        )
        report(OPENING)
        self.open_city(city.folder)
        return made

    def _folder(self, wanted: CityIn) -> Path:
        name = wanted.name.strip()
        if not plain_name(name):
            raise InvalidError("name", name, "a plain name without slashes or a leading dot")
        folder = self.settings.city_folder(name)
        if folder.exists():
            raise ConflictError(f"city {name!r} exists already", reason="city_exists", city=name)
        return folder

    def _file(self, name: str, purpose: str) -> Path | None:
        return wanted_upload(self.settings.uploads, name, purpose) if name else None

    def _stamp(self) -> str:
        return hashlib.sha256(f"first start {self.code}".encode()).hexdigest()[:16]


def new_code() -> str:
    """Return a random code that is easy to read aloud."""
    letters = "".join(secrets.choice(_CODE_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def start_of(request: Request) -> FirstStart:
    """Return the shared state of the first start."""
    start: FirstStart = request.app.state.first_start
    return start


class CodeHolder:
    """A dependency that returns the shared state to holders of the code."""

    def __call__(self, request: Request) -> FirstStart:
        """Return what `before_body` returns, which looks at the headers alone."""
        return self.before_body(request)

    def before_body(self, request: Request) -> FirstStart:
        """Check session and anti-forgery token."""
        start = start_of(request)
        session = start.session_of(request)
        if session is None:
            raise SignedOutError
        if request.method not in SAFE_METHODS:
            require_same(request.headers.get(CSRF_HEADER, ""), session.csrf)
        return start


require_code = CodeHolder()

WithCode = Annotated[FirstStart, Depends(require_code)]


def _plain(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())
