"""`barfrub apikey`: keys for other systems that send requests through Open311."""

from typing import Annotated

import typer

apikey = typer.Typer(no_args_is_help=True)

CityOption = Annotated[str | None, typer.Option("--city", help="City; by default BARFRUB_CITY.")]
Name = Annotated[str, typer.Argument(help="Name of the other system.")]


@apikey.command("add")
def add_key(
    name: Name,
    contact: Annotated[str, typer.Option(help="Whom to contact about faulty requests.")],
    city: CityOption = None,
) -> None:
    """Create a key and print it; it is not shown again."""
    from api.config.clock import Clock
    from api.config.console import CONSOLE, open_city_database
    from api.config.settings import Settings, chosen_city
    from data.store.database.engine import transaction
    from fleet.accounts.api_keys import make_key

    with transaction(open_city_database(chosen_city(Settings(), city))) as tx:
        _, text = make_key(tx, CONSOLE, name, contact, Clock().now())
    typer.echo(f"Key of {name}, shown only now: {text}")


@apikey.command("list")
def list_keys(city: CityOption = None) -> None:
    """List the systems that have a key."""
    from api.config.console import open_city_database
    from api.config.settings import Settings, chosen_city
    from data.store.accounts.api_keys import list_api_keys
    from data.store.database.engine import reading

    with reading(open_city_database(chosen_city(Settings(), city))) as tx:
        keys = list_api_keys(tx)
    for key in keys:
        state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "in use"
        typer.echo(f"{key.name:<24} {key.contact:<32} {state}")


@apikey.command("revoke")
def revoke(name: Name, city: CityOption = None) -> None:
    """Revoke a key for good."""
    from api.config.clock import Clock
    from api.config.console import CONSOLE, open_city_database
    from api.config.settings import Settings, chosen_city
    from data.errors import NotFoundError
    from data.store.accounts.api_keys import find_api_key_by_name
    from data.store.database.engine import transaction
    from fleet.accounts.api_keys import revoke_key

    with transaction(open_city_database(chosen_city(Settings(), city))) as tx:
        key = find_api_key_by_name(tx, name)
        if key is None:
            raise NotFoundError("api_key", name)
        revoke_key(tx, CONSOLE, key.id, Clock().now())
    typer.echo(f"The key of {name} is revoked.")
