"""Views that digesting processes found changed are published as the server reads them."""

from collections import Counter
from dataclasses import replace

from api.processes.city_state import CityStateHolder
from api.processes.ingest.evidence_pipeline import Digester
from api.processes.ingest.evidence_process import EvidenceChanges, changes_of_run
from data.model import RequestId, RequestState, RunWish, Storm
from data.store.database.engine import Database, transaction, written_version
from data.store.planning.plan_runs import add_run, set_stop_requested
from data.store.requests.requests import add_request, get_request, save_request
from data.store.storms.storms import close_storm
from fleet.tracking.live_fleet import Hub, Subscription
from maps.board.board import run_view, storm_view
from maps.requests.requests import request_view
from tests import village as v
from tests.api.conftest import StillClock
from tests.api.processes.ingest.tracked_village import a_consumer, told
from tests.data.store.requests.test_request_search import a_request


def test_a_request_that_waited_in_a_digesting_process_is_published_as_it_is_now(
    engine: Database, clock: StillClock, hub: Hub, heard: Subscription
) -> None:
    its_hub = Hub()
    waiting = its_hub.subscribe(lambda: None, own=True)
    with transaction(engine) as tx:
        add_request(tx, a_request(7, state=RequestState.OPEN))
        add_request(tx, a_request(8, state=RequestState.OPEN))
        escalated = [get_request(tx, RequestId(7)), get_request(tx, RequestId(8))]
    its_hub.publish("requests", [request_view(one, {}, v.village()) for one in escalated])
    with transaction(engine) as tx:
        save_request(tx, replace(escalated[0], state=RequestState.CANCELLED))
    consumer = a_consumer(engine, clock, hub)
    digester = Digester(engine, clock, CityStateHolder(engine), its_hub, lambda: False)
    consumer.take_changes(changes_of_run(digester, 0, waiting.take()))
    states = {view.id: view.state for view in told(heard)["requests"]}
    assert states == {7: RequestState.CANCELLED, 8: RequestState.OPEN}


def test_a_request_that_came_from_a_digesting_process_replaces_no_newer_one(
    engine: Database, clock: StillClock, hub: Hub, heard: Subscription
) -> None:
    with transaction(engine) as tx:
        add_request(tx, a_request(7, state=RequestState.OPEN))
        before = get_request(tx, RequestId(7))
        early = written_version()
    consumer = a_consumer(engine, clock, hub)
    reread = {"requests": frozenset({before.id})}
    consumer.take_changes(EvidenceChanges(0, [], None, frozenset(), Counter(), reread))
    told(heard)
    hub.publish("requests", [request_view(before, {}, v.village())], version=early)
    assert not told(heard)


def test_a_storm_and_a_run_that_waited_in_a_digesting_process_are_published_as_they_are_now(
    engine: Database, clock: StillClock, hub: Hub, heard: Subscription, storm: Storm
) -> None:
    its_hub = Hub()
    waiting = its_hub.subscribe(lambda: None, own=True)
    digester = Digester(engine, clock, CityStateHolder(engine), its_hub, lambda: False)
    with transaction(engine) as tx:
        run = add_run(tx, storm.id, "leila", v.NOW, RunWish(30.0))
    digester.digest()
    with transaction(engine) as tx:
        set_stop_requested(tx, run.id)
        close_storm(tx, storm.id, "closed", v.NOW)
    a_consumer(engine, clock, hub).take_changes(changes_of_run(digester, 0, waiting.take()))
    heard_now = told(heard)
    assert [view.phase for view in heard_now["storm"]] == ["closed"]
    assert [view.stop_requested for view in heard_now["runs"]] == [True]


def test_a_storm_and_a_run_that_came_from_a_digesting_process_replace_no_newer_one(
    engine: Database, clock: StillClock, hub: Hub, heard: Subscription, storm: Storm
) -> None:
    with transaction(engine) as tx:
        run = add_run(tx, storm.id, "leila", v.NOW, RunWish(30.0))
        early = written_version()
    reread = {"storm": frozenset({storm.id}), "runs": frozenset({run.id})}
    news = EvidenceChanges(0, [], None, frozenset(), Counter(), reread)
    a_consumer(engine, clock, hub).take_changes(news)
    assert {*told(heard)} == {"storm", "runs"}
    hub.publish("storm", [storm_view(storm)], version=early)
    hub.publish("runs", [run_view(run)], version=early)
    assert not told(heard)
