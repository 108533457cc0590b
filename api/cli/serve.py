"""`barfrub serve`: the web server of one city, or of all of a province, with solvers beside it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from starlette.types import ASGIApp

from api.config.clock import Clock
from api.config.settings import Settings

type Served = tuple[ASGIApp, Callable[[], None]]
"""A web application, and what ends its event streams."""

SWITCH_S = 0.001
"""How long a thread that computes may keep those waiting who answer; Python's own is five times
that, and an answer to a tracker has to wait for its turn a few times."""

COLLECT_AFTER = (20_000, 20, 20)
"""Objects made before those that refer to each other are looked for, and how often the older are:
less often than Python's own habit, since a thousand trackers make that many in a second."""


def serve(
    city: Annotated[
        str | None, typer.Option(help="City to serve; by default BARFRUB_CITY.")
    ] = None,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    clock: Annotated[
        str | None, typer.Option(help="Start the clock at this ISO 8601 time, for training.")
    ] = None,
    speed: Annotated[
        float, typer.Option(min=0.01, help="Speed of the clock; 2 is twice real time.")
    ] = 1.0,
    setup: Annotated[
        bool, typer.Option("--setup", help="Set up a new city in the browser, then serve it.")
    ] = False,
    province: Annotated[
        bool,
        typer.Option(
            "--province", help="Serve all cities of province.toml, each under its host name."
        ),
    ] = False,
    certificate: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Certificate file (PEM): serve HTTPS without a proxy; with --key. By default "
            "BARFRUB_CERTIFICATE.",
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Key file of the certificate; by default BARFRUB_KEY.",
        ),
    ] = None,
) -> None:
    """Serve the pages and the API of a city, receive positions and solve plans.

    Where there is no city yet, one is set up in the browser first.
    """
    import gc
    import signal
    import sys
    from contextlib import suppress

    from uvicorn import Config

    from api.config.console import joined_city
    from api.config.logs import configure_logs
    from api.config.settings import Settings, list_cities, prepare_numba
    from api.config.training_clock import find_training_clock
    from api.server.web_server import WebServer

    settings = _with_options(Settings(), host, certificate, key)
    _check_pair(settings.certificate, settings.key)
    prepare_numba(settings)
    configure_logs(settings.log)
    keeper = find_training_clock(settings.var) or Clock(_moment(clock), speed)
    place = f"{'https' if settings.certificate else 'http'}://{settings.host}:{port}"
    if province:
        opened = _province(settings, keeper)
    elif setup or not (city or list_cities(settings)):
        opened = _first_start(settings, keeper, place)
    else:
        opened = _city(settings, joined_city(settings, city), keeper, place)
    # Uvicorn stops on a signal and then raises it again: end the worker before we go.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.setswitchinterval(SWITCH_S)
    with suppress(KeyboardInterrupt), opened as (web, end_streams):
        # A city's objects stay; to look through a million of them again and again takes long.
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        config = Config(
            web,
            host=settings.host,
            port=port,
            log_config=None,
            log_level="warning",
            access_log=False,
            forwarded_allow_ips=settings.proxies,
            timeout_graceful_shutdown=3,
            ssl_certfile=settings.certificate,
            ssl_keyfile=settings.key,
        )
        WebServer(config, end_streams).run()


def _with_options(
    settings: Settings, host: str | None, certificate: Path | None, key: Path | None
) -> Settings:
    """Return the settings with what was given instead; trainings of this server need that too."""
    given = {"host": host, "certificate": certificate, "key": key}
    return settings.model_copy(update={name: one for name, one in given.items() if one is not None})


def _check_pair(certificate: Path | None, key: Path | None) -> None:
    """Refuse a certificate and a key that no server could show, before a city is loaded."""
    import ssl

    if certificate is None and key is None:
        return
    if certificate is None or key is None:
        raise typer.BadParameter("--certificate and --key belong together: give both or neither")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except OSError as error:  # also what OpenSSL says
        raise typer.BadParameter(
            f"{certificate} and {key} are no certificate and its key: {error}"
        ) from None


@contextmanager
def _first_start(settings: Settings, clock: Clock, place: str) -> Iterator[Served]:
    """Give the web of a first start and what ends its streams."""
    from api.config.garbage import uncollected

    with uncollected():
        from api.server.first_run_app import FirstRunApp
        from api.server.first_run_pages import FIRST

    first = FirstRunApp(settings, clock, apart=True)
    typer.echo("Set up a city in the browser. This address is for you alone, until it is done:")
    typer.echo(f"  {_reachable(place)}{FIRST}?code={first.start.code}")
    yield first, first.end_streams


@contextmanager
def _city(settings: Settings, folder: Path, clock: Clock, place: str) -> Iterator[Served]:
    """Give the web of a city with its workers beside it, and what ends its streams."""
    from api.config.garbage import uncollected

    with uncollected():
        from api.server.served_city import served_city

    typer.echo(f"Loading {folder.name} …")
    with served_city(settings, folder, clock) as web:
        typer.echo(f"Barfrub serves {folder.name} at {place}/ (Ctrl+C stops it)")
        yield web, web.state.barfrub.hub.close


@contextmanager
def _province(settings: Settings, clock: Clock) -> Iterator[Served]:
    """Give the web of all cities of a province, and what ends their streams."""
    from api.config.garbage import uncollected

    with uncollected():
        from api.province.host_router import HostedWeb
        from api.province.served_cities import served_province
        from data.setup.province_file import read_province

    def report(city: HostedWeb) -> None:
        if city.web is None:
            typer.echo(f"{city.name} is not served: {city.fault}", err=True)
        else:
            typer.echo(f"Barfrub serves {city.name} under {city.host}")

    province = read_province(settings.province_file)
    with served_province(settings, province, clock, report) as served:
        typer.echo(f"All of the province is under {province.host} (Ctrl+C stops it)")
        yield served


def _reachable(place: str) -> str:
    """Return an address for a browser, where the server listens on all interfaces."""
    import socket
    from ipaddress import ip_address

    scheme, _, rest = place.partition("://")
    name, _, port = rest.rpartition(":")
    try:
        everywhere = ip_address(name.strip("[]")).is_unspecified
    except ValueError:  # a machine's name
        everywhere = False
    return f"{scheme}://{socket.gethostname()}:{port}" if everywhere else place


def _moment(text: str | None) -> datetime | None:
    from datetime import UTC

    from data.errors import InvalidError

    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidError("--clock", text, "an ISO time such as 2026-01-10T04:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
