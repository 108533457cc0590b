"""Two programs that write into one city at once, on either store."""

from pathlib import Path
from threading import Barrier, Thread

from data.model import Actor, ActorKind
from data.store.audit.audit_log import add_event, broken_links, list_events
from data.store.database.city_database import database_of
from data.store.database.engine import reading, transaction
from tests.village import NOW
from tests.village_database import copy_city, make_city_database

EACH = 40


def test_two_programs_that_write_events_at_once_do_not_fork_the_chain(
    tmp_path: Path, password_hash: str
) -> None:
    made = tmp_path / "made"
    made.mkdir()
    make_city_database(made, password_hash)
    folder, together = copy_city(made, tmp_path / "village"), Barrier(2)

    def write(login: str) -> None:
        engine, actor = database_of(folder), Actor(ActorKind.USER, login)
        for number in range(EACH):
            together.wait()
            with transaction(engine) as tx:
                add_event(tx, NOW, actor, "storm.looked", f"storm:{number}")
        engine.dispose()

    writers = [Thread(target=write, args=[login]) for login in ("leila", "reza")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    engine = database_of(folder)
    with reading(engine) as tx:
        lines = list_events(tx)
    engine.dispose()
    assert len(lines) == 2 * EACH
    assert broken_links(lines) == []
