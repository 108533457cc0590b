"""`barfrub fleet` and `barfrub policy`: check a file and put it in force."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.setup.overrides import overrides
from data.store.database.engine import Tx

fleet = typer.Typer(no_args_is_help=True)
policy = typer.Typer(no_args_is_help=True)
policy.add_typer(overrides, name="overrides", help="Override the class of single streets.")

CityOption = Annotated[str | None, typer.Option("--city", help="City; by default BARFRUB_CITY.")]


@fleet.callback()
def fleets() -> None:
    """Set depots, reload sites and machines."""


@policy.callback()
def policies() -> None:
    """Set the levels of service."""


@fleet.command("set")
def set_fleet_file(
    file: Annotated[Path, typer.Argument(help="A fleet.toml, or a table of machines as CSV.")],
    city: CityOption = None,
) -> None:
    """Replace the fleet; nothing changes where the file has a mistake.

    A table of machines leaves depots and places to load salt as they are.
    """
    from api.config.clock import Clock
    from api.config.console import CONSOLE, open_city_database
    from api.config.settings import Settings, chosen_city
    from api.setup.config_files import write_fleet_text
    from data.store.database.engine import transaction
    from data.store.streets.network import load_network
    from fleet.setup.machine_register import find_last_change, take_fleet_file

    content = _content(file)
    folder = chosen_city(Settings(), city)
    database = open_city_database(folder)
    with transaction(database) as tx:
        text = _proposed(tx, file.name, content)
        last, network = find_last_change(tx), load_network(tx)
        base = last.id if last else 0
        machines = take_fleet_file(tx, CONSOLE, text, base, network, Clock().now())
    write_fleet_text(database, folder)
    assumed = sum(depot.assumed for depot in machines.depots)
    typer.echo(
        f"{len(machines.vehicles)} machines, {len(machines.depots)} depots ({assumed} assumed), "
        f"{len(machines.reload_sites)} reload sites."
    )


def _proposed(tx: Tx, name: str, content: bytes) -> str:
    """Return a file's fleet as fleet.toml; print all mistakes and raise the first."""
    from data.errors import InvalidError
    from fleet.setup.fleet_import import propose

    proposal = propose(tx, name, content)
    for wrong in proposal.mistakes[1:]:
        place = f"{name}:{wrong.line}: {wrong.field}"
        typer.echo(f"{place}: expected {wrong.expected}, got {wrong.got!r}", err=True)
    if proposal.mistakes:
        first = proposal.mistakes[0]
        place = f"{name}:{first.line}: {first.field}"
        raise InvalidError(place, first.got, first.expected)
    return proposal.text


@fleet.command("export")
def export_machines(
    file: Annotated[Path, typer.Argument(help="File to write, .toml or .csv.")],
    city: CityOption = None,
    language: Annotated[
        str, typer.Option(help="Language of the column heads, such as en or fa.")
    ] = "en",
) -> None:
    """Export the fleet in force as a fleet.toml, or its machines as CSV."""
    from api.config.console import open_city_database
    from api.config.settings import Settings, chosen_city
    from data.errors import InvalidError
    from data.languages import languages
    from data.setup.fleet_csv import csv_from_machines
    from data.store.database.engine import reading
    from data.store.setup.machines import get_fleet
    from fleet.setup.machine_register import fleet_text

    if language not in languages():
        raise InvalidError("--language", language, "one of " + ", ".join(languages()))
    with reading(open_city_database(chosen_city(Settings(), city))) as tx:
        machines, text = get_fleet(tx), fleet_text(tx)
    if file.suffix.lower() == ".csv":
        table = csv_from_machines(machines.vehicles, machines.depots, language)
        file.write_text(table, encoding="utf-8-sig", newline="")
    else:
        file.write_text(text, encoding="utf-8")
    typer.echo(f"{file}: {len(machines.vehicles)} machines.")


@policy.command("set")
def set_policy_file(
    file: Annotated[Path, typer.Argument(help="A policy.toml.")], city: CityOption = None
) -> None:
    """Replace the levels of service; nothing changes where the file has a mistake."""
    from api.config.clock import Clock
    from api.config.console import CONSOLE, open_city_database
    from api.config.settings import Settings, chosen_city
    from api.setup.config_files import write_policy_text
    from data.store.database.engine import transaction
    from data.store.streets.network import load_network
    from fleet.setup.city_setup import set_policy
    from fleet.setup.fleet_import import text_in

    text = text_in(_content(file), file.name)
    folder = chosen_city(Settings(), city)
    database = open_city_database(folder)
    with transaction(database) as tx:
        set_policy(tx, CONSOLE, text, load_network(tx), Clock().now())
    write_policy_text(database, folder)
    typer.echo("The policy applies to jobs created from now on.")


def _content(file: Path) -> bytes:
    from data.errors import NotFoundError

    try:
        return file.read_bytes()
    except OSError as error:
        raise NotFoundError("file", str(file)) from error
