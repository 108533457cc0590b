"""`barfrub serve`: the web server of one city with the solver beside it."""

from datetime import datetime
from typing import Annotated

import typer


def serve(
    city: Annotated[str | None, typer.Option(help="City to serve; else BARFRUB_CITY.")] = None,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    clock: Annotated[
        str | None, typer.Option(help="Start the clock at this ISO time, for training.")
    ] = None,
    speed: Annotated[float, typer.Option(min=0.01, help="Run the clock this much faster.")] = 1.0,
) -> None:
    """Serve the pages, the API and the door for positions, and solve plans."""
    import signal
    import sys
    from contextlib import suppress

    import uvicorn

    from api.app import create_app
    from api.clock import Clock
    from api.logs import configure_logs
    from api.settings import Settings, chosen_city
    from api.worker import running_workers

    settings = Settings()
    folder = chosen_city(settings, city)
    configure_logs(settings.log)
    typer.echo(f"Loading {folder.name} …")
    keeper = Clock(_moment(clock), speed)
    app = create_app(settings, folder, keeper)
    address = host or settings.host
    # Uvicorn stops on a signal and then raises it again: end the worker before we go.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with suppress(KeyboardInterrupt), running_workers(folder, keeper):
        typer.echo(f"Barfrub serves {folder.name} at http://{address}:{port}/ (Ctrl+C stops it)")
        uvicorn.run(
            app,
            host=address,
            port=port,
            log_config=None,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=3,
        )


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
