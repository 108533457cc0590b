"""Classes of streets: the page of classes and reasons, overrides and their files."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from pydantic import Field
from starlette.responses import Response

from api.processes.limited_process import limits_of, run_limited
from api.web.checked_route import CheckedRoute, takes_up_to
from api.web.context import AdminContext, BoardContext, Context
from api.web.download import attachment
from api.web.page_context import boot_of, page, translator_of
from api.web.request_body import FORM_BYTES
from api.web.schemas import Wire
from api.web.uploads import content_of
from data.files.csv_sheet import Mistake
from data.model import Override, Place, Role, SegmentId, ServiceClass
from data.policy.override_file import (
    LEAST_CYCLE_H,
    NOTE_LETTERS,
    OverrideLines,
    csv_from_overrides,
    geojson_from_overrides,
    is_sheet,
    overrides_from_file,
    read_lines,
)
from data.policy.service_levels import idle_rules
from data.policy.street_finder import StreetFinder
from data.policy.street_rules import WEEK_H
from data.store.database.engine import Tx
from data.store.streets.districts import list_districts
from data.store.streets.places import list_places
from data.store.streets.service_levels import list_overrides
from fleet.streets.service_levels import Decisions, decide, decide_all, levels_by_rules
from maps.pages.i18n import Translator
from maps.streets.service_levels import (
    ClassesView,
    DecisionView,
    StreetClassView,
    StreetRows,
    StreetSearch,
    classes_view,
    decision_view,
    place_names,
    street_class_view,
    street_rows,
)

MOST_BYTES = 20_000_000
MOST_STREETS = 20_000
DECISIONS_BYTES = 6_000_000
"""Size of as many decisions, with those they replace: what takes a whole file back."""

router = APIRouter(route_class=CheckedRoute)


class DecisionIn(Wire):
    """A class override of a street; without a class the override is removed."""

    segment_id: int
    service_class: ServiceClass | None
    cycle_h: Annotated[float, Field(ge=LEAST_CYCLE_H, le=WEEK_H)] | None
    note: Annotated[str, Field(max_length=NOTE_LETTERS)]

    def override(self) -> Override | None:
        """Return the record."""
        if self.service_class is None:
            return None
        cycle = None if self.cycle_h is None else timedelta(hours=self.cycle_h)
        return Override(SegmentId(self.segment_id), self.service_class, cycle, self.note.strip())


Word = Annotated[str, Query(max_length=100)]
Several = Annotated[list[DecisionIn], Field(max_length=MOST_STREETS)]


class DecisionsIn(Wire):
    """Class overrides, and those that the page showed before."""

    decisions: Several
    seen: Several


class DecidedOut(Wire):
    """How many streets changed, and the overrides that undo it."""

    changed: int
    undo: dict[str, list[DecisionView]]


class MistakeOut(Wire):
    """A mistake in a file and its place, in the reader's language."""

    line: int
    field: str
    got: str
    expected: str


class OverrideFileOut(Wire):
    """The result of an override file; with mistakes nothing has changed."""

    streets: int
    mistakes: list[MistakeOut]
    decided: DecidedOut


@router.get("/classes")
def classes_page(request: Request, context: BoardContext) -> Response:
    """Show every street's class on the map."""
    boot = boot_of(request, context) | {
        "edits": context.has(Role.ADMINISTRATOR),
        "limits": {"cycle_h": [LEAST_CYCLE_H, WEEK_H], "note": NOTE_LETTERS},
    }
    return page(request, "streets/classes.html", {"boot": boot})


@router.get("/api/classes")
def get_street_classes(context: BoardContext) -> ClassesView:
    """Return the class of every street, and totals."""
    network, policy = context.app.network, context.app.policy
    with context.reading() as tx:
        idle = idle_rules(network, _places(tx, context), policy, list_districts(tx))
    return classes_view(network, policy, context.app.city.revision, idle)


@router.get("/api/classes/streets")
def search_streets(
    context: BoardContext, service_class: Word = "", reason: Word = "", words: Word = ""
) -> StreetRows:
    """Return the streets of a class, reason or name."""
    app, search = context.app, StreetSearch(service_class, reason, words)
    with context.reading() as tx:
        return street_rows(app.network, app.policy, place_names(_places(tx, context)), search)


