"""The steps of `barfrub plan`: solve, print the figures, write files."""

import json
from collections.abc import Sequence
from pathlib import Path

import typer

from api.cli.storms.search_progress import FirstRoutes, ProgressLine, compiling, stoppable
from api.config.clock import Clock
from api.config.console import CONSOLE
from data.model import Plan
from data.planning.plan_json import plan_json
from data.store.database.engine import Database, transaction
from data.store.setup.city import get_policy
from data.store.storms.storms import find_active_storm
from data.store.streets.network import load_network
from data.streets.network import StreetNetwork
from fleet.planning.plan_lifecycle import PLANNER, store_draft
from fleet.planning.plan_lifecycle import publish as send_to_trucks
from fleet.planning.plan_preparation import Prepared, prepare
from fleet.planning.plan_solving import solve_prepared
from fleet.planning.plan_summary import ClassFigures, PlanFigures, VehicleFigures
from fleet.routes.published_plan import Estimates, PublishedPlanCache
from fleet.storms.storm_start import start_storm, storm_name
from fleet.work.left_undone import Lack, LeftUndone
from maps.streets.street import street_name
from routing.search.warm_up import CITY


def made_plan(
    engine: Database, seconds: float, seed: int, threads: int, *, publish: bool
) -> tuple[Plan, Prepared]:
    """Solve and store a plan; return it with its input."""
    clock = Clock()
    with compiling(CITY) as kernels:
        typer.echo("Reading streets and work …", err=True)
        prepared = _prepared(engine, clock)
        typer.echo(
            f"{len(prepared.jobs)} jobs, {len(prepared.shifts)} vehicles, {seconds:.0f} seconds "
            "(Ctrl+C stops early and keeps the best)",
            err=True,
        )
        progress = ProgressLine()
        with stoppable() as asked, progress.ticking():
            report = FirstRoutes(progress, kernels, lambda: asked() or progress.seconds >= seconds)
            found = solve_prepared(prepared, seconds, seed, report, asked, threads)
    progress.end()
    with transaction(engine) as tx:
        stored = store_draft(tx, PLANNER, found, clock.now())
    if publish:  # apart from that: a draft that is refused is kept
        estimates = Estimates(PublishedPlanCache(), prepared.network, prepared.policy)
        with transaction(engine) as tx:
            stored = send_to_trucks(tx, CONSOLE, stored.id, estimates, clock.now())
    return stored, prepared


def print_figures(figures: PlanFigures, made: Plan, network: StreetNetwork) -> None:
    """Print the tables of classes and vehicles, and what is left undone and why."""
    print(f"Plan {made.id}, revision {made.revision}, {made.state}")
    print(f"Cost {made.cost.total:,.0f}, lower bound {made.bound:,.0f}")
    print()
    print("Class    Jobs       km   Done km  By deadline   Last at (UTC)     Worst lateness")
    for row in figures.classes:
        print(_class_line(row))
    print()
    print(f"{'Vehicle':<24} {'Work km':>8} {'Deadhead km':>12} {'Hours':>6} {'Reloads':>8}")
    for vehicle in figures.vehicles:
        print(_vehicle_line(vehicle))
    print()
    if not figures.left_undone:
        print("Every job is served.")
    for left in figures.left_undone:
        _print_left(left, network)


REASONS = {
    "capacity": "no hopper is large enough",
    "time": "no time is left in the shifts",
    "unreachable": "no vehicle can drive there and back",
    "order": "a pass that must come before it is left out or too late",
    "closed": "the street is closed or blocked",
}
"""Texts of the reasons why jobs are left undone."""

LACKS = {
    Lack.EQUIPMENT: "no vehicle is equipped for this",
    Lack.WIDTH: "streets from {needed:.1f} m wide, the smallest vehicle needs {best:.1f} m",
    Lack.HOPPER: (
        "up to {needed:.0f} kg of salt in a pass, the largest hopper that fits there holds "
        "{best:.0f} kg"
    ),
    Lack.PERMISSION: "the vehicles that fit may not drive there",
}
"""Texts of what the vehicles of a plan lack."""

SHOWN_NAMES = 8
"""Streets and vehicles by name in a line."""


def _print_left(left: LeftUndone, network: StreetNetwork) -> None:
    """Print how much is left undone for a reason, what vehicles would do it, and where it is."""
    reason = REASONS.get(left.reason, left.reason)
    if left.lack:
        reason = LACKS[left.lack].format(needed=left.needed, best=left.best)
    print(f"Unserved: {left.jobs} jobs of {left.service_class} ({left.treatment}), {reason}")
    if left.lack:
        others = _names([vehicle.name for vehicle in left.others]) or "none in the city"
        print(f"  Vehicles not in the plan that can do some of it: {others}")
    streets = [street_name(network.segment(each)).get("", "") for each in left.segment_ids]
    print(f"  Streets: {_names([name for name in streets if name]) or 'without names'}")


def _names(names: Sequence[str]) -> str:
    """Return the first of some names, each once, and the number of the others."""
    each = list(dict.fromkeys(names))
    rest = len(each) - SHOWN_NAMES
    return ", ".join(each[:SHOWN_NAMES]) + (f" and {rest} more" if rest > 0 else "")


def _class_line(row: ClassFigures) -> str:
    last = f"{row.done_at:%Y-%m-%d %H:%M}" if row.done_at else "-"
    late_min = round(row.worst_lateness.total_seconds() / 60)
    late = f"{late_min // 60}:{late_min % 60:02d} h" if late_min else "-"
    return (
        f"{row.service_class:<5} {row.jobs:>7,} {row.length_km:>8,.1f} {row.done_km:>9,.1f} "
        f"{row.in_time_share:>12.1%}   {last:<16}  {late:>14}"
    )


def _vehicle_line(row: VehicleFigures) -> str:
    return (
        f"{row.name:<24} {row.work_km:>8,.1f} {row.deadhead_km:>12,.1f} "
        f"{row.hours:>6.1f} {row.reloads:>8}"
    )


def _prepared(engine: Database, clock: Clock) -> Prepared:
    """Return the input for planning the active storm; start one where none is active."""
    with transaction(engine) as tx:
        network = load_network(tx)
        now = clock.now()
        storm = find_active_storm(tx)
        if storm is None:
            storm = start_storm(tx, CONSOLE, storm_name(tx, now), network, get_policy(tx), now)
            typer.echo(f"No storm was active: started {storm.name!r}.", err=True)
        return prepare(tx, storm.id, network, now)


def write_plan(
    engine: Database,
    made: Plan,
    prepared: Prepared,
    json_file: Path | None,
    geojson_file: Path | None,
    map_file: Path | None,
) -> None:
    """Write a plan to the files that the options name."""
    if json_file is not None:
        json_file.write_text(json.dumps(plan_json(made), ensure_ascii=False), encoding="utf-8")
    if geojson_file is not None:
        from maps.pages.geojson import plan_geojson

        text = json.dumps(plan_geojson(made, prepared.network), ensure_ascii=False)
        geojson_file.write_text(text, encoding="utf-8")
    if map_file is not None:
        from data.store.database.engine import reading
        from data.store.setup.city import get_city
        from maps.routes.plan_map import write_plan_map

        with reading(engine) as tx:
            attribution = get_city(tx).attribution
        names = {vehicle.id: vehicle.name for vehicle in prepared.vehicles}
        write_plan_map(made, prepared.network, map_file, names, attribution)
