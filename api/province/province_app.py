"""The web application under a province's own host name."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from api.access.auth import Seals
from api.access.sessions import Sessions
from api.access.sign_in_accounts import CityInProvince
from api.config.clock import Clock, SteadyClock
from api.config.logs import RequestLog
from api.config.request_metrics import Meters
from api.config.settings import Settings
from api.processes.cluster.leadership import Leadership
from api.processes.cluster.rate_counts import account_store
from api.processes.tasks.clock_task import ClockTask
from api.province import entry, loans, monitoring, overview, sign_in
from api.province.errors import install_error_handlers
from api.province.host_router import HostedWeb
from api.province.lending import Lending
from api.province.province_context import Province, open_among
from api.web.errors import Failures
from api.web.security_headers import Compression, SecurityHeaders
from data.setup.province_file import ProvinceFile
from data.store.database.engine import Database
from maps.pages.scripts import scripts_dir
from maps.pages.templates import STATIC_DIR

ROUTES = (monitoring, sign_in, entry, overview, loans)


def create_province_app(
    settings: Settings,
    file: ProvinceFile,
    cities: Sequence[HostedWeb],
    clock: Clock,
    people: Database,
) -> FastAPI:
    """Return the web application of a province over its cities, which its people join.

    `people` is the database of the province.
    """
    accounts = account_store(people)
    steady = SteadyClock(clock.system_now)
    sessions = Sessions(accounts.engine, steady.now)
    province = Province(
        settings=settings,
        file=file,
        cities=tuple(cities),
        clock=clock,
        accounts=accounts,
        sessions=sessions,
        seals=Seals(settings.secret_key()),
        lending=Lending(people, lambda: open_among(cities), clock),
        clock_task=ClockTask(accounts.engine, clock, steady),
        leadership=Leadership(people),
    )
    for name, app in province.open_cities().items():
        app.join(CityInProvince(accounts, name, sessions.now, file.host))
    web = FastAPI(
        title="Barfrub", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifespan
    )
    web.state.province = province
    install_error_handlers(web)
    for routes in ROUTES:
        web.include_router(routes.router)
    web.mount("/static/js", StaticFiles(directory=scripts_dir()), name="scripts")
    web.mount("/static", StaticFiles(directory=STATIC_DIR), name="static")
    web.add_middleware(Failures)
    web.add_middleware(Compression)
    web.add_middleware(SecurityHeaders, https_only=settings.secure_cookies)
    web.add_middleware(RequestLog, meters=Meters())
    return web


@asynccontextmanager
async def _lifespan(web: FastAPI) -> AsyncIterator[None]:
    province: Province = web.state.province
    province.leadership.begin(bool)
    province.clock_task.start(province.leadership.leads)
    province.lending.start()
    yield
    for each in (province.lending, province.clock_task, province.leadership):
        await asyncio.to_thread(each.stop)
    province.accounts.engine.dispose()
