from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from data.model import (
    LonLat,
    QueueOrder,
    RequestFilter,
    RequestId,
    RequestKind,
    RequestState,
    ServiceClass,
    ServiceRequest,
    Side,
    Snap,
    Stage,
)
from data.model.requests.request_queue import DeadlineRules, PageCursor
from data.store.database.engine import create_engine, transaction
from data.store.requests.request_search import search_requests, spots_of_requests, tally_requests
from data.store.requests.requests import Caller, add_caller, add_request, list_open_within
from data.store.schema import metadata
from tests.village import MAIN_WEST, NOW, SCHOOL, TULIP, at_m
from tests.village_database import POLICY

CLASSES = POLICY.classes


def a_request(number, minutes=0, segment=None, **changes):
    asked = ServiceRequest(
        id=RequestId(number),
        reference=f"B-{number:04d}",
        received_at=NOW - timedelta(minutes=minutes),
        channel="phone",
        text="",
        kind=RequestKind.PLOW,
        state=RequestState.NEW,
    )
    if segment is not None:
        asked = replace(asked, location=at_m(1, 1), snap=Snap(segment, Side.RIGHT, 1.0, 1.0))
    return replace(asked, **changes)


@pytest.fixture
def queue(tx):
    for asked in (
        a_request(1, 50, text="خيابان كاشاني پر از برف"),
        a_request(2, 40, MAIN_WEST, state=RequestState.OPEN, address="Imam Street 12"),
        a_request(3, 30, TULIP, kind=RequestKind.ICE),
        a_request(4, 20, SCHOOL, state=RequestState.DONE),
        a_request(5, 10, state=RequestState.CANCELLED),
    ):
        add_request(tx, asked)
    add_caller(tx, RequestId(3), Caller("Sara", "0914 555-1234", b"salt"))
    return tx


def ids(tx, order=QueueOrder.OLDEST, limit=50, after=None, **wanted):
    cursor = None if after is None else PageCursor(after)
    found = search_requests(tx, RequestFilter(**wanted), CLASSES, order, limit, cursor)
    return [each.request.id for each in found]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"stages": frozenset({Stage.UNPLACED})}, [1]),
        ({"stages": frozenset({Stage.PLACED, Stage.OPEN})}, [2, 3]),
        ({"stages": frozenset({Stage.CLOSED})}, [4, 5]),
        ({"kinds": frozenset({RequestKind.ICE})}, [3]),
        ({"classes": frozenset({ServiceClass("P1")})}, [2]),
        ({"received_before": NOW - timedelta(minutes=30)}, [1, 2]),
        ({"received_from": NOW - timedelta(minutes=30)}, [3, 4, 5]),
        ({"words": "خیابان کاشانی"}, [1]),
        ({"words": "imam 12"}, [2]),
        ({"words": "B-0004"}, [4]),
        ({"words": "100%"}, []),
        ({"words": "۵۵۵۱۲۳۴"}, [3]),
        ({"words": "555"}, []),
    ],
)
def test_a_filter_leaves_what_it_says(queue, wanted, expected):
    assert ids(queue, **wanted) == expected


def test_a_request_comes_with_the_class_of_its_street(queue):
    found = search_requests(queue, RequestFilter(), CLASSES, QueueOrder.NEWEST, 50)

    assert [each.service_class for each in found] == ["", "P2", "P3", "P1", ""]


def test_counts_follow_age_and_words_but_not_what_is_chosen(queue):
    chosen = RequestFilter(kinds=frozenset({RequestKind.ICE}))
    by_kind = {row.kind: row.requests for row in tally_requests(queue, chosen, CLASSES)}
    worded = tally_requests(queue, RequestFilter(words="کاشانی"), CLASSES)

    assert by_kind["ice"] == 1
    assert sum(row.requests for row in tally_requests(queue, chosen, CLASSES)) == 5
    assert [(row.stage, row.requests) for row in worded] == [("unplaced", 1)]


def test_the_map_gets_the_points_of_what_has_a_place(queue):
    spots = spots_of_requests(queue, RequestFilter(), CLASSES)

    assert [spot.id for spot in spots] == [2, 3, 4]
    assert spots[0].received_s == (NOW - timedelta(minutes=40)).timestamp()
    assert LonLat(spots[0].lon, spots[0].lat) == at_m(1, 1)


def test_a_page_does_not_move_while_requests_come_in(queue):
    first = ids(queue, QueueOrder.NEWEST, 2)
    add_request(queue, a_request(6))

    assert first == [5, 4]
    assert ids(queue, QueueOrder.NEWEST, 2, after=first[-1]) == [3, 2]


@settings(max_examples=15)
@given(
    ages=st.lists(st.integers(0, 5), min_size=1, max_size=12),
    size=st.integers(1, 5),
    order=st.sampled_from(QueueOrder),
)
def test_pages_together_are_the_whole_list(ages, size, order):
    engine = create_engine(None)
    metadata.create_all(engine)
    with transaction(engine) as tx:
        for number, minutes in enumerate(ages, 1):
            add_request(tx, a_request(number, minutes))
        pages, after = [], None
        while page := ids(tx, order, size, after):
            pages += page
            after = page[-1]

        assert pages == ids(tx, order, len(ages))
        assert sorted(pages) == list(range(1, len(ages) + 1))


@pytest.mark.parametrize("at", [None, NOW])
def test_what_waits_near_a_place_is_found_by_its_place(queue, at):
    asked = []
    event.listen(queue, "before_cursor_execute", lambda *told: asked.append(told[2:4]))
    place = at_m(1, 1)
    west, south, east, north = (
        place.lon - 1e-5,
        place.lat - 1e-5,
        place.lon + 1e-5,
        place.lat + 1e-5,
    )
    assert [each.id for each in list_open_within(queue, west, south, east, north, at)] == [2, 3]
    sqlite = queue.dialect.name == "sqlite"
    if not sqlite:
        queue.exec_driver_sql("SET LOCAL enable_seqscan = off")  # a table of five rows
        queue.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
    [(statement, values)] = asked[:1]
    explained = f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{statement}"
    steps = [row[-1] for row in queue.exec_driver_sql(explained, values)]
    assert any("request_by_place" in step for step in steps)


def test_a_class_more_costs_a_question_few_values_more(queue):
    def values(count: int) -> int:
        classes = {ServiceClass(f"P{number}"): number for number in range(1, count + 1)}
        kinds = {(kind, name): 60 for kind in RequestKind for name in classes}
        rules = DeadlineRules(60, 0, frozenset(RequestKind), classes, 9, 9, kinds, 5)
        asked = []
        event.listen(queue, "before_cursor_execute", lambda *told: asked.append(len(told[3])))
        due = RequestFilter(), CLASSES, QueueOrder.DUE, 50
        search_requests(queue, *due, PageCursor(RequestId(1), 5), rules)
        return max(asked)

    assert values(10) < 800
