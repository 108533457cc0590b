"""Whether a database is a sandbox, and what is rehearsed in it."""

from data.errors import NotFoundError
from data.model.training.rehearsal import Training
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
