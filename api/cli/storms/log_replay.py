"""How `barfrub replay` sends a log to a server or imports it into the database."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from api.config.clock import Clock
from api.simulation.log_import import Outcome, Ready, take_in
from api.simulation.log_sender import door_of, send_log, wait_for_digestion
from data.store.database.city_lock import holding
from data.store.database.engine import Database
from fleet.setup.log_import import positions_of_log
from fleet.tracking.track_fixes import LoggedFix


async def sent(
    url: str,
    fixes: Sequence[LoggedFix],
    tokens: Mapping[str, str],
    pace: float | None,
    engine: Database | None = None,
) -> Outcome:
    """Send the log; where the database is local, wait until the server has digested it."""
    async with door_of(url) as client:
        outcome = await send_log(client, fixes, tokens, pace, typer.echo)
    if engine is not None:
        await wait_for_digestion(engine, typer.echo)
    return outcome


def taken_in(folder: Path, engine: Database, ready: Ready, fixes: Sequence[LoggedFix]) -> Outcome:
    """Import the log into the database, which no server may have open."""
    with holding(folder, alone=True):
        now = Clock().now()
        positions, wrong = positions_of_log(fixes, ready.vehicles, ready.devices, now)
        outcome = take_in(engine, ready, positions, typer.echo)
    outcome.repeated += len(fixes) - len(positions) - wrong.total()
    outcome.refused += wrong
    return outcome


def print_outcome(outcome: Outcome, began_s: float) -> None:
    """Print how many fixes were new, repeated or refused, and the time taken."""
    took_s = time.monotonic() - began_s
    typer.echo(
        f"{outcome.stored:,} positions stored, {outcome.repeated:,} repeated; {took_s:.1f} s"
    )
    for reason, count in outcome.refused.most_common():
        typer.echo(f"{count:,} rejected: {reason}")
