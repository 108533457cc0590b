"""The context of endpoints: the application, and per request the user, time and language."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from api.access.auth import SESSION_S, Seals, SecondStepMissingError, SignedOutError, require_same
from api.access.code_limit import CodeLimit, TrackCodeLimit
from api.access.rate_limits import PublicLimits, address_of
from api.access.sessions import SessionCookie, Sessions, SignedIn
from api.access.sign_in_accounts import CityAccounts, CityInProvince
from api.config.clock import Clock
from api.config.request_metrics import Meters
from api.config.settings import Settings
from api.processes.answer_process import AnswerProcess
from api.processes.background_job import BackgroundJob
from api.processes.city_state import CityStateHolder
from api.processes.cluster.leadership import Leadership
from api.processes.desk_screens import DeskScreens
from api.processes.dispatch_rpc import DispatchClient
from api.processes.event_feeds import EventFeeds
from api.processes.ingest.board_cache import BoardCache
from api.processes.ingest.live_positions import Consumer
from api.processes.ingest.position_ingest import PositionIngest
from api.processes.ingest.report_ingest import ReportIngest
from api.processes.messages.notice_sender import NoticeSender
from api.processes.offers import Offers
from api.processes.photo_intake import PhotoIntake
from api.processes.tasks.alert_task import AlertTask
from api.processes.tasks.audit_task import AuditTask
from api.processes.tasks.clock_task import ClockTask
from api.processes.tasks.cycle_task import CycleTask
from api.processes.tasks.escalation_task import EscalationTask
from api.processes.tasks.logbook_task import LogbookTask
from api.processes.tasks.receipt_task import ReceiptTask
from api.processes.tasks.replay_task import ReplayTask
from api.processes.tasks.retention_task import RetentionTask
from api.processes.tasks.voice_task import VoiceTask
from api.web.cookies import CSRF_COOKIE, LANGUAGE_COOKIE, SESSION_COOKIE, read_cookie, write_cookie
from data.errors import ForbiddenError, InvalidError
from data.geocode import Geocoder
from data.languages import default_language, languages
from data.model import Actor, ActorKind, City, Role, SessionId, SignInMethod, User
from data.policy.city_policy import Policy
from data.store.database.engine import Database, Tx, reading, transaction
from data.streets.network import StreetNetwork
from fleet.accounts.sessions import SessionOrigin
from fleet.audit.last_change import require_unchanged
from fleet.context import CityContext
from fleet.messages.presence import BoardPresence
from fleet.replay.storm_history import StormHistory
from fleet.reports.storm_statistics import StormRecords
from fleet.routes.published_plan import Estimates, PublishedPlanCache
from fleet.tracking.live_fleet import Hub, LiveFleet
from fleet.training.timeline import TraineeActs

SECOND_STEP = "/account/second-step"
"""Page on which people set up their second step."""
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
VERSION_DIGITS = 18
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass
class App:
    """The parts of one city's server that all requests share (`app.state.barfrub`)."""

    settings: Settings
    folder: Path
    clock: Clock
    engine: Database
    city_state: CityStateHolder
    hub: Hub
    live: LiveFleet
    consumer: Consumer
    alert_task: AlertTask
    escalation_task: EscalationTask
    cycle_task: CycleTask
    audit_task: AuditTask
    clock_task: ClockTask
    receipt_task: ReceiptTask
    position_ingest: PositionIngest
    seals: Seals
    sessions: Sessions
    accounts: CityAccounts
    meters: Meters
    limits: PublicLimits
    tracker_limits: PublicLimits
    code_entries: CodeLimit
    track_codes: TrackCodeLimit
    presence: BoardPresence
    retention_task: RetentionTask
    notice_sender: NoticeSender
    voice_task: VoiceTask
    logbook_task: LogbookTask
    history: StormHistory
    replay_task: ReplayTask
    report_ingest: ReportIngest
    dispatch: DispatchClient
    boards: BoardCache
    feeds: EventFeeds
    photos: PhotoIntake
    leadership: Leadership
    answers: AnswerProcess
    records: StormRecords = field(default_factory=StormRecords)
    plans: PublishedPlanCache = field(default_factory=PublishedPlanCache)
    offers: Offers = field(default_factory=Offers)
    desk_screens: DeskScreens = field(default_factory=DeskScreens)
    trainee_acts: TraineeActs = field(default_factory=TraineeActs)
    background_job: BackgroundJob[Any] = field(default_factory=BackgroundJob)

    def join(self, province: CityInProvince) -> None:
        """Let people of a province sign in too."""
        self.accounts.province = self.sessions.province = province

    @property
    def city(self) -> City:
        """The city's record."""
        return self.city_state.now.city

    @property
    def network(self) -> StreetNetwork:
        """The streets in force."""
        return self.city_state.now.network

    @property
    def policy(self) -> Policy:
        """The city's levels of service."""
        return self.city_state.now.policy

    @property
    def estimates(self) -> Estimates:
        """Estimates of arrival times from the published plan and its progress."""
        return Estimates(self.plans, self.network, self.policy)

    @property
    def geocoder(self) -> Geocoder:
        """The geocoder of these streets."""
        return self.city_state.now.geocoder


