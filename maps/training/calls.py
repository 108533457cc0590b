"""Calls of a rehearsal, as its operators and its instructor see them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import RequestId, ServiceRequest
from data.model.training.live_training import TrainingCall
from data.training.players import PLAYED_BY_SIMULATION
from maps.pages.i18n import Translator


@dataclass(frozen=True, slots=True)
class RingingCallView:
    """A call that rings; what the caller wants, nobody knows yet."""

    id: int
    rang_at: datetime


@dataclass(frozen=True, slots=True)
class SpokenCallView:
    """The call that somebody is on the line with: since when, and the caller's words."""

    id: int
    taken_at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class PhoneView:
    """An operator's phone: whether he plays the operator, what rings, and who is on the line.

    Where he does not, `players` are the names of those who do.
    """

    seated: bool
    players: tuple[str, ...]
    ringing: tuple[RingingCallView, ...]
    line: SpokenCallView | None


@dataclass(frozen=True, slots=True)
class DeskView:
    """The desk of somebody, for who leads: the phone as he has it, and what he has typed.

    `seated` is whether he plays the operator; nothing rings at the desk of anybody else. `place` is
    the one that he has chosen.
    """

    name: str
    seated: bool
    ringing: tuple[RingingCallView, ...]
    line: SpokenCallView | None
    words: str
    place: str


@dataclass(frozen=True, slots=True)
class CallRowView:
    """A call on the instructor's list: how long it rang, who took it, and what came of it.

    `state` is "rings", "talks", "missed" or "ended"; `reference` the number of its request.
    """

    id: int
    state: str
    rang_at: datetime
    rang_s: float
    taken_by: str
    words: str
    address: str
    request_id: int | None
    reference: str


def phone_view(
    calls: Iterable[TrainingCall], login: str, players: Sequence[str], *, seated: bool
) -> PhoneView:
    """Return the phone of somebody who signs in by a name."""
    ringing, line = [], None
    for call in calls:
        if call.rings:
            ringing.append(RingingCallView(call.id, call.rang_at))
        elif call.on_the_line and call.taken_by == login and call.taken_at is not None:
            line = SpokenCallView(call.id, call.taken_at, call.words)
    return PhoneView(seated, tuple(players), tuple(ringing), line)


def desk_view(name: str, phone: PhoneView, words: str, place: str) -> DeskView:
    """Return the desk of somebody with his phone and what he has typed."""
    if not phone.seated:
        return DeskView(name, False, (), None, "", "")
    return DeskView(name, True, phone.ringing, phone.line, words, place)


def call_rows(
    calls: Iterable[TrainingCall],
    asked: Mapping[RequestId, ServiceRequest],
    people: Mapping[str, str],
    now: datetime,
    t: Translator,
) -> tuple[CallRowView, ...]:
    """Return calls for the instructor's list, the newest first."""
    rows = [
        CallRowView(
            id=call.id,
            state=_state(call),
            rang_at=call.rang_at,
            rang_s=((call.taken_at or call.ended_at or now) - call.rang_at).total_seconds(),
            taken_by=_taker(call.taken_by, people, t),
            words=call.words,
            address=call.address,
            request_id=call.request_id,
            reference=_reference(call, asked),
        )
        for call in calls
    ]
    return tuple(reversed(rows))


def _taker(login: str, people: Mapping[str, str], t: Translator) -> str:
    return t("The simulation") if login in PLAYED_BY_SIMULATION else people.get(login) or login


def _reference(call: TrainingCall, asked: Mapping[RequestId, ServiceRequest]) -> str:
    request = None if call.request_id is None else asked.get(call.request_id)
    return request.reference if request else ""


def _state(call: TrainingCall) -> str:
    if call.rings:
        return "rings"
    if call.missed:
        return "missed"
    return "talks" if call.on_the_line else "ended"
