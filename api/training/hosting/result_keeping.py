"""Everybody's results of a training are kept in the city that was rehearsed."""

from datetime import UTC, datetime
from pathlib import Path

from api.config.console import open_city_database
from api.config.training_clock import TrainingClock
from data.model import Actor
from data.store.database.city_database import database_of
from data.store.database.engine import reading, transaction
from fleet.training.sandbox.folder import Sandbox
from fleet.training.scores.debrief import keep_results, results_here


def keep_in_city(sandbox: Sandbox, home: Path, actor: Actor) -> int:
    """Keep the results of a training in the folder of its city; return how many are new.

    Raises `BarfrubError` or what is raised where a database is unavailable.
    """
    now = datetime.now(UTC)
    here = database_of(sandbox.city_folder)
    with reading(here) as tx:
        clock = TrainingClock(sandbox.folder)
        results = results_here(tx, clock.now(), now, clock.speed)
    here.dispose()
    if not results:
        return 0
    city = open_city_database(home)
    with transaction(city) as tx:
        kept = keep_results(tx, actor, results, now)
    city.dispose()
    return kept
