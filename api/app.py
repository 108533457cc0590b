"""The web application of one city: everything is wired here, and nothing at import time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from api import health, pages
from api.armor import Armor, Compression
from api.auth import Seals
from api.clock import Clock
from api.context import App
from api.errors import install_error_handlers
from api.settings import Settings
from data.geocode import Geocoder
from data.store.cities import get_city, get_policy
from data.store.engine import open_database, reading
from data.store.gazetteer import list_places
from data.store.network import load_network
from maps.pages import STATIC_DIR


def create_app(settings: Settings, city_folder: Path, clock: Clock | None = None) -> FastAPI:
    """Return the server of the city in this folder, its streets loaded."""
    app = open_city(settings, city_folder, clock or Clock())
    web = FastAPI(title="Barfrub", lifespan=_lifespan, docs_url=None, redoc_url=None)
    web.state.barfrub = app
    install_error_handlers(web)
    for routes in (health, pages):
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
    engine = open_database(city_folder / "barfrub.sqlite")
    with reading(engine) as tx:
        network = load_network(tx)
        return App(
            settings=settings,
            clock=clock,
            engine=engine,
            city=get_city(tx),
            network=network,
            policy=get_policy(tx),
            geocoder=Geocoder(network, list_places(tx)),
            seals=Seals(settings.secret_key()),
        )


@asynccontextmanager
async def _lifespan(web: FastAPI) -> AsyncIterator[None]:
    app: App = web.state.barfrub
    yield
    app.engine.dispose()
