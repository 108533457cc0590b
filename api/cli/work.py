"""`barfrub work`: solve queued plan runs, with or without a server running."""

from typing import Annotated

import typer


def work(
    city: Annotated[str | None, typer.Option(help="City; by default BARFRUB_CITY.")] = None,
    queues: Annotated[
        str, typer.Option(help="Kinds of runs to solve, with commas: plan, whatif, replan.")
    ] = "plan,whatif",
) -> None:
    """Solve queued plan runs until Ctrl+C, also of a city that another machine serves.

    There, BARFRUB_DATABASE names the PostgreSQL database that the city is in.
    """
    import threading

    from api.config.clock import Clock
    from api.config.console import joined_city
    from api.config.logs import configure_logs
    from api.config.settings import Settings, prepare_numba
    from data.errors import InvalidError
    from data.model import RunKind

    settings = Settings()
    configure_logs(settings.log)
    prepare_numba(settings)
    from api.processes.workers.plan_worker import work_until

    names = [name.strip() for name in queues.split(",")]
    if not names or not {*names} <= {*RunKind}:
        raise InvalidError("--queues", queues, f"some of {', '.join(RunKind)}")
    folder = joined_city(settings, city)
    typer.echo(f"Waiting for runs of {folder.name}: {', '.join(names)} (Ctrl+C stops)")
    try:
        work_until(
            folder, Clock(), threading.Event(), kinds=frozenset(RunKind(name) for name in names)
        )
    except KeyboardInterrupt:
        typer.echo("Stopped.")
