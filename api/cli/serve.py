"""`barfrub serve`: the web server of one city with the solver beside it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from starlette.types import ASGIApp

from api.config.clock import Clock
from api.config.settings import Settings

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
) -> None:
    """Serve the pages and the API of a city, receive positions and solve plans.

    Where there is no city yet, one is set up in the browser first.
    """
    import gc
    import signal
    import sys
    from contextlib import suppress

    from uvicorn import Config

    from api.config.logs import configure_logs
    from api.config.settings import Settings, chosen_city, list_cities, prepare_numba
    from api.server.web_server import WebServer

    settings = Settings()
    prepare_numba(settings)
    first = setup or not (city or list_cities(settings))
    folder = None if first else chosen_city(settings, city)
    configure_logs(settings.log)
    keeper = Clock(_moment(clock), speed)
    address = host or settings.host
    # Uvicorn stops on a signal and then raises it again: end the worker before we go.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.setswitchinterval(SWITCH_S)
    place = f"{address}:{port}"
    with suppress(KeyboardInterrupt), _web(settings, folder, keeper, place) as (web, end_streams):
        # A city's objects stay; to look through a million of them again and again takes long.
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        config = Config(
            web,
            host=address,
            port=port,
            log_config=None,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=3,
        )
        WebServer(config, end_streams).run()


@contextmanager
def _web(
    settings: Settings, folder: Path | None, clock: Clock, place: str
) -> Iterator[tuple[ASGIApp, Callable[[], None]]]:
    """Give the web of a city with its worker beside it, or that of a first start.

    Beside it what ends its streams.
    """
    if folder is None:
        from api.server.first_run_app import FirstRunApp
        from api.server.first_run_pages import FIRST

        first = FirstRunApp(settings, clock, apart=True)
        typer.echo("Set up a city in the browser. This address is for you alone, until it is done:")
        typer.echo(f"  http://{_reachable(place)}{FIRST}?code={first.start.code}")
        yield first, first.end_streams
        return

    from api.processes.workers.worker_processes import running_workers
    from api.server.app import create_app
    from api.server.readiness import get_ready, note_clock
    from data.store.database.city_lock import serving

    with serving(folder):
        typer.echo(f"Loading {folder.name} …")
        web = create_app(settings, folder, clock, apart=True)
        with running_workers(folder, clock):
            get_ready(web)
            note_clock(web.state.barfrub)
            typer.echo(f"Barfrub serves {folder.name} at http://{place}/ (Ctrl+C stops it)")
            yield web, web.state.barfrub.hub.close


def _reachable(place: str) -> str:
    """Return an address for a browser, where the server listens on all interfaces."""
    import socket
    from ipaddress import ip_address

    name, _, port = place.rpartition(":")
    try:
        everywhere = ip_address(name.strip("[]")).is_unspecified
    except ValueError:  # a machine's name
        everywhere = False
    return f"{socket.gethostname()}:{port}" if everywhere else place


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
