"""`barfrub storm`: storms from forecast to closing, and their snowfall."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from data.model import Storm, StormPhase
from data.store.database.engine import Tx

storm = typer.Typer(no_args_is_help=True)
snowfall = typer.Typer(no_args_is_help=True)
storm.add_typer(snowfall, name="snowfall", help="Enter how much snow fell.")

CityOption = Annotated[str | None, typer.Option("--city", help="City; by default BARFRUB_CITY.")]
StormOption = Annotated[
    int | None, typer.Option("--storm", help="Number of the storm; by default the active one.")
]
AgreeOption = Annotated[bool, typer.Option("--yes", help="Close the storm whatever is left to do.")]


@dataclass(frozen=True, slots=True)
class _StormCommand:
    """What a storm command works with: a transaction, the time and the city's time zone."""

    tx: Tx
    now: datetime
    timezone: str

    def chosen(self, number: int | None) -> Storm:
        """Return a storm by number, by default the active one; raise where there is none."""
        from data.errors import ConflictError
        from data.model import StormId
        from data.store.storms.storms import find_active_storm, get_storm

        if number is not None:
            return get_storm(self.tx, StormId(number))
        active = find_active_storm(self.tx)
        if active is None:
            raise ConflictError("no storm is active", reason="no_storm")
        return active

    def local_text(self, moment: datetime | None) -> str:
        """Return a time as text in the city's time zone."""
        return f"{moment.astimezone(ZoneInfo(self.timezone)):%Y-%m-%d %H:%M}" if moment else "-"

    def moment(self, text: str, field: str) -> datetime:
        """Parse a time; without an offset it is in the city's time zone."""
        from data.errors import InvalidError
        from data.storms import NEED_TIME, moment_of

        found = moment_of(text, self.timezone)
        if found is None:
            raise InvalidError(field, text, NEED_TIME)
        return found


@contextmanager
def _storm_command(city: str | None) -> Iterator[_StormCommand]:
    from api.config.clock import Clock
    from api.config.console import open_city_database
    from api.config.settings import Settings, chosen_city
    from data.store.database.engine import transaction
    from data.store.setup.city import get_city

    engine = open_city_database(chosen_city(Settings(), city))
    with transaction(engine) as tx:
        yield _StormCommand(tx, Clock().now(), get_city(tx).timezone)


@storm.command()
def start(
    city: CityOption = None,
    name: Annotated[str, typer.Option(help="Name of the storm; by default its date.")] = "",
) -> None:
    """Start a storm now, with a job for every street with a cycle and a shift for every vehicle."""
    from api.config.console import CONSOLE
    from data.store.setup.city import get_policy
    from data.store.shifts.shifts import list_shifts
    from data.store.streets.network import load_network
    from data.store.work import list_jobs
    from fleet.storms.storm_start import start_storm, storm_name

    with _storm_command(city) as order:
        tx, now = order.tx, order.now
        network = load_network(tx)
        wanted = name or storm_name(tx, now)
        started = start_storm(tx, CONSOLE, wanted, network, get_policy(tx), now)
        jobs, shifts = len(list_jobs(tx, started.id)), len(list_shifts(tx, started.id))
    typer.echo(f"Storm {started.name!r} has started: {jobs} jobs, {shifts} shifts.")


@storm.command()
def forecast(
    begins: Annotated[
        str, typer.Argument(help="Time, like '2026-12-21 06:00', also in the Jalali calendar.")
    ],
    city: CityOption = None,
    name: Annotated[str, typer.Option(help="Name of the storm; by default its date.")] = "",
) -> None:
    """Enter an expected snowfall; its jobs are created when the storm becomes active."""
    from api.config.console import CONSOLE
    from fleet.storms.storm_phases import forecast_storm
    from fleet.storms.storm_start import storm_name

    with _storm_command(city) as order:
        begins_at = order.moment(begins, "begins_at")
        wanted = name or storm_name(order.tx, begins_at)
        phase = StormPhase.FORECAST
        expected = forecast_storm(order.tx, CONSOLE, wanted, phase, begins_at, order.now)
        begins = order.local_text(begins_at)
    typer.echo(f"Storm {expected.id} {expected.name!r} is expected at {begins}.")


@storm.command("list")
def list_them(city: CityOption = None) -> None:
    """List all storms, the newest first."""
    from data.store.storms.storms import list_all_storms

    with _storm_command(city) as order:
        for each in list_all_storms(order.tx):
            typer.echo(_line(order, each))


@storm.command()
def show(city: CityOption = None, number: StormOption = None) -> None:
    """Show the phases, the snowfall and the remaining work of a storm."""
    from data.store.storms.storm_conditions import list_moves
    from fleet.storms.storm_phases import LEGAL, left_of

    with _storm_command(city) as order:
        shown = order.chosen(number)
        typer.echo(_line(order, shown))
        for move in list_moves(order.tx, shown.id):
            typer.echo(f"  {order.local_text(move.at)}  {move.phase}  {move.moved_by}")
        for at, fallen_mm in shown.snowfall:
            typer.echo(f"  {order.local_text(at)}  {fallen_mm / 10:g} cm in all")
        left = left_of(order.tx, shown.id, order.now)
        typer.echo(f"  open: {sum(left.jobs.values())} jobs, {len(left.out)} machines on the road")
        following = ", ".join(LEGAL[shown.phase])
        typer.echo(f"  next: {following or 'nothing'}")


