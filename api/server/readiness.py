"""What is loaded before a server accepts requests, so that the first ones are fast."""

import logging

from fastapi import FastAPI

from api.board.board import board_of, figures_now
from api.board.board_panels import packed_timeline
from api.processes.cached_response import packed_json
from api.public.public_map import prepare_public_map
from api.public.street_page import prepare_street_pages
from api.reports.council import prepare_council
from api.web.context import App
from data.store.database.engine import DatabaseUnavailable, transaction
from fleet.audit.clock_lines import note_start
from maps.pages.i18n import read_catalogs

_log = logging.getLogger(__name__)


def get_ready(web: FastAPI) -> None:
    """Load what the first requests would load, many at once, each for itself.

    Where that fails the server starts nevertheless: each is computed on request.
    """
    _know_routes(web)
    read_catalogs()
    app: App = web.state.barfrub
    for what, prepare in (
        ("the board", _prepare_board),
        ("the council's page", prepare_council),
        ("the public map", prepare_public_map),
        ("pages of a street", prepare_street_pages),
    ):
        try:
            prepare(app)
        except Exception:
            _log.exception("%s could not be made ready", what)


def _prepare_board(app: App) -> None:
    """Load the driven plan, its progress and timeline, and the street colors."""
    app.alert_task.get_ready()
    for view in (board_of(app), figures_now(app)):
        packed_json(view)
    if app.alert_task.check is not None:
        packed_timeline(app, app.alert_task.check.plan.id)


def note_clock(app: App) -> None:
    """Write into the audit log by which clock this server dates what it writes.

    Where the disk is full the server starts without that line.
    """
    clock = app.clock
    try:
        with transaction(app.engine) as tx:
            note_start(tx, clock.now(), clock.system_now(), training=clock.training)
    except DatabaseUnavailable:
        _log.exception("the start is not in the audit log")


def _know_routes(web: FastAPI) -> None:
    """Make FastAPI compile its routes now: it takes a third of a second, once."""
    nowhere = {"type": "http", "path": "/-", "method": "GET", "headers": [], "root_path": ""}
    for route in web.router.routes:
        route.matches(dict(nowhere))
