"""Opening the cities of a province: each one by itself, so that one fault stops no other city."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from fastapi import FastAPI

from api.config.clock import Clock
from api.config.settings import Settings
from api.province.host_router import HostedWeb, HostRouter
from api.province.province_app import create_province_app
from api.server.served_city import served_city
from data.errors import BarfrubError, NotFoundError
from data.setup.province_file import ProvinceFile, ServedCityTable
from data.store.database.city_address import has_city
from fleet.setup.province_store import province_held

type Opener = Callable[[Settings, Path, Clock], AbstractContextManager[FastAPI]]

PROVINCE = "the province"
"""Name of the province's own pages in the log."""

OF_TRACKERS = (
    "gateway_token",
    "mqtt_host",
    "mqtt_port",
    "mqtt_user",
    "mqtt_password",
    "mqtt_tls",
)
"""Settings that a city of a province has of its own, or not at all."""

_log = logging.getLogger(__name__)


@contextmanager
def served_province(
    settings: Settings,
    province: ProvinceFile,
    clock: Clock,
    report: Callable[[HostedWeb], None],
    open_city: Opener = served_city,
) -> Iterator[tuple[HostRouter, Callable[[], None]]]:
    """Give the web of all cities that can be opened, and what ends their streams.

    Each city is reported as soon as it is open or has failed. Raises `BarfrubError` where none is
    open.
    """
    if settings.gateway_token or settings.mqtt_host:
        _log.warning(
            "BARFRUB_GATEWAY_TOKEN and BARFRUB_MQTT_… do not count for the cities of a province: "
            "set gateway_token and mqtt_host in province.toml"
        )
    with ExitStack() as opened:
        cities = []
        for each in province.city:
            cities.append(_opened(each, settings, clock, open_city, opened))
            report(cities[-1])
        if not any(each.web for each in cities):
            raise BarfrubError("none of the cities of province.toml can be served")
        people = opened.enter_context(province_held(settings.province_folder, settings.database))
        web = create_province_app(settings, province, cities, clock, people)
        hosted = [HostedWeb(PROVINCE, province.host, web), *cities]

        def end_streams() -> None:
            for each in cities:
                if each.web is not None:
                    each.web.state.barfrub.hub.close()

        yield HostRouter({each.host: each for each in hosted}), end_streams


def _opened(
    city: ServedCityTable, settings: Settings, clock: Clock, open_city: Opener, opened: ExitStack
) -> HostedWeb:
    try:
        web = opened.enter_context(
            open_city(_own_settings(settings, city), _folder(settings, city.name), clock)
        )
        return HostedWeb(city.name, city.host, web)
    except BarfrubError as error:
        return HostedWeb(city.name, city.host, None, str(error))
    except Exception as error:
        _log.exception("%s cannot be opened", city.name)
        return HostedWeb(city.name, city.host, None, f"{type(error).__name__}: {error}")


def _own_settings(settings: Settings, city: ServedCityTable) -> Settings:
    """Return the settings of one city; what brings positions is never that of all cities."""
    own = {name: getattr(city, name) for name in OF_TRACKERS}
    if city.notices:
        own["notices"] = Path(city.notices)
    return settings.model_copy(update=own)


def _folder(settings: Settings, name: str) -> Path:
    folder = settings.city_folder(name)
    if not has_city(folder):
        raise NotFoundError("city", name)
    return folder
