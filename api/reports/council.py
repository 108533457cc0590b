"""The council's page, figures and downloads, without vehicles, drivers or callers."""

import time
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from api.processes.cached_response import (
    READERS_OWN,
    MadeElsewhere,
    PackedAnswer,
    SharedAnswer,
    json_of,
    shared_answer,
)
from api.processes.printing.council_figures import FiguresSubject, council_figures
from api.web.checked_route import CheckedRoute
from api.web.context import App, Context, CouncilContext
from api.web.download import CSV, attachment
from api.web.page_context import boot_of, page, translator_of
from data.exchange.gis import write_streets
from data.model import JobState, SegmentId, Storm, StormId
from data.store.database.engine import reading
from fleet.accounts.people import choose_district
from fleet.evidence.storm_evidence import painted_storm, street_evidence
from fleet.replay.storm_moments import (
    StormCourse,
    StormMoment,
    storm_moments,
    without_storm,
)
from fleet.storms.storm_lookup import listed_storms, shown_storm
from maps.reports.council import (
    CouncilMap,
    CouncilView,
    compared_with,
    council_map,
)
from maps.reports.council_street import CouncilStreet, council_street
from maps.reports.coverage_file import coverage_html
from maps.reports.coverage_table import CoveragePicture, coverage_columns, streets_csv

router = APIRouter(route_class=CheckedRoute)

Wanted = Annotated[StormId | None, Query(description="a storm; the newest where none is given")]
Against = Annotated[StormId | None, Query(description="the storm to compare with; 0 for none")]


@router.get("/council")
def council_page(request: Request, context: CouncilContext) -> HTMLResponse:
    """Show the council's page."""
    boot = boot_of(request, context) | {
        "own_district": context.user.district or None,
        "open_data": context.app.policy.public.open_data,
    }
    return page(request, "reports/council.html", {"boot": boot})


@dataclass(frozen=True, slots=True)
class OwnDistrict:
    """The district that the page opens with; `None` for the whole city."""

    district: Annotated[str | None, Field(max_length=200)]


@router.post("/api/council/district", status_code=204)
def keep_own_district(wanted: OwnDistrict, context: CouncilContext) -> None:
    """Remember the district that the reader's page opens with."""
    with context.writing() as tx:
        choose_district(tx, context.user.id, wanted.district or "")


@router.get("/api/council", response_model=CouncilView)
async def get_council_figures(
    request: Request, context: CouncilContext, storm: Wanted = None, against: Against = None
) -> Response:
    """Return a storm's figures, beside those of an earlier storm after the same time.

    They are sent at once where they are as recent as they must be, without a thread.
    """
    subject = FiguresSubject(storm, against)
    packed = _resting_figures(context.app, subject)
    if packed is None:
        packed = await run_in_threadpool(_packed_figures, context.app, subject)
    return shared_answer(request, packed, READERS_OWN)


@router.get("/api/council/coverage", response_model=CouncilMap)
def get_coverage(request: Request, context: CouncilContext, storm: Wanted = None) -> Response:
    """Return every street's color in a storm, now or at its end."""
    asked_s = time.monotonic()
    shared, revision = _shared_coverage(context.app, storm)
    packed = shared.packed(
        lambda: json_of(coverage_map(context.app, storm)), revision, asked_s=asked_s
    )
    return shared_answer(request, packed, READERS_OWN)


@router.get("/api/council/streets/{segment_id}")
def get_council_street(
    segment_id: SegmentId, context: CouncilContext, storm: Wanted = None
) -> CouncilStreet:
    """Return a street and a storm's evidence for its colors."""
    app = context.app
    segment = app.network.segment(segment_id)
    with context.reading() as tx:
        shown = shown_storm(tx, storm)
        seen = street_evidence(tx, shown, segment_id)
        return council_street(
            segment,
            app.city_state.policy_of(tx, shown),
            shown,
            seen.coverage,
            seen.passes,
            next((job for job in seen.jobs if job.state is JobState.OPEN), None),
            _moment(shown, context.now),
        )


@router.get("/council/coverage.html")
def download_map(request: Request, context: CouncilContext, storm: Wanted = None) -> Response:
    """Return the map as one HTML file that works offline."""
    picture = _picture(context, storm)
    html = coverage_html(picture, translator_of(request), _moments(context, picture))
    return _attachment(html, "text/html", picture, "html")


@router.get("/council/coverage.csv")
def download_table(request: Request, context: CouncilContext, storm: Wanted = None) -> Response:
    """Return every street with its coverage, as CSV."""
    picture = _picture(context, storm)
    text = streets_csv(picture, translator_of(request))
    return _attachment(text, CSV, picture, "csv")


@router.get("/council/coverage.gpkg")
def download_layer(context: CouncilContext, storm: Wanted = None) -> Response:
    """Return every street with its coverage, as a layer for QGIS."""
    return _layer(context, storm, "application/geopackage+sqlite3", "gpkg")


