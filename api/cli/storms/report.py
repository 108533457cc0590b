"""`barfrub report`: write a storm's report for the council as PDF."""

from pathlib import Path
from typing import Annotated

import typer


def report(
    out: Annotated[Path, typer.Option("--out", help="The PDF file to write.")],
    city: Annotated[str | None, typer.Option(help="City; by default BARFRUB_CITY.")] = None,
    storm: Annotated[
        int | None, typer.Option(help="Number of the storm; by default the newest.")
    ] = None,
    against: Annotated[
        int | None, typer.Option(help="Storm to compare with; by default the one before.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Language; by default that of the city's pages.")
    ] = None,
    brief: Annotated[
        bool, typer.Option("--brief", help="One page for the meeting instead.")
    ] = False,
) -> None:
    """Write the council's report of a storm, or its brief for a meeting, as PDF."""
    from api.config.clock import Clock
    from api.config.console import open_city_database
    from api.config.settings import Settings, chosen_city, prepare_numba
    from api.processes.printing.council_figures import FiguresSubject
    from api.processes.printing.printed_report import ReportSources, ReportWish, printed_report
    from data.languages import default_language, known_language
    from data.model import StormId
    from maps.pages.pdf import report_pdf

    settings = Settings()
    prepare_numba(settings)
    sources = ReportSources(open_city_database(chosen_city(settings, city)), Clock())
    own = sources.city_state.now.city.language or default_language()
    numbers = (None if each is None else StormId(each) for each in (storm, against))
    spoken = own if language is None else known_language(language)
    wish = ReportWish(FiguresSubject(*numbers), spoken, brief)
    content = report_pdf(printed_report(sources, wish))
    out.write_bytes(content)
    typer.echo(f"{out}: {len(content) / 1000:.0f} kB")
