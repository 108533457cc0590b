"""A province of two towns, `urmia` and `tabriz`: its file, and towns without workers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi import FastAPI

from api.config.clock import Clock
from api.config.settings import Settings
from api.server.app import create_app
from data.model import Actor, ActorKind
from data.store.database.city_lock import serving

PROVINCE_TOML = """\
host = "province.example.ir"
name.en = "West"
name.fa = "غرب"
timezone = "Asia/Tehran"

[[city]]
name = "urmia"
host = "urmia.example.ir"

[[city]]
name = "tabriz"
host = "tabriz.example.ir"
"""

CONSOLE = Actor(ActorKind.SYSTEM, "console")


@contextmanager
def still_city(settings: Settings, folder: Path, clock: Clock) -> Iterator[FastAPI]:
    """Give the web of a city without processes beside it."""
    with serving(folder):
        yield create_app(settings, folder, clock)
