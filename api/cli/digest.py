"""`barfrub digest`: digest positions into evidence, on any machine that reaches the database."""

from pathlib import Path
from typing import Annotated

import typer

from data.store.database.vehicle_parts import PARTS


def digest(
    city: Annotated[str | None, typer.Option(help="City; by default BARFRUB_CITY.")] = None,
    processes: Annotated[
        int, typer.Option(min=1, max=PARTS, help="Processes to share out the vehicles among.")
    ] = 1,
    alive: Annotated[
        Path | None, typer.Option(help="File to touch each second while positions are digested.")
    ] = None,
) -> None:
    """Digest positions into evidence until Ctrl+C, of a city that other machines serve.

    BARFRUB_DATABASE names the PostgreSQL database that the city is in. All evidence processes of
    the city, those beside its leading server too, share out the vehicles as they begin and end.
    """
    import signal
    import threading

    from api.config.clock import Clock
    from api.config.console import joined_city
    from api.config.logs import configure_logs
    from api.config.settings import Settings, prepare_numba

    settings = Settings()
    configure_logs(settings.log)
    prepare_numba(settings)
    from api.processes.ingest.evidence_machine import digest_until

    folder = joined_city(settings, city)
    typer.echo(f"Digesting positions of {folder.name} (Ctrl+C stops)")
    stopped = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopped.set())
    digest_until(folder, Clock(), processes, stopped, alive)