@storm.command()
def phase(
    to: Annotated[StormPhase, typer.Argument(help="The new phase.")],
    city: CityOption = None,
    number: StormOption = None,
) -> None:
    """Move a storm to another phase; `barfrub storm close` closes it."""
    from api.config.console import CONSOLE
    from data.errors import InvalidError
    from data.store.streets.network import load_network
    from fleet.storms.storm_phases import move_storm

    if to is StormPhase.CLOSED:
        raise InvalidError("phase", to, "another phase: use `barfrub storm close`")
    with _storm_command(city) as order:
        found, network = order.chosen(number), load_network(order.tx)
        moved = move_storm(order.tx, CONSOLE, found.id, found.phase, to, network, order.now)
    typer.echo(f"Storm {moved.name!r}: {found.phase} -> {moved.phase}.")


@storm.command()
def close(
    city: CityOption = None, number: StormOption = None, *, agreed: AgreeOption = False
) -> None:
    """Show what is left of a storm, and close it with `--yes`."""
    from api.config.console import CONSOLE
    from fleet.storms.storm_phases import left_of
    from fleet.storms.storm_start import end_storm

    with _storm_command(city) as order:
        found = order.chosen(number)
        left = left_of(order.tx, found.id, order.now)
        jobs = ", ".join(f"{name}: {count}" for name, count in sorted(left.jobs.items())) or "none"
        typer.echo(f"Open jobs, which are cancelled: {jobs}")
        typer.echo(f"Open crew jobs, which are cancelled: {left.crew_jobs}")
        typer.echo(f"Requests that wait again: {left.requests}")
        typer.echo(f"Shifts that end: {len(left.out)} on the road, {left.waiting} not begun")
        if not agreed:
            typer.echo("Nothing was changed. Close it with --yes.")
            raise typer.Exit(1)
        end_storm(order.tx, CONSOLE, found.id, order.now)
    typer.echo(f"Storm {found.name!r} is closed.")


@storm.command()
def end(city: CityOption = None) -> None:
    """Close the active storm; its open jobs are cancelled and their requests wait again."""
    from api.config.console import CONSOLE
    from fleet.storms.storm_start import end_storm

    with _storm_command(city) as order:
        active = order.chosen(None)
        end_storm(order.tx, CONSOLE, active.id, order.now)
    typer.echo(f"Storm {active.name!r} has ended.")


@snowfall.command()
def add(
    at: Annotated[
        str, typer.Argument(help="Time, like '2026-12-21 06:00', also in the Jalali calendar.")
    ],
    fallen_cm: Annotated[
        float, typer.Argument(min=0, max=500, help="Total snowfall in cm until then.")
    ],
    city: CityOption = None,
    number: StormOption = None,
) -> None:
    """Enter the total snowfall up to a time."""
    from api.config.console import CONSOLE
    from data.model import SnowSource
    from data.store.streets.network import load_network
    from fleet.storms.snowfall import Fallen, add_snow

    with _storm_command(city) as order:
        found, network = order.chosen(number), load_network(order.tx)
        fallen = [Fallen(order.moment(at, "at"), round(fallen_cm * 10, 3))]
        hand = SnowSource.HAND
        changed = add_snow(order.tx, CONSOLE, found.id, fallen, hand, network, order.now)
    typer.echo(f"Storm {found.name!r} has {len(changed.snowfall)} snowfall entries.")


@snowfall.command("import")
def take_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV: time, cm.")],
    city: CityOption = None,
    number: StormOption = None,
) -> None:
    """Import snowfall from a CSV file, completely or not at all; mistakes are listed by line."""
    from api.config.console import CONSOLE
    from data.model import SnowSource
    from data.store.streets.network import load_network
    from data.storms import snow_from_csv
    from fleet.storms.snowfall import Fallen, add_snow

    with _storm_command(city) as order:
        found = order.chosen(number)
        entries, mistakes = snow_from_csv(file.read_bytes(), order.timezone)
        for wrong in mistakes:
            place = f"line {wrong.line}, {wrong.field}" if wrong.line else "the file"
            typer.echo(f"{place}: expected {wrong.expected}, got {wrong.got!r}", err=True)
        if mistakes:
            raise typer.Exit(1)
        fallen, network = [Fallen(*entry) for entry in entries], load_network(order.tx)
        from_file = SnowSource.FILE
        changed = add_snow(order.tx, CONSOLE, found.id, fallen, from_file, network, order.now)
    typer.echo(f"Storm {found.name!r} has {len(changed.snowfall)} snowfall entries.")


def _line(order: _StormCommand, each: Storm) -> str:
    fallen = f"{each.snowfall[-1][1] / 10:g} cm" if each.snowfall else "-"
    times = f"{order.local_text(each.started_at)} - {order.local_text(each.ended_at)}"
    return f"{each.id:>4}  {each.phase:<10}  {times}  {fallen:>8}  {each.name}"
