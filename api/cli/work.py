"""`barfrub work`: solve queued plan runs, with or without a server running."""

from typing import Annotated

import typer


def work(
    city: Annotated[str | None, typer.Option(help="City; by default BARFRUB_CITY.")] = None,
) -> None:
    """Solve queued plan runs until Ctrl+C."""
    import threading

    from api.config.clock import Clock
    from api.config.logs import configure_logs
    from api.config.settings import Settings, chosen_city, prepare_numba

    settings = Settings()
    configure_logs(settings.log)
    prepare_numba(settings)
    from api.processes.workers.plan_worker import work_until

    folder = chosen_city(settings, city)
    typer.echo(f"Waiting for plan runs of {folder.name} (Ctrl+C stops)")
    try:
        work_until(folder, Clock(), threading.Event())
    except KeyboardInterrupt:
        typer.echo("Stopped.")