@dataclass(frozen=True, slots=True)
class Context:
    """The user, time and language of a request, and its application."""

    app: App
    user: User
    now: datetime
    language: str
    csrf: str
    session_id: SessionId
    seen: int | None = None
    """The version that the page has shown (`If-Match`), see `changing`."""

    @property
    def actor(self) -> Actor:
        """The actor in the audit log."""
        return Actor(ActorKind.USER, self.user.login)

    def reading(self) -> AbstractContextManager[Tx]:
        """Return a read-only transaction."""
        return reading(self.app.engine)

    def writing(self) -> AbstractContextManager[Tx]:
        """Return a transaction that is committed before the answer is sent."""
        return transaction(self.app.engine)

    @contextmanager
    def changing(self, subject: str) -> Iterator[Tx]:
        """Return a writing transaction; raise `ConflictError` where the page's version is old.

        `subject` is the subject in the audit log, like "request:12".
        """
        with self.writing() as tx:
            require_unchanged(tx, subject, self.seen)
            yield tx

    def city(self, tx: Tx) -> CityContext:
        """Return the city context of this request: streets, policy and time."""
        return CityContext(tx, self.app.network, self.app.policy, self.now)

    def has(self, *roles: Role) -> bool:
        """Whether the user has one of these roles."""
        return bool(set(roles) & set(self.user.roles))


def app_of(request: Request) -> App:
    """Return the application of a request."""
    app: App = request.app.state.barfrub
    return app


async def sent_csrf(request: Request) -> str:
    """Return the anti-forgery token of a request, from header or form field."""
    header = request.headers.get(CSRF_HEADER)
    if header is None and sends_form(request):
        return str((await request.form()).get("csrf", ""))
    return header or ""


SentCsrf = Annotated[str, Depends(sent_csrf)]


@dataclass(frozen=True)
class Allowed:
    """A dependency that returns the context of a user with one of these roles, or raises."""

    roles: tuple[Role, ...]

    def __call__(self, request: Request) -> Context:
        """Return what `before_body` returns, which looks at the headers alone."""
        return self.before_body(request)

    def before_body(self, request: Request) -> Context:
        """Check session, anti-forgery token, role and second step, in this order."""
        context = _context_for(request, self.roles, in_form=False)
        if second_step_missing(context.app, context.user):
            raise SecondStepMissingError
        return context


@dataclass(frozen=True)
class AllowedByForm:
    """As `Allowed`, for forms without scripts: the anti-forgery token is one of their fields."""

    roles: tuple[Role, ...]
    second_step: bool = False  # one's own account is open to who is to set it up

    def __call__(self, request: Request, csrf: SentCsrf) -> Context:
        """Check what `before_body` checks, and the token of the form."""
        context = self.before_body(request)
        if request.method not in SAFE_METHODS:
            require_same(csrf, context.csrf)
        return context

    def before_body(self, request: Request) -> Context:
        """Check session, role, and a token in the headers: a form's own is read later."""
        in_form = CSRF_HEADER not in request.headers and sends_form(request)
        context = _context_for(request, self.roles, in_form=in_form)
        if self.second_step and second_step_missing(context.app, context.user):
            raise SecondStepMissingError
        return context


def second_step_missing(app: App, user: User) -> bool:
    """Whether the city wants a second step of somebody who has none yet."""
    wanted = app.policy.sign_in.wants_second_step(user.roles)
    return wanted and not app.accounts.of(user).wants_second_step


def _context_for(request: Request, roles: Iterable[Role], *, in_form: bool) -> Context:
    if (signed := signed_in(request)) is None:
        raise SignedOutError
    user = signed.user
    if request.method not in SAFE_METHODS and not in_form:
        require_same(request.headers.get(CSRF_HEADER, ""), signed.csrf)
    request.state.role = "+".join(sorted(user.roles))
    if not set(roles) & set(user.roles):
        raise ForbiddenError("your role does not allow this")
    return context_of(request, signed)


def seen_version(header: str) -> int | None:
    """Return the version in `If-Match`; `None` where any is accepted."""
    text = header.strip().strip('"')
    if text in ("", "*"):
        return None
    if not text.isdecimal() or len(text) > VERSION_DIGITS:
        raise InvalidError("If-Match", header[:40], "a whole number")
    return int(text)


def context_of(request: Request, signed: SignedIn) -> Context:
    """Return the context of somebody who is signed in."""
    app, seen = app_of(request), seen_version(request.headers.get("if-match", ""))
    now, session_id, language = app.clock.now(), signed.session.id, request.state.language
    return Context(app, signed.user, now, language, signed.csrf, session_id, seen)


def signed_in(request: Request) -> SignedIn | None:
    """Return session and user, or `None`, looked up once a request.

    Sets the language of the answer.
    """
    if not hasattr(request.state, "signed_in"):
        text = read_cookie(app_of(request).settings, request, SESSION_COOKIE)
        signed = request.state.signed_in = app_of(request).sessions.find(text)
        request.state.language = language_of(request, signed.user if signed else None)
    known: SignedIn | None = request.state.signed_in
    return known


