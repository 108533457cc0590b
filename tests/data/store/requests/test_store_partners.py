from datetime import timedelta

from data.model import RequestId, RequestKind, RequestState, ServiceRequest
from data.store.accounts.api_keys import (
    add_api_key,
    find_api_key,
    find_api_key_by_name,
    get_api_key,
    list_api_keys,
    set_revoked,
)
from data.store.database.engine import Tx
from data.store.requests.data_retention import forget_photos
from data.store.requests.request_photos import (
    add_request_photo,
    find_photographed,
    list_request_photos,
)
from data.store.requests.requests import add_request
from tests.village import NOW

DAY = timedelta(days=1)


def a_request(tx: Tx, number: int) -> RequestId:
    asked = ServiceRequest(
        id=RequestId(number),
        reference=f"B-{number:04d}",
        received_at=NOW,
        channel="web",
        text="snow",
        kind=RequestKind.PLOW,
        state=RequestState.NEW,
    )
    add_request(tx, asked)
    return asked.id


def test_a_key_is_found_by_its_digest_until_it_is_revoked(tx: Tx) -> None:
    key = add_api_key(tx, "FixMyStreet", "team@example.org", "digest", NOW)
    assert find_api_key(tx, "digest") == key == get_api_key(tx, key.id)
    assert find_api_key(tx, "other") is None
    revoked = set_revoked(tx, key.id, NOW + DAY)
    assert find_api_key(tx, "digest") is None
    assert find_api_key_by_name(tx, "FixMyStreet") == revoked
    assert [each.revoked_at for each in list_api_keys(tx)] == [NOW + DAY]


def test_photos_belong_to_requests_until_their_time_is_over(tx: Tx) -> None:
    first, second, bare = (a_request(tx, number) for number in (1, 2, 3))
    add_request_photo(tx, first, "b.jpg", NOW)
    add_request_photo(tx, first, "a.jpg", NOW + DAY)
    add_request_photo(tx, second, "c.jpg", NOW + DAY)
    photos = list_request_photos(tx, [first, second, bare])
    assert photos == {first: ["b.jpg", "a.jpg"], second: ["c.jpg"]}
    assert find_photographed(tx, "c.jpg") == second
    assert forget_photos(tx, NOW + DAY) == ["b.jpg"]
    assert list_request_photos(tx, [first]) == {first: ["a.jpg"]}
    assert find_photographed(tx, "b.jpg") is None
