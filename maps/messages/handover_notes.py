"""Handover notes as pages show them, and the draft of a new one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from data.model import Alert, ByLanguage, HandoverNote, VehicleId
from fleet.messages.handover_notes import HandoverFacts
from maps.pages.i18n import Translator
from maps.pages.tables import span_text


@dataclass(frozen=True, slots=True)
class NoteView:
    """A handover note, its writer, and who acknowledged it; its writer cannot.

    `texts` says the same by language, if its writer did.
    """

    id: int
    storm_id: int
    written_at: datetime
    written_by: str
    text: str
    texts: ByLanguage
    read_at: datetime | None
    read_by: str


def note_view(note: HandoverNote) -> NoteView:
    """Return a note for pages and the API."""
    return NoteView(
        id=note.id,
        storm_id=note.storm_id,
        written_at=note.written_at,
        written_by=note.written_by,
        text=note.text,
        texts=note.texts,
        read_at=note.read_at,
        read_by=note.read_by,
    )


def note_draft(facts: HandoverFacts, names: Mapping[VehicleId, str], t: Translator) -> str:
    """Return the draft of a note: one fact a line, which the dispatcher completes."""
    return "\n".join(f"- {line}" for line in _lines(facts, names, t))


def _lines(facts: HandoverFacts, names: Mapping[VehicleId, str], t: Translator) -> Iterator[str]:
    def name(vehicle_id: VehicleId) -> str:
        return names.get(vehicle_id, str(vehicle_id))

    yield t("Requests waiting: {count}", count=facts.requests)
    if facts.runs:
        yield t("Plans being made: {count}", count=facts.runs)
    yield from (_alert(one, name, t) for one in facts.alerts)
    for vehicle_id, late in facts.late:
        span = span_text(late.total_seconds(), t)
        yield t("{name} is {span} late", name=name(vehicle_id), span=span)
    for one in facts.out:
        why = t(f"out:{one.reason}") if one.reason else t("out:unknown")
        if one.note:
            why = f"{why}, {one.note}"
        yield t("{name} is out of service: {reason}", name=name(one.vehicle_id), reason=why)
    for shift in facts.ending:
        yield t(
            "The shift of {name} ends at {time}",
            name=name(shift.vehicle_id),
            time=t.time(shift.ends_at),
        )


def _alert(alert: Alert, name: Callable[[VehicleId], str], t: Translator) -> str:
    fleet = alert.facts.get("reference") or t("whole fleet")
    whose = fleet if alert.vehicle_id is None else name(alert.vehicle_id)
    line = t("Alert, {name}: {kind}", name=whose, kind=t(f"alert_kind:{alert.kind}"))
    if not alert.acknowledged_by:
        return line
    return f"{line} ({t('Seen by {who}', who=alert.acknowledged_by)})"