@router.get("/council/coverage.geojson")
def download_features(context: CouncilContext, storm: Wanted = None) -> Response:
    """Return every street with its coverage, as GeoJSON for maps on the web."""
    return _layer(context, storm, "application/geo+json", "geojson")


def _layer(context: Context, storm: StormId | None, kind: str, ending: str) -> Response:
    picture = _picture(context, storm)
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"coverage.{ending}"
        write_streets(picture.network, coverage_columns(picture), file)
        return _attachment(file.read_bytes(), kind, picture, ending)


def _resting_figures(app: App, subject: FiguresSubject) -> PackedAnswer | None:
    """Return figures of the newest storm that were made seconds ago, where they cost much."""
    if subject != FiguresSubject():
        return None
    return app.boards.newest_figures.resting(time.monotonic())


def prepare_council(app: App) -> None:
    """Make the figures and the map of the newest storm before anybody asks."""
    subject = FiguresSubject()
    council_figures(app, subject)  # reads all records of a storm: a second in a large city
    shared, revision = _shared_figures(app, subject)
    shared.prepare(lambda: _make_figures(app, subject), revision)
    shared, revision = _shared_coverage(app, None)
    shared.prepare(lambda: json_of(coverage_map(app)), revision)


def _packed_figures(app: App, subject: FiguresSubject) -> PackedAnswer:
    """Return figures as they are, or as they were seconds ago where they cost much."""
    asked_s = time.monotonic()
    shared, revision = _shared_figures(app, subject)
    return shared.packed(lambda: _make_figures(app, subject), revision, asked_s=asked_s)


def _make_figures(app: App, subject: FiguresSubject) -> bytes | MadeElsewhere:
    return app.answers.made(subject, lambda: json_of(council_figures(app, subject)))


def _shared_figures(app: App, subject: FiguresSubject) -> tuple[SharedAnswer, Hashable]:
    """Return the answer that all readers of figures share, and what it is of now."""
    boards = app.boards
    with reading(app.engine) as tx:
        shown = shown_storm(tx, subject.storm)
        earlier = compared_with(listed_storms(tx), shown, subject.against) if shown else None
        revision = boards.revision(tx, app.clock.now())
    shared = boards.reports.of(("figures", shown and shown.id, earlier and earlier.id))
    if subject == FiguresSubject():
        boards.newest_figures = shared
    return shared, revision


def _shared_coverage(app: App, storm: StormId | None) -> tuple[SharedAnswer, Hashable]:
    """Return the answer that all readers of a storm's map share, and what it is of now."""
    boards, now = app.boards, app.clock.now()
    with reading(app.engine) as tx:
        shown = shown_storm(tx, storm)
        if shown and shown.phase.on:
            painted = boards.states_revision(shown, now)
            revision = painted and (painted, shown, app.city.revision)
        else:
            revision = boards.revision(tx, now)
    return boards.reports.of(("coverage", shown and shown.id)), revision


def coverage_map(app: App, storm_id: StormId | None = None) -> CouncilMap:
    """Return the colors of a storm that goes on as boards show them, of others as they ended."""
    with reading(app.engine) as tx:
        storm, now = shown_storm(tx, storm_id), app.clock.now()
        policy = app.city_state.policy_of(tx, storm)
        if storm is not None and storm.phase.on:
            states = app.boards.states(tx, storm, now)
        else:
            states, _ = painted_storm(tx, app.network, policy, storm, _moment(storm, now))
    at = _moment(storm, now)
    return council_map(CoveragePicture(app.city, app.network, policy, storm, at, states, ()))


def _moment(storm: Storm | None, now: datetime) -> datetime:
    """Return the time at which to show a storm: now, or its end."""
    return storm.ended_at if storm is not None and storm.ended_at is not None else now


def _picture(context: Context, storm_id: StormId | None) -> CoveragePicture:
    """Return the streets of a storm, now or at its end."""
    app = context.app
    with context.reading() as tx:
        storm = shown_storm(tx, storm_id)
        policy, at = app.city_state.policy_of(tx, storm), _moment(storm, context.now)
        states, coverages = painted_storm(tx, app.network, policy, storm, at)
    return CoveragePicture(app.city, app.network, policy, storm, at, states, tuple(coverages))


def _moments(context: Context, picture: CoveragePicture) -> tuple[StormMoment, ...]:
    """Return the picture's storm at some moments, the picture's own the last."""
    storm, network, policy = picture.storm, picture.network, picture.policy
    if storm is None:
        return (without_storm(picture.at, len(network.segments)),)
    app = context.app
    with context.reading() as tx:
        _, changes = app.history.changes(tx, storm, network, policy, context.now)
        served = app.records.account(tx, storm, network, policy).served
    course = StormCourse(storm.started_at, changes, served)
    return storm_moments(network, course, picture.at, picture.states)


def _attachment(body: str | bytes, kind: str, picture: CoveragePicture, ending: str) -> Response:
    local = picture.at.astimezone(ZoneInfo(picture.city.timezone))
    name = f"coverage-{local:%Y-%m-%d-%H%M}.{ending}"
    return attachment(body, kind, name)
