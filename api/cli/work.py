"""`barfrub work`: solve queued plans and make queued files, with or without a server running."""

from pathlib import Path
from typing import Annotated

import typer


def work(
    city: Annotated[str | None, typer.Option(help="City; by default BARFRUB_CITY.")] = None,
    queues: Annotated[
        str,
        typer.Option(
            help="Kinds of runs to take, with commas: plan, whatif, hindsight, learn, replan, "
            "report."
        ),
    ] = "plan,whatif,hindsight,learn,report",
    alive: Annotated[
        Path | None, typer.Option(help="File to touch each second while the worker goes on.")
    ] = None,
) -> None:
    """Solve plans and make files until Ctrl+C, also of a city that another machine serves.

    Told to stop, it stores the best plan that it has found. Elsewhere, BARFRUB_DATABASE names the
    PostgreSQL database that the city is in.
    """
    import signal
    import threading

    from api.config.clock import Clock
    from api.config.console import joined_city
    from api.config.logs import configure_logs
    from api.config.settings import Settings, prepare_numba
    from data.errors import InvalidError
    from data.model import RunKind
    from data.model.planning.plan_runs import ASKED_KINDS, FILE_KINDS

    settings = Settings()
    configure_logs(settings.log)
    prepare_numba(settings)
    from api.processes.workers.alive_file import AliveFile
    from api.processes.workers.plan_worker import work_until

    names = [name.strip() for name in queues.split(",")]
    known = (*ASKED_KINDS, *FILE_KINDS)
    if not names or not {*names} <= {*known}:
        raise InvalidError("--queues", queues, f"some of {', '.join(known)}")
    kinds = {RunKind(name) for name in names}
    if RunKind.PLAN in kinds:
        kinds.add(RunKind.SECTOR)
    folder = joined_city(settings, city)
    typer.echo(f"Waiting for runs of {folder.name}: {', '.join(names)} (Ctrl+C stops)")
    event = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: event.set())
    stopped = event if alive is None else AliveFile(alive, event)
    try:
        work_until(folder, Clock(), stopped, kinds=frozenset(kinds))
    except KeyboardInterrupt:
        typer.echo("Stopped.")
