"""The audit log in the reader's language: its page, its table and what a proof found."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from data.model import Actor, ActorKind, Event, SegmentId, VehicleId
from data.model.people import SubjectName
from data.streets.network import StreetNetwork
from fleet.audit.audit_log import Audit
from fleet.audit.findings import Finding
from fleet.audit.line_kinds import LineKind
from fleet.coverage.track_windows import begins_at
from maps.pages.i18n import Translator
from maps.pages.tables import table_csv
from maps.streets.street import called, street_name

SHOWN = 50
"""Findings of a proof that are listed, at most."""

_VEHICLES = frozenset({"vehicle", "window", "shift", "call_out", "message"})
"""Subjects whose name is a vehicle's."""

_OF_REQUESTS = frozenset({"request", "caller"})
"""Subjects whose key is the number of a request."""

_COLUMNS = ("line", "at", "who", "what_happened", "verb", "subject")


@dataclass(frozen=True, slots=True)
class SubjectNames:
    """Names for what lines are about: by subject, of the streets of a network, and of people.

    `people` are what colleagues call people, by login.
    """

    names: Mapping[str, SubjectName]
    network: StreetNetwork
    people: Mapping[str, str]

    def person(self, login: str) -> str:
        """Return somebody's name with the login behind it, or the login alone."""
        name = self.people.get(login)
        return f"{name} ({login})" if name else login

    def of(self, subject: str) -> SubjectName:
        """Return the name of a subject like "plan:12" or "window:3:471786"."""
        kind, _, key = subject.partition(":")
        return self.names.get(f"{kind}:{key.partition(':')[0]}", SubjectName())


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A line as a sentence, and as it was written: `before`, `after` as JSON, and hashes.

    `about` are the street and the machine that it is about besides, where the sentence lacks them;
    `page` is the address of the request that it is about, else empty.
    """

    number: int
    day: str
    time: str
    sentence: str
    about: tuple[str, ...]
    page: str
    verb: str
    subject: str
    before: str
    after: str
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class LogSearch:
    """What somebody searched, as the form has it; `segment` is one part of a street."""

    street: str = ""
    segment: int | None = None
    vehicle: int | None = None
    person: str = ""
    kind: LineKind | None = None
    since: str = ""
    until: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether only some lines are wanted."""
        return bool(self.query())

    def query(self, before: int | None = None) -> str:
        """Return the search as the query of an address, from a line on where one is given."""
        fields = {
            "street": self.street,
            "segment": self.segment,
            "vehicle": self.vehicle,
            "person": self.person,
            "kind": self.kind,
            "since": self.since,
            "until": self.until,
            "before": before,
        }
        return urlencode({name: value for name, value in fields.items() if value})


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log: lines newest first, the query of the next older page, how many in all.

    `part` is the street of the segment that is searched, `nowhere` whether no street is called so,
    and `whole` whether the reader may take the whole log along. `sealed` is the query of lines of
    evidence where its seals are left out. `example` is how a time is written.
    """

    lines: tuple[AuditLine, ...]
    search: LogSearch
    older: str
    total: str
    vehicles: Mapping[VehicleId, str]
    people: Mapping[str, str]
    kinds: tuple[LineKind, ...]
    part: str
    nowhere: bool
    newest: bool
    whole: bool
    sealed: str
    example: str


def named_subjects(lines: Iterable[Event]) -> set[str]:
    """Return the subjects whose names the sentences of lines need."""
    return {line.subject for line in lines} | {
        f"{kind}:{line.after[kind]}"
        for line in lines
        for kind in ("vehicle", "request")
        if isinstance(line.after.get(kind), int)
    }


def log_line(line: Event, names: SubjectNames, t: Translator) -> AuditLine:
    """Return a line of the log for the page."""
    what = _what(line, names, t)
    return AuditLine(
        number=line.id,
        day=t.short_day(line.at),
        time=t.time(line.at),
        sentence=sentence(line, names, t),
        about=tuple(each for each in _besides(line, names, t) if each != what),
        page=_page(line.subject),
        verb=line.verb,
        subject=line.subject,
        before=_json(line.before),
        after=_json(line.after),
        previous_hash=line.previous_hash,
        hash=line.hash,
    )


def sentence(line: Event, names: SubjectNames, t: Translator, *, alone: bool = False) -> str:
    """Return what a line says: who did what with what.

    Where it stands `alone`, the sentence of an alert names its machine and request too.
    """
    msgid = f"line:{line.verb}"
    who, what = _who(line.actor, names, t), _what(line, names, t)
    if alone and line.subject.startswith("alert:"):
        what = t.listed(dict.fromkeys([what, *_besides(line, names, t)]))
    cm = _snow_cm(line)
    if cm is not None and f"{msgid}_cm" in t.texts():
        depth = t.number(cm, 0 if cm.is_integer() else 1)
        return t(f"{msgid}_cm", who=who, what=what, cm=depth)
    if msgid not in t.texts():
        return t("{who} wrote a line of another kind.", who=who)
    return t(msgid, who=who, what=what)


def lines_csv(lines: Sequence[Event], names: SubjectNames, t: Translator) -> str:
    """Return lines as a table for a spreadsheet."""
    rows = [
        (
            line.id,
            t.stamp(line.at),
            _who(line.actor, names, t),
            sentence(line, names, t),
            line.verb,
            line.subject,
        )
        for line in lines
    ]
    return table_csv(_COLUMNS, rows, t)


@dataclass(frozen=True, slots=True)
class ProofView:
    """What a proof found: one sentence, what else it says, the receipt, and the findings."""

    whole: bool
    says: str
    notes: tuple[str, ...]
    receipt: str
    findings: tuple[str, ...]


def proof_view(done: Audit, t: Translator) -> ProofView:
    """Return the outcome of a proof in words."""
    found = len(done.findings)
    span = {"since": _moment(done.first_at, t), "until": _moment(done.last_at, t)}
    if found:
        says = t.plural("The proof found {count} fault.", found)
    else:
        text = "{count} line from {since} to {until}: as it was written, none is missing."
        says = t.plural(text, done.lines, **span)
    notes = (
        [] if found else [t("Plans, evidence, promises, shifts and rights are as the lines say.")]
    )
    if done.receipts:
        notes.append(t.plural("Compared with {count} receipt.", done.receipts))
    if done.unsealed:
        text = "{count} half hour of a truck is not sealed yet: it is compared once it is."
        notes.append(t.plural(text, done.unsealed))
    if done.clock_jumps:
        notes.append(t.plural("{count} line says that the clock was set.", done.clock_jumps))
    listed = [_finding(one, t) for one in done.findings[:SHOWN]]
    if found > SHOWN:
        listed.append(t.plural("and {count} more", found - SHOWN))
    return ProofView(not found, says, tuple(notes), f"{done.lines}:{done.last_hash}", tuple(listed))


def _finding(one: Finding, t: Translator) -> str:
    return t(
        f"wrong:{one.wrong}",
        line="–" if one.line is None else one.line,
        subject=one.subject or "–",
        expected=one.expected or "–",
        found=one.found or "–",
    )


def _moment(at: datetime | None, t: Translator) -> str:
    return "–" if at is None else t("{date}, {time}", date=t.date(at), time=t.time(at))


def _who(actor: Actor, names: SubjectNames, t: Translator) -> str:
    if actor.kind is ActorKind.USER:
        return names.person(actor.id)
    if actor.kind is ActorKind.CITIZEN:
        return t("The system {name}", name=actor.id.removeprefix("open311:"))
    said = t.named("actor", actor.id)
    return t("actor:server") if said == actor.id else said


def _what(line: Event, names: SubjectNames, t: Translator) -> str:
    """Return the name of what a line is about, else its number or what stands in its place."""
    kind, _, key = line.subject.partition(":")
    if kind == "alert":
        said = line.after.get("kind") or line.before.get("kind")
        return t.named("alert_kind", said) if isinstance(said, str) else _number(key, t)
    found = names.of(line.subject)
    if kind == "window" and key.count(":") == 1 and found.name:
        begins = begins_at(int(key.partition(":")[2]))
        return t("{truck}, half hour from {time}", truck=found.name, time=t.day_time(begins))
    if kind == "user" and found.name:
        return names.person(found.name)
    if kind == "plan" and found.name:
        return t.number(int(found.name))
    if found.name:
        return found.name
    street = street_of(found.segment_id, names.network, t)
    return street or _number(key, t)


def _snow_cm(line: Event) -> float | None:
    """Return how much snow an entry says has fallen, the last of several; `None` without one."""
    entries, added = line.after.get("entries"), line.after.get("added")
    if not isinstance(entries, list) or not isinstance(added, list):
        return None
    fallen = [float(one["mm"]) / 10 for one in entries if one["id"] in added]
    return max(fallen, default=None)


def _besides(line: Event, names: SubjectNames, t: Translator) -> Iterable[str]:
    """Yield the street and the machine of a line, and to whom or where something was moved."""
    street = street_of(names.of(line.subject).segment_id, names.network, t)
    if street:
        yield street
    request = names.of(f"request:{line.after.get('request')}").name
    if request and line.subject.startswith("alert:"):
        yield request
    vehicle = names.of(f"vehicle:{line.after.get('vehicle')}").name
    if vehicle and line.subject.partition(":")[0] not in _VEHICLES:
        yield vehicle
    if line.verb == "storm.moved":
        yield t.named("phase", str(line.after.get("phase", "")))
    if line.verb == "alert.given":
        yield names.person(str(line.after.get("owner", "")))


def street_of(segment_id: SegmentId | None, network: StreetNetwork, t: Translator) -> str:
    """Return what the street of a segment is called, "" where there is none."""
    segment = None if segment_id is None else network.find(segment_id)
    return "" if segment is None else called(street_name(segment), t)


def _page(subject: str) -> str:
    """Return the address of the page of a request, or of the one whose caller is meant."""
    kind, _, key = subject.partition(":")
    return f"/requests/{key}" if kind in _OF_REQUESTS and key.isdecimal() else ""


def _number(key: str, t: Translator) -> str:
    return t.number(int(key)) if key.isdecimal() else key


def _json(values: Mapping[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False, indent=1) if values else ""
