"""The web application of one city: everything is wired here, and nothing at import time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from api import coverage, health, pages, plans, positions, requests, shifts, storms, stream
from api.armor import Armor, Compression
from api.auth import Seals
from api.clock import Clock
from api.consumer import Consumer
from api.context import App
from api.door import PositionDoor
from api.errors import install_error_handlers
from api.settings import Settings
from data.geocode import Geocoder
from data.store.cities import get_city, get_policy
from data.store.engine import open_database, reading
from data.store.gazetteer import list_places
from data.store.network import load_network
from fleet.live import Hub, LiveFleet
from maps.pages import STATIC_DIR

ROUTES = (health, pages, requests, storms, plans, shifts, coverage, positions, stream)


def create_app(settings: Settings, city_folder: Path, clock: Clock | None = None) -> FastAPI:
    """Return the server of the city in this folder, its streets loaded."""
    app = open_city(settings, city_folder, clock or Clock())
    web = FastAPI(title="Barfrub", lifespan=_lifespan, docs_url=None, redoc_url=None)
    web.state.barfrub = app
    install_error_handlers(web)
    for routes in ROUTES:
        web.include_router(routes.router)
    tiles = city_folder / "tiles"
    tiles.mkdir(exist_ok=True)
    web.mount("/static", StaticFiles(directory=STATIC_DIR), name="static")
    web.mount("/tiles", StaticFiles(directory=tiles), name="tiles")
    web.add_middleware(Compression)
    web.add_middleware(Armor)
    return web


def open_city(settings: Settings, city_folder: Path, clock: Clock) -> App:
    """Return the city's database opened, with its network in memory."""
    engine, hub = open_database(city_folder / "barfrub.sqlite"), Hub()
    live = LiveFleet()
    with reading(engine) as tx:
        city, policy = get_city(tx), get_policy(tx)
        network, places = load_network(tx), list_places(tx)
    consumer = Consumer(engine, clock, network, policy, hub, live)
    return App(
        settings=settings,
        clock=clock,
        engine=engine,
        city=city,
        network=network,
        policy=policy,
        geocoder=Geocoder(network, places),
        hub=hub,
        live=live,
        consumer=consumer,
        door=PositionDoor(engine, consumer.wake),
        seals=Seals(settings.secret_key()),
    )


@asynccontextmanager
async def _lifespan(web: FastAPI) -> AsyncIterator[None]:
    app: App = web.state.barfrub
    app.consumer.start()
    app.door.start()
    yield
    await app.door.stop()
    await app.consumer.stop()
    app.engine.dispose()
