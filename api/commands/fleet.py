"""`barfrub fleet` and `barfrub policy`: validate a file and put it in force."""

from pathlib import Path
from typing import Annotated

import typer

fleet = typer.Typer(no_args_is_help=True)
policy = typer.Typer(no_args_is_help=True)

CityOption = Annotated[str | None, typer.Option("--city", help="City; else BARFRUB_CITY.")]


@fleet.callback()
def fleets() -> None:
    """Set depots, reload sites and machines."""


@policy.callback()
def policies() -> None:
    """Set the levels of service."""


@fleet.command("set")
def set_fleet_file(
    file: Annotated[Path, typer.Argument(help="A fleet.toml.")], city: CityOption = None
) -> None:
    """Replace depots, reload sites and machines; nothing is changed when the file has a mistake."""
    from api.city_texts import write_fleet_text
    from api.clock import Clock
    from api.console import CONSOLE, open_city_database
    from api.settings import Settings, chosen_city
    from data.store.engine import transaction
    from data.store.network import load_network
    from fleet.cities import set_fleet

    text = _text(file)
    folder = chosen_city(Settings(), city)
    database = open_city_database(folder)
    with transaction(database) as tx:
        machines = set_fleet(tx, CONSOLE, text, load_network(tx), Clock().now())
    write_fleet_text(database, folder)
    assumed = sum(depot.assumed for depot in machines.depots)
    typer.echo(
        f"{len(machines.vehicles)} machines, {len(machines.depots)} depots ({assumed} assumed), "
        f"{len(machines.reload_sites)} reload sites."
    )


@policy.command("set")
def set_policy_file(
    file: Annotated[Path, typer.Argument(help="A policy.toml.")], city: CityOption = None
) -> None:
    """Replace the levels of service; nothing is changed when the file has a mistake."""
    from api.city_texts import write_policy_text
    from api.clock import Clock
    from api.console import CONSOLE, open_city_database
    from api.settings import Settings, chosen_city
    from data.store.engine import transaction
    from data.store.network import load_network
    from fleet.cities import set_policy

    text = _text(file)
    folder = chosen_city(Settings(), city)
    database = open_city_database(folder)
    with transaction(database) as tx:
        set_policy(tx, CONSOLE, text, load_network(tx), Clock().now())
    write_policy_text(database, folder)
    typer.echo("The policy is in force for jobs made from now on.")


def _text(file: Path) -> str:
    from data.errors import InvalidError, NotFoundError

    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidError(file.name, str(error), "a text in UTF-8") from error
    except OSError as error:
        raise NotFoundError("file", str(file)) from error
