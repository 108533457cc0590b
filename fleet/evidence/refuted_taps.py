"""Taps that somebody refuted who looked on the spot: they prove nothing, however often judged."""

from collections.abc import Iterable

from data.model import EvidenceKind, Pass, Storm
from data.store.database.engine import Tx
from data.store.followup.sightings import list_streets_looked_at
from fleet.coverage.tap_rules import UNSEEN


def by_word_alone(one: Pass) -> bool:
    """Whether a pass is a driver's word that no position bears out."""
    by_driver = one.evidence.kind is EvidenceKind.DRIVER and one.treatment is not None
    return by_driver and one.evidence.confidence <= UNSEEN


def without_refuted(tx: Tx, storm: Storm, passes: Iterable[Pass]) -> list[Pass]:
    """Return passes without words of drivers about streets that a later look found not clear."""
    told = list(passes)
    refuted = list_streets_looked_at(tx, storm.started_at, clear=False) if told else {}
    return [
        one
        for one in told
        if not by_word_alone(one)
        or one.segment_id not in refuted
        or refuted[one.segment_id] < one.ended_at
    ]