@router.get("/api/classes/{segment_id}")
def get_street_class(segment_id: SegmentId, context: BoardContext) -> StreetClassView:
    """Return a street, its class and why."""
    network, policy = context.app.network, context.app.policy
    segment = network.segment(segment_id)
    whole = [network.segment(one) for one in StreetFinder(network).whole(segment_id)]
    with context.reading() as tx:
        places, overrides = _places(tx, context), list_overrides(tx)
        by_rules = policy
        if segment_id in overrides:
            by_rules = levels_by_rules(tx, network, places, policy)
    return street_class_view(segment, policy, by_rules, whole, overrides, place_names(places))


@router.post("/api/classes", dependencies=[takes_up_to(DECISIONS_BYTES)])
def create_class_decisions(order: DecisionsIn, context: AdminContext) -> DecidedOut:
    """Override the class of streets, or remove overrides."""
    wanted, seen = _decisions(order.decisions), _decisions(order.seen)
    with context.writing() as tx:
        before = decide(tx, context.actor, wanted, context.app.network, context.now, seen)
    context.app.city_state.refresh()
    return _decided(before, wanted)


@router.post("/api/classes/file", dependencies=[takes_up_to(MOST_BYTES + FORM_BYTES)])
def import_class_decisions(
    request: Request,
    context: AdminContext,
    file: Annotated[UploadFile, File()],
    replace: Annotated[bool, Form()] = False,
) -> OverrideFileOut:
    """Import overrides from a file, completely or not at all."""
    network, t = context.app.network, translator_of(request)
    limits = limits_of(context.app.settings)

    def read(name: str, content: bytes) -> OverrideLines:
        if is_sheet(name):  # takes some times its size, whatever is in it
            return read_lines(name, content)
        return run_limited(limits, name, read_lines, name, content)

    wanted, mistakes = overrides_from_file(
        file.filename or "", content_of(file, MOST_BYTES), network, context.app.policy, read
    )
    if mistakes:
        listed = [
            MistakeOut(line=one.line, field=one.field, got=one.got, expected=_needed(one, t))
            for one in mistakes
        ]
        return OverrideFileOut(streets=0, mistakes=listed, decided=_decided({}, {}))
    with context.writing() as tx:
        before = decide_all(tx, context.actor, wanted, network, context.now, replace=replace)
    context.app.city_state.refresh()
    return OverrideFileOut(streets=len(wanted), mistakes=[], decided=_decided(before, wanted))


@router.get("/classes/decisions.csv")
def download_decisions_csv(context: BoardContext) -> Response:
    """Return the overrides as a spreadsheet, which can be uploaded again."""
    with context.reading() as tx:
        table = csv_from_overrides(list_overrides(tx).values(), context.app.network)
    return attachment(f"\ufeff{table}", "text/csv", "decisions.csv")


@router.get("/classes/decisions.geojson")
def download_decisions_geojson(context: BoardContext) -> Response:
    """Return the overrides as GeoJSON."""
    with context.reading() as tx:
        text = geojson_from_overrides(list_overrides(tx).values(), context.app.network)
    return attachment(text, "application/geo+json", "decisions.geojson")


def _places(tx: Tx, context: Context) -> list[Place]:
    return list_places(tx, context.app.policy.street_rules.place_kinds)


def _needed(mistake: Mistake, t: Translator) -> str:
    """Return the expected value of a field, with classes named in the reader's language."""
    if mistake.field == "class" and mistake.got:
        classes = t(", ").join(t.named("short", code) for code in t.classes)
        return t("one of {expected}", expected=classes)
    return t.need(mistake.expected)


def _decisions(several: Sequence[DecisionIn]) -> Decisions:
    return {SegmentId(one.segment_id): one.override() for one in several}


def _decided(before: Decisions, wanted: Decisions) -> DecidedOut:
    after = {segment_id: wanted.get(segment_id) for segment_id in before}
    undo = {
        name: [decision_view(segment_id, one) for segment_id, one in decisions.items()]
        for name, decisions in (("decisions", before), ("seen", after))
    }
    return DecidedOut(changed=len(before), undo=undo)
