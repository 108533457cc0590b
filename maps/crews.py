"""Crews and their jobs, for the API, the dispatcher's page and the crew's page."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from data.model import (
    RequestId,
    ServiceRequest,
)
from data.model.crews import (
    Crew,
    CrewId,
    CrewJob,
    CrewJobId,
    CrewJobState,
    CrewShift,
    CrewShiftId,
    CrewWork,
)
from data.streets.network import StreetNetwork
from fleet.crews.crew_lists import CrewDay, CrewStop
from fleet.work.crew_jobs import WAITING
from maps.pages.i18n import Translator
from maps.pages.tables import span_text
from maps.streets.street import called, street_name

WORK_ICONS = {
    CrewWork.SIDEWALK: "footprints",
    CrewWork.STAIRS: "stairs",
    CrewWork.HAUL: "shovel",
}
"""Pictures of kinds of work, which page and map share."""

PLACE_LETTERS = 80
"""Of a caller's words so much stands for a place that has no address."""


@dataclass(frozen=True, slots=True)
class CrewView:
    """A crew in the API."""

    id: int
    name: str
    size: int
    works: tuple[CrewWork, ...]
    lon: float
    lat: float
    base_name: str
    contact: str
    language: str
    drives: bool
    shift_h: float
    rate_h: float
    retired: bool


@dataclass(frozen=True, slots=True)
class CrewShiftView:
    """Hours of a crew in a storm, in the API."""

    id: int
    storm_id: int
    crew_id: int
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class CrewJobView:
    """A crew job in the API; `place` is text, `minutes` the time that one person needs."""

    id: int
    storm_id: int
    work: CrewWork
    lon: float
    lat: float
    place: str
    size: float
    minutes: float
    priority: str
    due_at: datetime
    state: CrewJobState
    segment_id: int | None
    request_id: int | None
    reference: str
    crew_id: int | None
    nth: int
    from_at: datetime | None
    until_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    changed_by: str
    reason: str | None
    said: str
    photo: bool


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as a row of a page; `moves` is whether its place in a list may change."""

    id: int
    icon: str
    work: str
    place: str
    words: str
    size: str
    effort: str
    size_number: str
    kind: str
    priority: str
    high: bool
    due: str
    due_stamp: str
    state: CrewJobState
    state_word: str
    times: str
    late: str
    over: bool
    moves: bool
    told: str
    said: str
    photo: bool
    reference: str
    lon: float
    lat: float
    version: int


@dataclass(frozen=True, slots=True)
class JobPin:
    """A job on the crew's own map and against the clock; its times are in ISO 8601, `due` in words.

    `until_at` is its end by the published list, `ends_at` the expected one, "" where there is none.
    """

    id: int
    place: str
    lon: float
    lat: float
    state: CrewJobState
    due: str
    due_at: str
    until_at: str
    ends_at: str


@dataclass(frozen=True, slots=True)
class CrewRow:
    """A crew as a row of a page, with its shift (if on duty) and its list.

    `size`, `shift_h` and `rate_h` fill the form that changes it.
    """

    crew: Crew
    works: str
    people: str
    hours: str
    shift_id: CrewShiftId | None
    jobs: tuple[JobRow, ...]
    done: int
    size: str
    shift_h: str
    rate_h: str
    unread: bool


@dataclass(frozen=True, slots=True)
class CrewJobContext:
    """Records that rows of jobs need: streets, requests, photos, versions, translator."""

    network: StreetNetwork
    requests: Mapping[RequestId, ServiceRequest]
    photographed: Collection[CrewJobId]
    versions: Mapping[int, int]
    t: Translator


def crew_view(crew: Crew) -> CrewView:
    """Return a crew for the API."""
    return CrewView(
        id=crew.id,
        name=crew.name,
        size=crew.size,
        works=crew.works,
        lon=crew.base.lon,
        lat=crew.base.lat,
        base_name=crew.base_name,
        contact=crew.contact,
        language=crew.language,
        drives=crew.drives,
        shift_h=crew.shift_h,
        rate_h=crew.rate_h,
        retired=crew.retired,
    )


def crew_shift_view(shift: CrewShift) -> CrewShiftView:
    """Return a crew's hours for the API."""
    return CrewShiftView(
        id=shift.id,
        storm_id=shift.storm_id,
        crew_id=shift.crew_id,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        ended_at=shift.ended_at,
    )


def crew_job_view(job: CrewJob, job_context: CrewJobContext) -> CrewJobView:
    """Return a job for the API, its place in the reader's language."""
    asked = job_context.requests.get(job.request_id) if job.request_id is not None else None
    return CrewJobView(
        id=job.id,
        storm_id=job.storm_id,
        work=job.work,
        lon=job.place.lon,
        lat=job.place.lat,
        place=place_words(job, asked, job_context),
        size=job.size,
        minutes=round(job.labour_s / 60, 1),
        priority=job.priority,
        due_at=job.due_at,
        state=job.state,
        segment_id=job.segment_id,
        request_id=job.request_id,
        reference=asked.reference if asked else "",
        crew_id=job.crew_id,
        nth=job.nth,
        from_at=job.from_at,
        until_at=job.until_at,
        started_at=job.started_at,
        ended_at=job.ended_at,
        changed_by=job.changed_by,
        reason=job.reason,
        said=job.said,
        photo=job.id in job_context.photographed,
    )


