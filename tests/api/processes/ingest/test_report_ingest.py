import asyncio

import pytest

from api.access.auth import TooManyError
from api.processes.ingest.report_ingest import LIMITS, Arrival, ReportIngest
from data.model import RequestKind
from data.store.database.engine import reading, transaction
from data.store.requests.requests import list_requests
from fleet.requests.intake import Report, receive
from tests import village as v
from tests.village_database import DISPATCHER


def an_arrival(number: int = 0, **changes: object) -> Arrival:
    said: dict[str, object] = {"channel": "web", "kind": RequestKind.PLOW, "text": "School Street"}
    return Arrival(Report(**(said | changes)).under(f"web-{number}"), "", v.NOW, (f"web-{number}",))


@pytest.fixture
def door(client) -> ReportIngest:
    app = client.app.state.barfrub
    return ReportIngest(app.engine, app.city_state, app.clock.now, lambda _: None, app.plans)


def test_a_crowd_is_written_whole_and_everybody_gets_a_number_of_their_own(client, door):
    async def crowd() -> list[tuple[str, str]]:
        door.start()
        taken = await asyncio.gather(*(door.store(an_arrival(n)) for n in range(40)))
        await door.settled()
        await door.stop()
        return [(asked.reference, code) for asked, code, *_ in taken]

    taken = asyncio.run(crowd())
    assert len(set(taken)) == 40
    with reading(client.app.state.barfrub.engine) as tx:
        stored = list_requests(tx)
    assert {asked.reference for asked in stored} == {reference for reference, _ in taken}
    assert all(asked.snap is not None for asked in stored)
    assert door.tally == {"stored": 40, "repeated": 0}


def test_more_than_can_wait_are_asked_to_come_again_and_the_others_are_kept(door):
    async def overrun() -> list[object]:
        came = [asyncio.create_task(door.store(an_arrival(0))) for _ in range(LIMITS.waiting + 5)]
        await asyncio.sleep(0)
        door.start()
        answers = await asyncio.gather(*came, return_exceptions=True)
        await door.stop()
        return answers

    answers = asyncio.run(overrun())
    refused = [each for each in answers if isinstance(each, TooManyError)]
    assert len(refused) == 5
    assert door.tally["stored"] == 1
    assert door.tally["repeated"] == LIMITS.waiting - 1


def test_what_was_not_placed_before_a_restart_is_placed_after_it(client, door):
    engine = client.app.state.barfrub.engine
    with transaction(engine) as tx:
        receive(tx, DISPATCHER, Report("web", RequestKind.PLOW, "School Street"), v.NOW)

    async def restarted() -> None:
        door.start()
        await door.settled()
        await door.stop()

    asyncio.run(restarted())
    with reading(engine) as tx:
        (asked,) = list_requests(tx)
    assert asked.snap is not None
