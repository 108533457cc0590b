"""The word that stands over every sheet of paper of a rehearsal."""

from data.store.database.engine import Tx
from fleet.training.rehearsal import training_of
from maps.pages.i18n import Translator


def training_word(tx: Tx, t: Translator) -> dict[str, object]:
    """Return what paper says of a rehearsal, for `maps.pages.pdf`; "" in a real city."""
    return {"training": "" if training_of(tx) is None else t("Training")}
