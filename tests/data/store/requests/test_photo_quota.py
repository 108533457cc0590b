from datetime import timedelta

from data.store.database.engine import Tx
from data.store.requests.photo_quota import take_quota
from tests.village import NOW

TODAY = NOW.date()


def test_bytes_are_taken_while_they_fit_into_the_quota_of_their_source(tx: Tx) -> None:
    assert take_quota(tx, "outside", TODAY, 600, 1_000)
    assert not take_quota(tx, "outside", TODAY, 401, 1_000)
    assert take_quota(tx, "signed_in", TODAY, 401, 1_000)
    assert take_quota(tx, "outside", TODAY, 400, 1_000)
    assert not take_quota(tx, "outside", TODAY, 1, 1_000)


def test_a_quota_begins_anew_with_each_day(tx: Tx) -> None:
    assert take_quota(tx, "outside", TODAY, 1_000, 1_000)
    tomorrow = TODAY + timedelta(days=1)
    assert take_quota(tx, "outside", tomorrow, 700, 1_000)
    assert not take_quota(tx, "outside", tomorrow, 301, 1_000)


def test_what_is_larger_than_the_whole_quota_is_never_taken(tx: Tx) -> None:
    assert not take_quota(tx, "outside", TODAY, 1, 0)
