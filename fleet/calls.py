"""Callers of a simulated storm, pure: people who say in their own words what is wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from data.model import RequestKind, RoadClass, Segment

AGAIN = 0.25
"""Share of callers who ask for a street that somebody has asked for lately."""

LATELY = 12
"""Streets that are talked about."""

VAGUE = 0.05
"""Share of callers who do not say where."""

NUMBERED = 0.4
"""Share of callers who give a house number."""

NOBODY_LIVES = frozenset({RoadClass.MOTORWAY, RoadClass.TRUNK})
"""Roads that nobody calls about."""

PERSIAN: Sequence[tuple[RequestKind, str]] = (
    (RequestKind.PLOW, "سلام، {place} از صبح برف‌روبی نشده است"),
    (RequestKind.PLOW, "در {place} برف تا زانو می‌رسد و هیچ ماشینی رد نمی‌شود"),
    (RequestKind.PLOW, "لطفاً برف‌روب بفرستید به {place}، مدرسه تعطیل نیست"),
    (RequestKind.ICE, "{place} یخ زده است، ماشین‌ها سر می‌خورند"),
    (RequestKind.ICE, "شیب {place} لغزنده است، نمک بپاشید"),
    (RequestKind.BLOCKED, "در {place} ماشینی در برف گیر کرده و راه بسته است"),
)

ENGLISH: Sequence[tuple[RequestKind, str]] = (
    (RequestKind.PLOW, "{place} has not been plowed since last night"),
    (RequestKind.PLOW, "Nobody gets through on {place}, the snow is knee-deep"),
    (RequestKind.PLOW, "Please send a plow to {place}, the bus is stuck"),
    (RequestKind.ICE, "{place} is one sheet of ice, somebody will get hurt"),
    (RequestKind.ICE, "Please salt {place}, cars slide down the slope"),
    (RequestKind.BLOCKED, "A car is stuck in the snow on {place} and blocks the way"),
)

VAGUE_PERSIAN = "کوچه‌ی ما پر از برف است، لطفاً کمک کنید"
VAGUE_ENGLISH = "Our street is full of snow, please help"


@dataclass(frozen=True, slots=True)
class Call:
    """What somebody says on the phone, and what the operator notes as the address."""

    at: datetime
    kind: RequestKind
    text: str
    address: str


def calls(
    segments: Sequence[Segment], starts_at: datetime, per_hour: float, seed: int
) -> Iterator[Call]:
    """Yield calls without end, by time; nothing where no street has a name."""
    named = [s for s in segments if _name(s) and s.road_class not in NOBODY_LIVES]
    if not named:
        return
    chance, at = np.random.default_rng([seed, 7]), starts_at
    talked_about: list[str] = []
    while True:
        at += timedelta(hours=float(chance.exponential(1 / per_hour)))
        street = _name(named[int(chance.integers(len(named)))])
        if talked_about and chance.random() < AGAIN:
            street = talked_about[int(chance.integers(len(talked_about)))]
        talked_about = [*talked_about, street][-LATELY:]
        number = int(chance.integers(1, 60)) if chance.random() < NUMBERED else None
        said = int(chance.integers(len(ENGLISH)))
        vague = bool(chance.random() < VAGUE)
        yield _call(at, street, number, said, vague=vague)


def _call(at: datetime, street: str, number: int | None, said: int, *, vague: bool) -> Call:
    persian = any("\u0600" <= letter <= "\u06ff" for letter in street)
    if vague:
        return Call(at, RequestKind.PLOW, VAGUE_PERSIAN if persian else VAGUE_ENGLISH, "")
    kind, sentence = (PERSIAN if persian else ENGLISH)[said]
    place = street
    if number is not None:
        place = f"{street} پلاک {number}" if persian else f"{street} {number}"
    return Call(at, kind, sentence.format(place=place), place)


def _name(segment: Segment) -> str:
    spellings = segment.names.get("") or segment.names.get("fa") or ()
    return spellings[0] if spellings else ""
