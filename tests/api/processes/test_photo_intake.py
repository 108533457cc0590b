from contextlib import ExitStack
from datetime import timedelta

import pytest

from api.processes.photo_intake import (
    DECODED_AT_ONCE,
    WAITING,
    PhotoIntake,
    PhotosBusyError,
    PhotosFullError,
    PhotoSource,
)
from data.errors import InvalidError
from tests.pictures import a_bomb, a_picture
from tests.village_database import a_village_database

OUTSIDE, SIGNED_IN = PhotoSource.OUTSIDE, PhotoSource.SIGNED_IN
PICTURE = a_picture()


@pytest.fixture
def engine():
    return a_village_database()


@pytest.fixture
def intake(engine, tmp_path, clock):
    intake = PhotoIntake(engine, tmp_path, clock, reserve_mb=0, daily_mb=1)
    yield intake
    intake.stop()


def stored(folder):
    return list(folder.glob("photos/*"))


def test_only_a_few_photos_wait_for_the_decoder(intake):
    with ExitStack() as holding:
        for _ in range(DECODED_AT_ONCE + WAITING):
            holding.enter_context(intake.place())
        with pytest.raises(PhotosBusyError), intake.place():
            pass
    with intake.place():
        assert intake.submit(PICTURE, OUTSIDE).result()


def test_a_place_is_free_again_after_a_refusal(intake, tmp_path):
    for _ in range(2 * (DECODED_AT_ONCE + WAITING)):
        with pytest.raises(InvalidError, match="16 megapixels"), intake.place():
            intake.submit(a_bomb("PNG"), OUTSIDE).result()
    assert stored(tmp_path) == []


def test_photos_from_outside_have_a_quota_of_their_own(intake, tmp_path, clock):
    some = PICTURE + bytes(400_000)
    for _ in range(2):
        intake.store(some, OUTSIDE)
    with pytest.raises(PhotosFullError):
        intake.store(some, OUTSIDE)
    assert len(stored(tmp_path)) == 2
    intake.store(some, SIGNED_IN)
    clock.moment += timedelta(days=1)
    intake.store(some, OUTSIDE)
    assert len(stored(tmp_path)) == 4


def test_the_quota_is_one_for_all_servers_of_a_city_and_outlasts_them(
    intake, engine, tmp_path, clock
):
    some = PICTURE + bytes(600_000)
    intake.store(some, OUTSIDE)
    other = PhotoIntake(engine, tmp_path, clock, reserve_mb=0, daily_mb=1)
    with pytest.raises(PhotosFullError):
        other.store(some, OUTSIDE)
    other.stop()
    assert len(stored(tmp_path)) == 1


def test_photos_leave_a_reserve_on_the_disk(engine, tmp_path, clock):
    intake = PhotoIntake(engine, tmp_path, clock, reserve_mb=10**9, daily_mb=1)
    with pytest.raises(PhotosFullError):
        intake.store(PICTURE, SIGNED_IN)
    assert stored(tmp_path) == []
