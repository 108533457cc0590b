"""The audit log: searched page by page, proved, and taken along as a table or whole."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from api.audit.log_proof import prove
from api.config.settings import Settings
from api.processes.cached_response import json_of
from api.processes.limited_process import limits_of, run_reporting
from api.web.checked_route import CheckedRoute
from api.web.context import AdminContext, BoardContext, Context
from api.web.download import CSV, attachment
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import moment_in
from data.errors import BarfrubError, ConflictError, InvalidError, Need
from data.geocode.street_names import streets_containing
from data.model import Event, Role, SegmentId, VehicleId
from data.store.audit.audit_log import line_json
from data.store.audit.audit_log_reader import UnreadableLine, read_audit_log
from data.store.audit.log_search import AuditFilter, count_lines, search_lines
from data.store.audit.subject_names import names_of
from data.store.database.engine import Tx
from fleet.accounts.people import all_people, names_by_login
from fleet.audit.audit_log import Audit
from fleet.audit.line_kinds import ACCESS, FOUND, GROUPS, SEALS, LineKind
from fleet.setup.machine_list import machine_names
from maps.pages.error_texts import message_of
from maps.reports.audit_log import (
    LogPage,
    LogSearch,
    SubjectNames,
    lines_csv,
    log_line,
    named_subjects,
    proof_view,
    street_of,
)

PAGE_LINES = 50
MOST_LINES = 20_000
"""Lines of a CSV download, at most: the newest."""

MOST_SEGMENTS = 2_000
"""Parts of streets in a search, at most: a database takes so many values."""

AT_ONCE = 2_000
"""Lines of the whole log that are sent at a time."""

router = APIRouter(route_class=CheckedRoute)
_one_proof = Lock()

Text = Annotated[str, Query(max_length=100)]
Number = Annotated[int | None, Query(ge=1, lt=2**63)]


def searched(
    street: Text = "",
    segment: Number = None,
    vehicle: Annotated[str, Query(max_length=20, pattern=r"^\d*$")] = "",
    person: Text = "",
    kind: Annotated[LineKind | Literal[""], Query()] = "",
    since: Text = "",
    until: Text = "",
) -> LogSearch:
    """Return what somebody searched in the log; empty fields search nothing."""
    return LogSearch(
        street=street.strip(),
        segment=segment,
        vehicle=int(vehicle) if vehicle else None,
        person=person.strip(),
        kind=kind or None,
        since=since.strip(),
        until=until.strip(),
    )


Search = Annotated[LogSearch, Depends(searched)]


@router.get("/audit-log")
def log_page(
    request: Request, context: BoardContext, search: Search, before: Number = None
) -> HTMLResponse:
    """Show a page of the audit log, the newest lines first.

    What the server found is left out, so that what people did is seen: seals of evidence unless
    evidence is searched, and streets done unless anything is.
    """
    t, app = translator_of(request), context.app
    wanted, sealed = _filter(context, search), search.kind is LineKind.EVIDENCE
    left_out = [] if sealed else [SEALS] if search.narrowed else [SEALS, FOUND]
    wanted = replace(wanted, hidden=(*wanted.hidden, *left_out))
    with context.reading() as tx:
        lines = search_lines(tx, wanted, before, PAGE_LINES + 1)
        names = _names(tx, context, lines)
        total, vehicles = count_lines(tx), machine_names(tx)
        logins = [each.login for each in all_people(tx)]
    shown, more = lines[:PAGE_LINES], len(lines) > PAGE_LINES
    view = LogPage(
        lines=tuple(log_line(each, names, t) for each in shown),
        search=search,
        older=search.query(shown[-1].id) if more else "",
        total=t.plural("{count} line in all", total),
        vehicles=vehicles,
        people={login: names.person(login) for login in logins},
        kinds=tuple(each for each in LineKind if _reads_all(context) or each is not _HIDDEN),
        part=street_of(SegmentId(search.segment), app.network, t) if search.segment else "",
        nowhere=wanted.segments is not None and not wanted.segments,
        newest=before is None,
        whole=_reads_all(context),
        sealed="" if sealed else replace(search, kind=LineKind.EVIDENCE).query(),
        example=t.written(context.now),
    )
    return page(request, "audit/log.html", {"view": view, "boot": boot_of(request, context)})


@router.get("/audit-log.csv")
def download_lines(request: Request, context: BoardContext, search: Search) -> Response:
    """Return the newest lines that fit a search as CSV."""
    with context.reading() as tx:
        lines = search_lines(tx, _filter(context, search), None, MOST_LINES)
        names = _names(tx, context, lines)
    return attachment(lines_csv(lines, names, translator_of(request)), CSV, "audit-log.csv")


@router.get("/audit-log.jsonl")
def download_log(context: AdminContext) -> StreamingResponse:
    """Return the whole log as `barfrub audit export` writes it, for checks without Barfrub.

    Ends without an end where a line cannot be read, so that browsers report it as broken.
    """
    headers = {"Content-Disposition": 'attachment; filename="audit-log.jsonl"'}
    return StreamingResponse(_whole_log(context), media_type="application/jsonl", headers=headers)


@router.post("/api/audit-log/proof")
def prove_log(request: Request, context: BoardContext) -> StreamingResponse:
    """Prove the log, and say how far it is: one JSON object a line, the last one the outcome."""
    if not _one_proof.acquire(blocking=False):
        raise ConflictError("the log is being proved already", reason="proof_running")
    t = translator_of(request)
    steps: SimpleQueue[dict[str, object]] = SimpleQueue()
    with context.reading() as tx:
        total = count_lines(tx)

    def report(step: str) -> None:
        lines = int(step) if step.isdecimal() else total
        steps.put({"lines": lines, "total": max(total, lines)})

    def work() -> None:
        try:
            done = _proved(context.app.settings, context.app.folder, report)
            steps.put({"proof": asdict(proof_view(done, t))})
        except BarfrubError as error:
            steps.put({"error": message_of(error, t)})
        finally:
            _one_proof.release()

    Thread(target=work, name="barfrub-proof", daemon=True).start()
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_told(steps), media_type="application/jsonl", headers=headers)


def _proved(settings: Settings, folder: Path, report: Callable[[str], None]) -> Audit:
    work = partial(prove, folder, settings.time_stamp_roots)
    return run_reporting(report, limits_of(settings), "the audit log", work)


def _told(steps: SimpleQueue[dict[str, object]]) -> Iterator[bytes]:
    while True:
        step = steps.get()
        yield json_of(step) + b"\n"
        if "lines" not in step:
            return


def _whole_log(context: Context) -> Iterator[bytes]:
    """Yield the log in parts, each read in a transaction of its own: lines never change."""
    after = 0
    while True:
        part = list[str]()
        with context.reading() as tx:
            for line in read_audit_log(tx, after):
                if isinstance(line, UnreadableLine):
                    raise BarfrubError(f"line {line.id} cannot be read: {line.reason}")
                part.append(line_json(line) + "\n")
                after = line.id
                if len(part) == AT_ONCE:
                    break
        if not part:
            return
        yield "".join(part).encode()


_HIDDEN = LineKind.ACCESS


def _reads_all(context: Context) -> bool:
    """Whether the user may read who signed in, who has which rights, who looked at callers."""
    return context.has(Role.ADMINISTRATOR)


def _filter(context: Context, search: LogSearch) -> AuditFilter:
    timezone = context.app.city.timezone
    segments: frozenset[SegmentId] | None = None
    if search.segment is not None:
        segments = frozenset({SegmentId(search.segment)})
    elif search.street:
        segments = streets_containing(context.app.network, search.street)
        if len(segments) > MOST_SEGMENTS:
            raise InvalidError("street", search.street, Need("a name that fewer streets have"))
    return AuditFilter(
        segments=segments,
        vehicle_id=None if search.vehicle is None else VehicleId(search.vehicle),
        person=search.person,
        group=None if search.kind is None else GROUPS[search.kind],
        since=moment_in(search.since, timezone, "since") if search.since else None,
        until=moment_in(search.until, timezone, "until") if search.until else None,
        hidden=() if _reads_all(context) else (ACCESS,),
    )


def _names(tx: Tx, context: Context, lines: list[Event]) -> SubjectNames:
    subjects = names_of(tx, named_subjects(lines))
    return SubjectNames(subjects, context.app.network, names_by_login(tx))
