"""The web application of one city: its parts are created and connected here."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles

from api import alerts, edits, logbook, replay, streets, weather, what_if
from api.access.auth import Seals
from api.access.code_limit import CodeLimit, TrackCodeLimit
from api.access.rate_limits import PublicLimits
from api.access.sessions import Sessions
from api.access.sign_in_accounts import CityAccounts
from api.accounts import (
    accounts,
    api_keys,
    own_account,
    password_reset,
    province_entry,
    second_step,
)
from api.audit import audit_log
from api.board import board, board_panels
from api.config.clock import Clock, SteadyClock
from api.config.logs import RequestLog
from api.config.request_metrics import Meters
from api.config.settings import Settings
from api.crews import crew, crew_dispatch, crews
from api.followup import (
    callbacks,
    inspections,
    office_report,
    referrals,
    request_details,
    unsent_messages,
    waiting_requests,
)
from api.learning import durations
from api.messages import crew_messages, fleet_orders, handover_notes, messages, presence
from api.open311 import intake as open311_intake
from api.open311 import requests as open311_requests
from api.open311 import services as open311_services
from api.open311 import updates as open311_updates
from api.open311.errors import install_outer_faults
from api.planning import plan_comparison, plans, run_files
from api.processes.answer_process import AnswerProcess
from api.processes.city_state import CityStateHolder
from api.processes.cluster.board_presence import presence_of
from api.processes.cluster.leadership import Leadership
from api.processes.cluster.rate_counts import account_store, counts_of
from api.processes.dispatch_rpc import DispatchClient
from api.processes.event_feeds import EventFeeds
from api.processes.ingest.board_cache import BoardCache
from api.processes.ingest.evidence_process import Apart
from api.processes.ingest.live_positions import Consumer
from api.processes.ingest.position_ingest import PositionIngest
from api.processes.ingest.report_ingest import ReportIngest
from api.processes.ingest.tracker_stats import TrackerStats
from api.processes.messages.kept_gateway import KeptGateway
from api.processes.messages.message_gateways import read_notice_settings
from api.processes.messages.notice_sender import NoticeSender
from api.processes.messages.push_gateway import PushGateway, push_contact
from api.processes.photo_intake import PhotoIntake
from api.processes.tasks.alert_task import AlertTask, DriverSignals
from api.processes.tasks.audit_task import AuditTask
from api.processes.tasks.clock_task import ClockTask
from api.processes.tasks.cycle_task import CycleTask
from api.processes.tasks.escalation_task import EscalationTask
from api.processes.tasks.logbook_task import LogbookTask
from api.processes.tasks.receipt_task import ReceiptTargets, ReceiptTask
from api.processes.tasks.replay_task import ReplayTask
from api.processes.tasks.retention_task import RetentionTask
from api.processes.tasks.voice_task import VoiceTask
from api.public import open_data, public_map, street_page, street_watch
from api.replanning import replans
from api.reports import council, machine_gain, storm_costs, storm_report
from api.requests import (
    call_answer,
    person_erasure,
    report_form,
    request_file,
    request_queue,
    requests,
    tracking_page,
)
from api.routes import plan_vs_actual, route_sheets
from api.server import certificate_page, health, metrics, sign_in_pages
from api.server.known_routes import KnownRoutes
from api.server.running import running
from api.server.tracker_paths import TrackedWeb
from api.setup import city_setup, machines, policy
from api.shifts import (
    blockages,
    driver,
    driving,
    machine_limits,
    order_preferences,
    rests,
    roster,
    route_answers,
    route_voice,
    shifts,
    stored_route,
    vehicle_checks,
)
from api.storms import call_outs, storm_conditions, storms
from api.tracking import osmand, owntracks, positions, trackers
from api.tracking.osmand import answer_tracker
from api.training import calls as training_calls
from api.training import debrief as training_debrief
from api.training import drive as training_drive
from api.training import instructor as training_instructor
from api.training import lessons as training_lessons
from api.training import outbox as training_outbox
from api.training import past_storms
from api.training import rehearsal as training_rehearsal
from api.training import sandboxes as training_sandboxes
from api.training import seats as training_seats
from api.web import installed_app, page_texts, stream
from api.web.context import App
from api.web.errors import ErrorOut, Failures, install_error_handlers
from api.web.security_headers import Compression, SecurityHeaders
from data.model import Position, ServiceRequest
from data.store.database.city_database import database_of
from data.store.migrations import require_current
from fleet.messages.sos import SosListener
from fleet.replay.storm_history import StormHistory
from fleet.routes.published_plan import PublishedPlanCache
from fleet.tracking.live_fleet import Hub, LiveFleet
from fleet.training.sandbox.folder import Sandbox
from maps.pages.scripts import scripts_dir
from maps.pages.templates import STATIC_DIR
from maps.requests.requests import request_view

ROUTES = (
    health,
    metrics,
    sign_in_pages,
    province_entry,
    requests,
    report_form,
    tracking_page,
    public_map,
    street_page,
    open_data,
    street_watch,
    call_answer,
    request_queue,
    request_file,
    person_erasure,
    callbacks,
    referrals,
    handover_notes,
    storms,
    weather,
    storm_costs,
    storm_report,
    past_storms,
    machine_gain,
    call_outs,
    storm_conditions,
    plan_comparison,
    edits,
    plans,
    run_files,
    replans,
    what_if,
    shifts,
    roster,
    route_sheets,
    board,
    board_panels,
    presence,
    positions,
    osmand,
    owntracks,
    stream,
    page_texts,
    installed_app,
    certificate_page,
    alerts,
    messages,
    crew_messages,
    fleet_orders,
    plan_vs_actual,
    route_answers,
    vehicle_checks,
    rests,
    driver,
    driving,
    machine_limits,
    order_preferences,
    durations,
    training_debrief,
    stored_route,
    route_voice,
    crew,
    crews,
    crew_dispatch,
    blockages,
    council,
    replay,
    inspections,
    waiting_requests,
    request_details,
    office_report,
    unsent_messages,
    logbook,
    audit_log,
    city_setup,
    accounts,
    own_account,
    password_reset,
    second_step,
    api_keys,
    trackers,
    machines,
    policy,
    streets,
    training_sandboxes,
    training_outbox,
    training_seats,
    training_lessons,
    training_calls,
    training_drive,
    training_instructor,
    training_rehearsal,
    open311_services,
    open311_intake,
    open311_requests,
    open311_updates,
)


COSTLY = "api.reports.costly_answers:make_answers_as_child"
"""What the process runs that makes costly answers."""


def create_app(
    settings: Settings, city_folder: Path, clock: Clock | None = None, *, apart: bool = False
) -> FastAPI:
    """Return the web application of the city in this folder, with its streets loaded.

    Where `apart`, positions are digested and costly answers made in processes of their own, as long
    as the server runs.
    """
    app = open_city(settings, city_folder, clock or Clock(), apart=apart)
    if settings.training:
        outbox = Sandbox(settings.var, city_folder.name).outbox
        app.notice_sender.gateway = KeptGateway(outbox, app.clock.now)
    web = _bare_web()
    web.state.barfrub = app
    install_error_handlers(web)
    install_outer_faults(web)
    web.router.routes.extend(_routes())
    tiles = city_folder / "tiles"
    tiles.mkdir(exist_ok=True)
    web.mount("/static/js", StaticFiles(directory=scripts_dir()), name="scripts")
    web.mount("/static", StaticFiles(directory=STATIC_DIR), name="static")
    web.mount("/tiles", StaticFiles(directory=tiles), name="tiles")
    web.router.routes.insert(0, KnownRoutes(web.router.routes[:]))
    https_only = settings.secure_cookies
    web.add_middleware(Failures)
    web.add_middleware(Compression)
    web.add_middleware(SecurityHeaders, https_only=https_only)
    web.add_middleware(RequestLog, meters=app.meters)
    web.trackers = RequestLog(SecurityHeaders(answer_tracker, https_only=https_only), app.meters)
    return web


def _bare_web() -> TrackedWeb:
    return TrackedWeb(
        title="Barfrub",
        lifespan=running,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        responses={"4XX": {"model": ErrorOut, "description": "What is wrong, in words"}},
    )


@cache
def _routes() -> Sequence[BaseRoute]:
    """Return the routes, which all cities share.

    Kept, since a third of a second goes by until the types of all answers are made. FastAPI would
    make them at the first request, while other threads answer.
    """
    web = _bare_web()
    own = len(web.routes)
    for routes in ROUTES:
        web.include_router(routes.router)
    included = web.routes[own:]
    for _made in iter_route_contexts(included):
        pass
    return included


def open_city(settings: Settings, city_folder: Path, clock: Clock, *, apart: bool) -> App:
    """Open a city's database and create the parts of its server."""
    engine, hub = database_of(city_folder), Hub()

    def publish_requests(asked: Sequence[ServiceRequest]) -> None:
        network = city_state.now.network
        hub.publish("requests", [request_view(each, {}, network) for each in asked])

    def on_stored(fixes: Sequence[Position]) -> None:
        sos_listener.add_fixes(fixes, clock.now())
        consumer.show_and_digest_soon(fixes)

    def on_early(fixes: Sequence[Position]) -> None:
        sos_listener.add_fixes(fixes, clock.now())

    require_current(engine)
    live, sos_listener, plans = LiveFleet(), SosListener(), PublishedPlanCache()
    city_state = CityStateHolder(engine)
    place = Apart(city_folder, settings.evidence_processes) if apart else None
    consumer = Consumer(engine, clock, city_state, hub, live, place)
    notices = read_notice_settings(settings.notices)
    history = StormHistory(city_folder / "history", reads_active=apart)
    tracker_stats = TrackerStats(engine, clock)
    steady, clocks = SteadyClock(), tracker_stats.clocks
    clock_task = ClockTask(engine, clock, steady, clocks.forget)
    return App(
        settings=settings,
        folder=city_folder,
        clock=clock,
        engine=engine,
        city_state=city_state,
        hub=hub,
        live=live,
        consumer=consumer,
        alert_task=AlertTask(
            engine, clock, city_state, hub, live, DriverSignals(sos_listener, clocks), plans
        ),
        escalation_task=EscalationTask(engine, clock, city_state, hub),
        cycle_task=CycleTask(engine, clock, city_state, hub),
        audit_task=AuditTask(engine, clock),
        clock_task=clock_task,
        receipt_task=ReceiptTask(
            engine, clock, city_folder, ReceiptTargets(notices.receipts, settings.time_stamps)
        ),
        position_ingest=PositionIngest(engine, tracker_stats, on_stored, on_early),
        seals=Seals(settings.secret_key()),
        sessions=Sessions(engine, steady.now),
        accounts=CityAccounts(account_store(engine)),
        meters=Meters(),
        limits=PublicLimits(settings.public_pace, counts_of(engine, "public").limiter),
        tracker_limits=PublicLimits(settings.public_pace),
        code_entries=CodeLimit(counts_of(engine, "code")),
        track_codes=TrackCodeLimit(counts_of(engine, "track_code").limiter),
        presence=presence_of(engine),
        logbook_task=LogbookTask(engine, clock, city_state),
        history=history,
        replay_task=ReplayTask(engine, clock, city_state, history),
        dispatch=DispatchClient(city_folder),
        report_ingest=ReportIngest(engine, city_state, clock.now, publish_requests, plans),
        boards=BoardCache(city_state, consumer, hub),
        feeds=EventFeeds(hub, clock),
        photos=PhotoIntake(
            engine,
            city_folder,
            clock,
            reserve_mb=settings.photos_reserve_mb,
            daily_mb=settings.photos_daily_mb,
        ),
        retention_task=RetentionTask(
            engine, clock, city_state, settings, city_folder, clock_task.doubtful
        ),
        notice_sender=NoticeSender(
            engine,
            clock,
            city_state,
            notices,
            plans,
            settings.secret_key(),
            PushGateway(settings.secret_key(), push_contact(settings.contact, notices.address)),
        ),
        voice_task=VoiceTask(city_folder),
        leadership=Leadership(engine),
        answers=AnswerProcess(COSTLY, city_folder if apart else None, clock),
        plans=plans,
    )