def session_origin(request: Request, method: SignInMethod) -> SessionOrigin:
    """Return from where a session begins in the browser of a request; the one that it had ends."""
    browser, former = request.headers.get("user-agent", ""), signed_in(request)
    had = former.session.id if former else None
    return SessionOrigin(method, address_of(request), browser, had)


def set_session(request: Request, response: Response, cookie: SessionCookie) -> None:
    """Set the cookies of a new session."""
    set_cookie(request, response, SESSION_COOKIE, cookie.text, cookie.lasts_s)
    set_cookie(request, response, CSRF_COOKIE, cookie.csrf)


class FormToken:
    """A dependency of public forms, which raises `StalePageError` unless the token fits."""

    def __call__(self, request: Request, csrf: SentCsrf) -> None:
        """Compare the token of the header or the form with that of the session or the cookie."""
        require_same(csrf, _expected_csrf(request))

    def before_body(self, request: Request) -> None:
        """Check all that the headers tell: the form's own token is read later."""
        expected, header = _expected_csrf(request), request.headers.get(CSRF_HEADER)
        in_form = header is None and sends_form(request)
        require_same(expected if in_form else header or "", expected)


require_csrf = FormToken()


def sends_form(request: Request) -> bool:
    """Whether the body of a request is a form."""
    return request.headers.get("content-type", "").startswith(FORM_TYPES)


def _expected_csrf(request: Request) -> str:
    """Return the token that a visitor's forms must send; empty where he has none."""
    if signed := signed_in(request):
        return signed.csrf
    cookie = read_cookie(app_of(request).settings, request, CSRF_COOKIE)
    return cookie if app_of(request).seals.genuine(cookie) else ""


def set_cookie(
    request: Request, response: Response, name: str, text: str, lasts_s: int = SESSION_S
) -> None:
    """Set a cookie as of `write_cookie`."""
    write_cookie(app_of(request).settings, request, response, name, text, lasts_s)


def language_of(request: Request, user: User | None) -> str:
    """Return the language of the answer; the user's own before the city's."""
    app = app_of(request)
    return spoken_language(app.settings, request, user.language if user else "", app.city.language)


def spoken_language(settings: Settings, request: Request, *known: str) -> str:
    """Return the language of the answer.

    The address asks first, then the cookie of the switch, what is known, the browser.
    """
    accepted = request.headers.get("accept-language", "")
    wanted = [
        request.query_params.get("lang"),
        read_cookie(settings, request, LANGUAGE_COOKIE),
        *known,
        *(part.split(";")[0].split("-")[0].strip().lower() for part in accepted.split(",")),
    ]
    return next((code for code in wanted if code and code in languages()), default_language())


READS_WORDS = (Role.ADMINISTRATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.OPERATOR)
"""Roles that may read callers' words."""

BOARD_ROLES = (Role.ADMINISTRATOR, Role.DISPATCHER, Role.SUPERVISOR)
"""Roles that use the board."""

_ADMIN = (Role.ADMINISTRATOR,)
_DISPATCH = (Role.ADMINISTRATOR, Role.DISPATCHER)
_PEOPLE = tuple(role for role in Role if role is not Role.WALL)

AnyContext = Annotated[Context, Depends(Allowed(tuple(Role)))]
AccountContext = Annotated[Context, Depends(AllowedByForm(_PEOPLE))]
WallContext = Annotated[Context, Depends(Allowed((*BOARD_ROLES, Role.WALL)))]
BoardContext = Annotated[Context, Depends(Allowed(BOARD_ROLES))]
BoardFormContext = Annotated[Context, Depends(AllowedByForm(BOARD_ROLES, second_step=True))]
IntakeContext = Annotated[Context, Depends(Allowed(READS_WORDS))]
IntakeFormContext = Annotated[Context, Depends(AllowedByForm(READS_WORDS, second_step=True))]
CallerContext = Annotated[Context, Depends(Allowed((*BOARD_ROLES, Role.OPERATOR)))]
StreetContext = Annotated[Context, Depends(Allowed((*BOARD_ROLES, Role.OPERATOR)))]
AddressContext = Annotated[Context, Depends(Allowed((*BOARD_ROLES, Role.OPERATOR, Role.COUNCIL)))]
CouncilContext = Annotated[Context, Depends(Allowed((*BOARD_ROLES, Role.COUNCIL)))]
RouteContext = Annotated[Context, Depends(Allowed((*BOARD_ROLES, Role.DRIVER)))]
DispatcherContext = Annotated[Context, Depends(Allowed(_DISPATCH))]
DriverContext = Annotated[Context, Depends(Allowed((*_DISPATCH, Role.DRIVER)))]
CrewContext = Annotated[Context, Depends(Allowed((*_DISPATCH, Role.CREW)))]
AdminContext = Annotated[Context, Depends(Allowed(_ADMIN))]
AdminFormContext = Annotated[Context, Depends(AllowedByForm(_ADMIN, second_step=True))]
