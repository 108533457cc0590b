"""Marks of a rehearsal: moments to which it can be set back, with all that was so then."""

import logging
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from data.errors import BarfrubError, ConflictError, DiskFullError
from data.model import Actor
from data.model.training.live_training import TrainingSeat
from data.model.training.rehearsal import MarkKind, TrainingMark, TrainingMarkId
from data.store.audit.audit_log import add_event
from data.store.audit.receipt_file import RECEIPTS
from data.store.backup.sqlite_copy import is_whole
from data.store.database.city_database import database_of, size_bytes
from data.store.database.engine import (
    Database,
    DatabaseUnavailable,
    Tx,
    reading,
    transaction,
)
from data.store.training.kept_copies import keep_copy, put_back
from data.store.training.rehearsal import add_mark, get_mark, list_marks, remove_mark
from fleet.training.sandbox.folder import Sandbox
from fleet.training.sandbox.outbox import forget_later
from fleet.training.seats import seat_again, seats_of

MARK_EVERY = timedelta(minutes=30)
"""How often the sandbox sets a mark by itself, by the storm's time."""

MOST_AUTO = 24
"""Marks that the sandbox keeps of those set by itself: each is as large as its database."""

LABEL_LETTERS = 80

HISTORY = "history"
"""The folder in a city's that keeps what its map looked like: of times that are no more."""

HINDRANCES = (BarfrubError, OSError, *DatabaseUnavailable)
"""What a full disk or a locked database raises; the rehearsal goes on without what it hindered."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SetBack:
    """A sandbox has its database of a mark; people sat in `seats`, `gone` are files of no mark."""

    mark: TrainingMark
    seats: Sequence[TrainingSeat]
    gone: Sequence[str]


def marks_of(tx: Tx) -> list[TrainingMark]:
    """Return the marks, the earliest first."""
    return list_marks(tx)


def mark_of(tx: Tx, mark_id: TrainingMarkId) -> TrainingMark:
    """Return a mark; raise `NotFoundError`."""
    return get_mark(tx, mark_id)


def last_mark_at(tx: Tx, before: datetime) -> datetime | None:
    """Return when the last mark up to a moment was set."""
    return max((one.at for one in list_marks(tx) if one.at <= before), default=None)


def set_mark(
    engine: Database,
    sandbox: Sandbox,
    actor: Actor,
    label: str,
    kind: MarkKind,
    now: datetime,
    reserve_bytes: int,
) -> TrainingMark:
    """Keep the sandbox as it is; its clock stands meanwhile.

    The mark is in its own copy too. Of those that the sandbox sets by itself the newest and some
    earlier ones stay. Raises `DiskFullError` where the copy would not leave `reserve_bytes` free,
    which the real city needs.
    """
    _require_room(sandbox, size_bytes(engine) + reserve_bytes)
    sandbox.marks.mkdir(exist_ok=True, mode=0o700)
    file = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}.sqlite"
    by = actor.id if kind is MarkKind.OWN else ""
    with transaction(engine) as tx:
        mark = add_mark(tx, TrainingMark(TrainingMarkId(0), now, label, kind, by, file))
        add_event(tx, now, actor, "training.marked", f"training_mark:{mark.id}")
    try:
        keep_copy(sandbox.city_folder, sandbox.marks / file)
    except BaseException:
        with transaction(engine) as tx:
            remove_mark(tx, mark.id)
        raise
    if kind is MarkKind.AUTO:
        _thin_out(engine, sandbox)
    return mark


def _require_room(sandbox: Sandbox, wanted_bytes: int) -> None:
    if shutil.disk_usage(sandbox.folder).free < wanted_bytes:
        raise DiskFullError


def _thin_out(engine: Database, sandbox: Sandbox) -> None:
    """Forget marks that the sandbox set by itself where there are too many."""
    with transaction(engine) as tx:
        marks = [one for one in list_marks(tx) if one.kind is MarkKind.AUTO]
        gone = []
        while len(marks) > MOST_AUTO:
            gone.append(_most_dispensable(marks))
            marks.remove(gone[-1])
            remove_mark(tx, gone[-1].id)
    for mark in gone:
        (sandbox.marks / mark.file).unlink(missing_ok=True)


def _most_dispensable(marks: Sequence[TrainingMark]) -> TrainingMark:
    """Return the mark whose neighbors are nearest to each other: never the first or the last."""
    threes = zip(marks, marks[1:], marks[2:], strict=False)
    return min(threes, key=lambda three: three[2].at - three[0].at)[1]


def require_whole(sandbox: Sandbox, mark: TrainingMark) -> None:
    """Raise `ConflictError` where the copy of a mark is damaged or gone."""
    if not is_whole(sandbox.marks / mark.file):
        raise ConflictError(
            f"the copy of the mark {mark.label!r} of {mark.at:%Y-%m-%d %H:%M}Z is damaged",
            reason="training_mark_damaged",
            at=mark.at,
        )


def set_back(sandbox: Sandbox, mark_id: TrainingMarkId, reserve_bytes: int) -> SetBack:
    """Put the database of a mark in its place, while nobody has the sandbox open.

    Notes and marks stay, those that the sandbox set later by itself excepted; `settle` does the
    rest. Raises `NotFoundError` where there is no such mark, `ConflictError` where its copy is
    damaged, `DiskFullError` where that would not leave `reserve_bytes` free.
    """
    city = sandbox.city_folder
    with _opened(city) as engine, reading(engine) as tx:
        mark, seats = get_mark(tx, mark_id), seats_of(tx)
    require_whole(sandbox, mark)
    copy = sandbox.marks / mark.file
    _require_room(sandbox, copy.stat().st_size + reserve_bytes)
    return SetBack(mark, seats, put_back(city, copy, mark))


def settle(sandbox: Sandbox, back: SetBack, actor: Actor) -> None:
    """Forget what was later than the mark, and let people keep their seats.

    What of this fails is logged: everything has been set back already.
    """
    for step in (_forget_files, _forget_messages, _seat_people):
        try:
            step(sandbox, back, actor)
        except HINDRANCES as error:
            _log.error("after the rehearsal was set back: %s", error)


def _forget_files(sandbox: Sandbox, back: SetBack, _: Actor) -> None:
    for file in back.gone:
        (sandbox.marks / file).unlink(missing_ok=True)
    shutil.rmtree(sandbox.city_folder / HISTORY, ignore_errors=True)
    (sandbox.city_folder / RECEIPTS).unlink(missing_ok=True)


def _forget_messages(sandbox: Sandbox, back: SetBack, _: Actor) -> None:
    forget_later(sandbox.outbox, back.mark.at)


def _seat_people(sandbox: Sandbox, back: SetBack, actor: Actor) -> None:
    mark = back.mark
    with _opened(sandbox.city_folder) as engine, transaction(engine) as tx:
        add_event(tx, mark.at, actor, "training.set_back", f"training_mark:{mark.id}")
        seat_again(tx, back.seats, mark.at)


@contextmanager
def _opened(city: Path) -> Iterator[Database]:
    engine = database_of(city)
    try:
        yield engine
    finally:
        engine.dispose()
