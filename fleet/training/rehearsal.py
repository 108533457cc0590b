"""Whether a database is a sandbox, and what is rehearsed in it."""

from datetime import datetime

from data.errors import NotFoundError
from data.model import Actor
from data.model.training.rehearsal import Training
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.training.rehearsal import find_training


def training_of(tx: Tx) -> Training | None:
    """Return what is rehearsed here; `None` in a real city."""
    return find_training(tx)


def known_training(tx: Tx) -> Training:
    """Return what is rehearsed here; raise `NotFoundError` in a real city."""
    training = find_training(tx)
    if training is None:
        raise NotFoundError("training", "")
    return training


def note_clock_set(tx: Tx, actor: Actor, now: datetime, speed: float, *, paused: bool) -> None:
    """Write down that somebody changed how the clock of a rehearsal goes."""
    after = {"speed": speed, "paused": paused}
    add_event(tx, now, actor, "training.clock_set", "training:1", after=after)
