"""Whether a database is a sandbox, and what is rehearsed in it."""

from data.model.training.rehearsal import Training
from data.store.database.engine import Tx
from data.store.training.rehearsal import find_training


def training_of(tx: Tx) -> Training | None:
    """Return what is rehearsed here; `None` in a real city."""
    return find_training(tx)
