from datetime import datetime, timedelta

from data.model import UnknownTracker, UnknownTrackerFault
from data.store.database.engine import Tx
from data.store.tracking.unknown_trackers import (
    KEPT,
    MOST,
    MOST_OF_ADDRESS,
    list_unknown_trackers,
    note_unknown_trackers,
)
from tests import village as v


def an_unknown_tracker(
    name: str, address: str, times: int = 1, at: datetime = v.NOW
) -> UnknownTracker:
    return UnknownTracker(name, "osmand", UnknownTrackerFault.NAME, address, at, at, times)


def names(tx: Tx) -> set[str]:
    return {one.name for one in list_unknown_trackers(tx)}


def test_one_address_fills_a_few_lines_only_and_who_comes_often_stays(tx: Tx) -> None:
    note_unknown_trackers(tx, [an_unknown_tracker("truck", "10.0.0.1", times=9)], v.NOW)
    flood = [an_unknown_tracker(f"guess {n}", "10.0.0.1") for n in range(50)]
    note_unknown_trackers(tx, [*flood, an_unknown_tracker("other", "10.0.0.2")], v.NOW)
    assert {"truck", "other"} <= names(tx)
    assert len(names(tx)) == MOST_OF_ADDRESS + 1


def test_the_list_stays_short_whoever_comes(tx: Tx) -> None:
    crowd = [an_unknown_tracker(f"name {n}", f"10.0.1.{n}") for n in range(MOST + 50)]
    note_unknown_trackers(tx, crowd, v.NOW)
    assert len(names(tx)) == MOST


def test_a_stranger_adds_up_and_is_forgotten_in_the_end(tx: Tx) -> None:
    later = v.NOW + timedelta(hours=1)
    note_unknown_trackers(tx, [an_unknown_tracker("truck", "10.0.0.1")], v.NOW)
    note_unknown_trackers(tx, [an_unknown_tracker("truck", "10.0.0.9", 2, later)], later)
    (known,) = list_unknown_trackers(tx)
    assert (known.times, known.address) == (3, "10.0.0.9")
    assert (known.first_at, known.last_at) == (v.NOW, later)
    note_unknown_trackers(tx, [], later + KEPT + timedelta(seconds=1))
    assert names(tx) == set()
