"""`barfrub erase`: erase personal data now instead of on the server's schedule, or one person."""

from typing import Annotated

import typer

CityOption = Annotated[str | None, typer.Option("--city", help="City; by default BARFRUB_CITY.")]


def erase(
    city: CityOption = None,
    phone: Annotated[
        str, typer.Option(help="Erase one person: whoever called from this number.")
    ] = "",
    name: Annotated[str, typer.Option(help="Erase one person: whoever gave this whole name.")] = "",
    email: Annotated[
        str, typer.Option(help="Erase one person: whoever gave this e-mail address.")
    ] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask before a person is erased.")
    ] = False,
) -> None:
    """Erase callers and photos whose retention time is over, or one person at their request."""
    from api.config.clock import Clock
    from api.config.console import CONSOLE, open_city_database
    from api.config.settings import Settings, chosen_city
    from api.processes.city_state import CityStateHolder
    from api.processes.tasks.retention_task import RetentionTask
    from data.store.database.engine import transaction
    from fleet.requests.data_retention import PersonSought, look_for_person

    settings = Settings()
    folder = chosen_city(settings, city)
    engine, clock = open_city_database(folder), Clock()
    eraser = RetentionTask(engine, clock, CityStateHolder(engine), settings, folder)
    if not (phone or name or email):
        erased = eraser.erase(CONSOLE)
    else:
        sought = PersonSought(phone, name, email)
        with transaction(engine) as tx:
            found = look_for_person(tx, CONSOLE, sought, clock.now())
        if not (found.requests or found.watches):
            typer.echo("No request is from this caller.")
            return
        if not yes:
            much = f"{len(found.requests)} requests and {found.watches} subscriptions to streets"
            typer.confirm(f"Erase this person from {much} for good?", abort=True)
        erased = eraser.erase_person(CONSOLE, sought)
        typer.echo("Backups that were made before still have this caller: delete them in time.")
    overwritten = eraser.overwrite()
    typer.echo(
        f"Erased: {erased.callers} callers, words of {erased.requests} requests, "
        f"{len(erased.photos)} photos."
    )
    if erased.watches:
        typer.echo(f"Ended: {erased.watches} subscriptions to streets.")
    if not overwritten:
        typer.echo("The server overwrites it in the database's files later, out of storms.")