def place_words(job: CrewJob, asked: ServiceRequest | None, job_context: CrewJobContext) -> str:
    """Return the place of a job: the dispatcher's text, the caller's address, else the street."""
    if job.words:
        return job.words
    if asked is not None and asked.address:
        return asked.address
    segment = job_context.network.find(job.segment_id) if job.segment_id is not None else None
    street = called(street_name(segment), job_context.t) if segment else ""
    return street or (asked.text[:PLACE_LETTERS] if asked is not None else "")


def job_row(job: CrewJob, job_context: CrewJobContext, stop: CrewStop | None = None) -> JobRow:
    """Return a job as a row of a page, with the times of its list if it is in one.

    A job that was assigned to a crew that has gone off duty waits for a crew again.
    """
    t = job_context.t
    unlisted = job.state is CrewJobState.ASSIGNED and stop is None
    asked = job_context.requests.get(job.request_id) if job.request_id is not None else None
    place = place_words(job, asked, job_context)
    words = asked.text if asked is not None and asked.text != place else ""
    late_s = stop.late.total_seconds() if stop else 0.0
    return JobRow(
        id=job.id,
        icon=WORK_ICONS[job.work],
        work=t(f"crew_work:{job.work}"),
        place=place,
        words=words,
        size=t(f"crew_size:{job.work}", size=round(job.size, 1)),
        effort=t("{value} min for one person", value=round(job.labour_s / 60)),
        size_number=field_number(job.size, t),
        kind=job.work,
        priority=job.priority,
        high=job.priority == "high",
        due=t.day_time(job.due_at),
        due_stamp=t.written(job.due_at),
        state=job.state,
        state_word=t(f"crew_job:{CrewJobState.OPEN if unlisted else job.state}"),
        times=_times(job, stop, t),
        late=t("{span} late", span=span_text(late_s, t)) if late_s >= 60 else "",
        over=stop is not None and stop.over,
        moves=job.state in WAITING,
        told=t(f"cannot:{job.reason}") if job.reason else "",
        said=job.said,
        photo=job.id in job_context.photographed,
        reference=asked.reference if asked else "",
        lon=job.place.lon,
        lat=job.place.lat,
        version=job_context.versions.get(job.id, 0),
    )


def job_pin(job: CrewJob, row: JobRow, stop: CrewStop | None) -> JobPin:
    """Return a job as the scripts of its crew's page know it."""
    return JobPin(
        id=job.id,
        place=row.place,
        lon=job.place.lon,
        lat=job.place.lat,
        state=job.state,
        due=row.due,
        due_at=job.due_at.isoformat(),
        until_at=job.until_at.isoformat() if job.until_at else "",
        ends_at=stop.ends_at.isoformat() if stop else "",
    )


def field_number(value: float, t: Translator) -> str:
    """Return a number for a form field: in the reader's digits, without separators."""
    return t.number(value, 0 if float(value).is_integer() else 1).replace(",", "").replace("٬", "")


def crew_rows(
    crews: Iterable[Crew],
    days: Sequence[CrewDay],
    ended: Sequence[CrewJob],
    job_context: CrewJobContext,
    unread: Collection[CrewShiftId],
) -> list[CrewRow]:
    """Return rows of the crews, those on duty first, with their lists and finished jobs.

    `unread` are shifts whose crew wrote what no dispatcher has read.
    """
    by_crew = {day.crew.id: day for day in days}
    done: dict[CrewId, int] = {}
    for job in ended:
        if job.state is CrewJobState.DONE and job.crew_id is not None:
            done[job.crew_id] = done.get(job.crew_id, 0) + 1
    rows = []
    for crew in crews:
        day = by_crew.get(crew.id)
        if day is not None or not crew.retired:
            row = _crew_row(crew, day, done.get(crew.id, 0), job_context)
            rows.append(replace(row, unread=row.shift_id in unread))
    return sorted(rows, key=lambda row: (row.shift_id is None, row.crew.name))


def _crew_row(crew: Crew, day: CrewDay | None, done: int, job_context: CrewJobContext) -> CrewRow:
    t = job_context.t
    jobs = tuple(job_row(stop.job, job_context, stop) for stop in day.stops) if day else ()
    return CrewRow(
        crew=crew,
        works=_joined([t(f"crew_work:{work}") for work in crew.works], t),
        people=t.plural("{count} people", crew.size),
        hours=_hours(day.shift, t) if day else "",
        shift_id=day.shift.id if day else None,
        jobs=jobs,
        done=done,
        size=field_number(crew.size, t),
        shift_h=field_number(crew.shift_h, t),
        rate_h=field_number(crew.rate_h, t),
        unread=False,
    )


def _joined(words: Sequence[str], t: Translator) -> str:
    return t.listed(words)


def _hours(shift: CrewShift, t: Translator) -> str:
    return t.times(shift.starts_at, shift.ends_at)


def _times(job: CrewJob, stop: CrewStop | None, t: Translator) -> str:
    """Return the planned or actual time of a job."""
    if job.state.over:
        return t.day_time(job.ended_at) if job.ended_at else ""
    if job.started_at is not None:
        return t("since {time}", time=t.time(job.started_at))
    if stop is not None:
        return t.times(stop.starts_at, stop.ends_at)
    return ""
