import asyncio

from api.processes.ingest.position_ingest import Devices
from data.model import VehicleId
from data.store.accounts.accounts import add_device
from data.store.database.engine import transaction
from fleet.accounts.accounts import token_digest
from tests.village_database import a_village_database


def test_a_known_tracker_is_found_at_every_moment_while_trackers_are_read() -> None:
    engine = a_village_database()
    with transaction(engine) as tx:
        added = add_device(tx, "truck-1", VehicleId(1), token_digest("token-one"))
    devices = Devices(engine)

    async def asked(turns: int):
        for _ in range(turns):
            await asyncio.sleep(0)
        return await devices.find("token-one")

    async def all_asked():
        return await asyncio.gather(*map(asked, range(2_000)))

    assert set(asyncio.run(all_asked())) == {added}
    devices.stop()
    engine.dispose()
