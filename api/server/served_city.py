"""Serving one city: its lock, its web application and the workers beside it."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from fastapi import FastAPI

from api.config.clock import Clock
from api.config.settings import Settings
from api.processes.workers.worker_processes import running_workers, sharing_workers
from api.server.app import create_app
from api.server.readiness import get_ready, note_clock
from data.store.database.city_address import PostgresAddress, address_of
from data.store.database.city_lock import serving


@contextmanager
def served_city(settings: Settings, folder: Path, clock: Clock) -> Iterator[FastAPI]:
    """Give the web application of a city, ready to be run, with its workers beside it.

    Raises `ConflictError` where another server has the city; on PostgreSQL it may have several.
    """
    shared = isinstance(address_of(folder), PostgresAddress)
    workers = sharing_workers if shared else running_workers
    with nullcontext() if shared else serving(folder):
        web = create_app(settings, folder, clock, apart=True)
        with workers(folder, clock):
            get_ready(web)
            note_clock(web.state.barfrub)
            yield web
