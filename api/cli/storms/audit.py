"""`barfrub audit`: verify the audit log and export it for independent checks."""

from pathlib import Path
from typing import Annotated

import typer

audit = typer.Typer(no_args_is_help=True)

CityOption = Annotated[str | None, typer.Option("--city", help="City; by default BARFRUB_CITY.")]

SHOWN = 50
"""Findings printed at most."""


@audit.callback()
def audits() -> None:
    """Verify and export the audit log."""


@audit.command()
def verify(
    city: CityOption = None,
    receipt: Annotated[
        list[str] | None,
        typer.Option(help="NUMBER:HASH printed by an earlier verify; may be repeated."),
    ] = None,
) -> None:
    """Verify that no line of the audit log, and nothing that it records, was changed.

    Every line is hashed again, and plans, evidence, promises, shifts, trackers, callers' words,
    states and rights are compared with what the lines say, and the lines with all receipts that lie
    beside the city. Ends with 1 where anything is wrong.
    """
    from api.audit.log_proof import prove
    from api.cli.storms.audit_text import finding_text, receipt_of
    from api.config.settings import Settings, chosen_city

    settings = Settings()
    given = [receipt_of(text) for text in receipt or ()]
    done = prove(chosen_city(settings, city), settings.time_stamp_roots, given)
    for finding in done.findings[:SHOWN]:
        typer.echo(finding_text(finding), err=True)
    if len(done.findings) > SHOWN:
        typer.echo(f"... and {len(done.findings) - SHOWN} more", err=True)
    if done.unsealed:
        typer.echo(f"{done.unsealed} track windows of evidence are not sealed yet.")
    if done.clock_jumps:
        typer.echo(f"{done.clock_jumps} lines say that the clock was set (clock.jumped).")
    if done.findings:
        typer.echo(f"{len(done.findings)} findings in {done.lines} lines.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{done.lines} lines, none altered.")
    typer.echo(f"Receipt, to keep outside of the server: {done.lines}:{done.last_hash}")


@audit.command()
def export(
    file: Annotated[Path, typer.Argument(help="New file, one JSON object per line.")],
    city: CityOption = None,
) -> None:
    """Export the whole audit log to a file that can be verified without Barfrub.

    Ends before a line that cannot be read, and names it.
    """
    from api.config.console import open_city_database
    from api.config.settings import Settings, chosen_city
    from data.errors import BarfrubError
    from data.store.audit.audit_log import line_json
    from data.store.audit.audit_log_reader import UnreadableLine, read_audit_log
    from data.store.database.engine import reading

    engine = open_city_database(chosen_city(Settings(), city))
    lines = 0
    try:
        with file.open("x", encoding="utf-8") as target, reading(engine) as tx:
            for line in read_audit_log(tx):
                if isinstance(line, UnreadableLine):
                    raise BarfrubError(f"line {line.id} cannot be read: {line.reason}")
                target.write(line_json(line) + "\n")
                lines += 1
    except OSError as error:
        raise BarfrubError(f"{file} cannot be written: {error.strerror}") from error
    typer.echo(f"{lines} lines written to {file}.")
