"""`barfrub simulate`: trucks that drive the published plan, and people who call."""

from typing import Annotated

import typer


def simulate(
    city: Annotated[str | None, typer.Option(help="City; by default BARFRUB_CITY.")] = None,
    url: Annotated[
        str, typer.Option(help="Address of the city's server.")
    ] = "http://127.0.0.1:8000",
    operator: Annotated[
        str,
        typer.Option(help="Login of the operator who enters calls; without it there are no calls."),
    ] = "",
    password: Annotated[
        str, typer.Option(envvar="BARFRUB_OPERATOR_PASSWORD", help="The operator's password.")
    ] = "",
    dispatcher: Annotated[
        str,
        typer.Option(
            help="Login of a dispatcher who acts where nobody else does: snowfall readings, "
            "shifts, plans; without one, that is up to you."
        ),
    ] = "",
    dispatcher_password: Annotated[
        str, typer.Option(envvar="BARFRUB_DISPATCHER_PASSWORD", help="The dispatcher's password.")
    ] = "",
    calls: Annotated[float, typer.Option(min=0, help="Calls per hour of the storm's clock.")] = 30,
    seed: Annotated[
        int, typer.Option(min=0, help="Random seed; each seed gives another storm.")
    ] = 1,
    scenario: Annotated[
        str,
        typer.Option(
            help="What happens in the storm: a scenario.toml, or the name of one that ships."
        ),
    ] = "",
    speed: Annotated[
        float | None,
        typer.Option(min=0.01, help="Refuse a server whose clock does not run this fast."),
    ] = None,
) -> None:
    """Send simulated positions and calls to a server until Ctrl+C.

    The storm runs by the server's clock: start it as `barfrub serve --speed 30` for a faster one.
    """
    import asyncio
    import contextlib
    from functools import partial

    from httpx import AsyncClient

    from api.config.console import open_city_database
    from api.config.own_certificate import trusting
    from api.config.settings import Settings, chosen_city
    from api.config.training_clock import find_training_clock
    from api.simulation.scenario_choice import Person, Script, found_scenario
    from api.simulation.simulated_storm import Round, simulate_storm
    from api.training.hosting.kept_pace import KeptPace
    from data.store.database.engine import reading
    from data.store.setup.city import get_city

    settings = Settings()
    engine = open_city_database(chosen_city(settings, city))
    with reading(engine) as tx:
        language = get_city(tx).language or "en"
    script = Script(
        seed,
        calls,
        Person(operator, password) if operator else None,
        Person(dispatcher, dispatcher_password) if dispatcher else None,
        speed,
        found_scenario(scenario),
        language,
    )
    with contextlib.suppress(KeyboardInterrupt):
        trusted = trusting(settings.certificate)
        connected = partial(AsyncClient, base_url=url, timeout=20.0, verify=trusted)
        clock = find_training_clock(settings.var)
        paced: Round = contextlib.nullcontext if clock is None else KeptPace(clock, engine).round
        asyncio.run(simulate_storm(engine, connected, script, typer.echo, paced))
