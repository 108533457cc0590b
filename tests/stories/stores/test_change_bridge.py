"""Changes of one server of a city reach another one's hub: whole, in order, or as a gap."""

from collections.abc import Iterator, Sequence
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

import pytest

from api.processes.cluster.change_bridge import ChangeBridge
from data.store.database.engine import Database, reading, transaction
from data.store.setup.machines import list_vehicles
from fleet.tracking.live_fleet import Hub, LiveFleet
from maps.board.board import StormView, live_view
from tests import postgres
from tests.stories.stores.waiting import a_fix, end_connections, waited
from tests.village import NOW

pytestmark = pytest.mark.skipif(not postgres.WANTED, reason="about cities on PostgreSQL")

END_LISTENERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE 'LISTEN%%'
"""


@dataclass
class Linked:
    """A server's hub, fleet and bridge, without its pages."""

    engine: Database
    gaps: int = 0
    hub: Hub = field(default_factory=Hub)
    live: LiveFleet = field(default_factory=LiveFleet)
    colors: list[Any] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        with reading(self.engine) as tx:
            self.live.meet(list_vehicles(tx))
        self.news = self.hub.subscribe(bool)
        self.bridge = ChangeBridge(
            self.engine,
            self.hub,
            self.live,
            {"coverage": self._take_colors},
            lambda places: [live_view(one) for one in self.live.take(places)],
            self._count_gap,
        )
        self.bridge.start()

    def _take_colors(self, rows: Sequence[Any]) -> None:
        self._fail()
        self.colors.extend(rows)

    def _count_gap(self) -> None:
        self._fail()
        self.gaps += 1

    def _fail(self) -> None:
        if self.faults:
            raise self.faults.pop()


@pytest.fixture
def linked(engines: tuple[Database, Database]) -> Iterator[tuple[Linked, Linked]]:
    two = Linked(engines[0]), Linked(engines[1])
    yield two
    for one in two:
        one.bridge.stop()


def test_rows_and_views_come_as_they_were_published_and_never_back(
    linked: tuple[Linked, Linked],
) -> None:
    one, other = linked
    storm = StormView(7, "Snow", "active", NOW)
    one.hub.publish("coverage", [(3, 0, -1)])
    one.hub.publish("storm", [storm])
    one.hub.publish("city", [storm])  # each server finds that out by itself
    came = dict(waited(lambda: other.news.take()))
    assert came["coverage"] == [(3, 0, -1)] == other.colors
    assert came["storm"][0].id == 7
    assert came["storm"][0]["name"] == "Snow"
    assert came.keys() == {"coverage", "storm"}
    one.news.take()
    other.hub.publish("storm", [storm])
    waited(lambda: one.news.take())
    assert other.news.take() == [("storm", [storm])]


def test_an_older_view_of_one_server_never_replaces_a_newer_one_of_another(
    linked: tuple[Linked, Linked],
) -> None:
    one, other = linked
    slow, quick = copy_context(), copy_context()  # two requests, one at each server
    slow.run(write, one.engine)
    quick.run(write, other.engine)
    quick.run(other.hub.publish, "storm", [StormView(7, "Newer", "active", NOW)])
    other.news.take()
    slow.run(one.hub.publish, "storm", [StormView(7, "Older", "active", NOW)])
    slow.run(one.hub.publish, "storm", [StormView(8, "Another", "active", NOW)])
    assert [each["name"] for each in dict(waited(other.news.take))["storm"]] == ["Another"]
    waited(lambda: "Newer" in names_heard(one))


def write(engine: Database) -> None:
    with transaction(engine):
        pass


def names_heard(server: Linked) -> list[str]:
    views = dict(server.news.take()).get("storm", [])
    return [view["name"] for view in views if isinstance(view, dict)]


def test_places_of_vehicles_come_from_their_table(linked: tuple[Linked, Linked]) -> None:
    one, other = linked
    moved = one.live.see([a_fix()], NOW)
    one.hub.publish("vehicles", [live_view(each) for each in moved])
    ((kind, views),) = waited(lambda: other.news.take())
    assert (kind, views) == ("vehicles", [live_view(each) for each in moved])
    assert other.live.picture() == one.live.picture()


def test_a_broken_connection_is_a_gap_after_which_changes_come_again(
    linked: tuple[Linked, Linked],
) -> None:
    one, other = linked
    assert other.gaps == 1
    end_connections(one.engine, END_LISTENERS)
    waited(lambda: other.gaps == 2)
    one.hub.publish("coverage", [(3, 1, 1)])
    assert waited(lambda: other.news.take()) == [("coverage", [(3, 1, 1)])]


def test_changes_that_could_not_be_passed_on_are_a_gap(linked: tuple[Linked, Linked]) -> None:
    one, other = linked
    other.faults.append(TimeoutError("no connection of the pool was free"))
    one.hub.publish("coverage", [(3, 0, -1)])
    waited(lambda: other.gaps == 2)
    one.hub.publish("coverage", [(3, 1, 1)])
    assert waited(lambda: other.news.take()) == [("coverage", [(3, 1, 1)])]


def test_a_gap_that_could_not_be_dealt_with_is_dealt_with_again(
    linked: tuple[Linked, Linked],
) -> None:
    one, other = linked
    other.faults.append(TimeoutError("no connection of the pool was free"))
    end_connections(one.engine, END_LISTENERS)
    waited(lambda: other.gaps == 2)
