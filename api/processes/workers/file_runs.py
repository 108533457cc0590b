"""How a worker makes files: read in a transaction, then made by a child process with limits."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from api.processes.limited_process import WorkStoppedError, run_unless
from api.processes.printing.council_figures import FiguresSubject
from api.processes.printing.printed_report import (
    ReportSources,
    ReportWish,
    printed_map,
    printed_report,
)
from api.processes.printing.printed_routes import Printing, plan_sheets
from api.processes.printing.training_debrief import printed_debrief
from api.processes.workers.run_context import RunContext, StoreOutcome
from data.errors import ConflictError
from data.model import PlanId, PlanRun, StormId
from data.store.database.engine import Tx, reading
from data.store.planning.plan_runs import answer_run, put_back
from data.store.planning.run_files import add_file
from data.store.setup.city import get_city
from fleet.routes.file_request import is_debrief, is_map, is_report
from maps.pages.i18n import translator
from maps.pages.pdf import map_png, report_pdf, sheets_pdf

PDF = "application/pdf"
PNG = "image/png"


class _Print(NamedTuple):
    """A file to make: its name and type, what stands in it, and what makes it of that."""

    name: str
    media_type: str
    content: Mapping[str, object]
    make: Callable[[Mapping[str, object]], bytes]


def make_report(context: RunContext) -> StoreOutcome:
    """Print route sheets of a plan, the report or map of a storm, or a debrief, in one file.

    A worker that leaves puts the run back for another one.
    """
    printed = _printed(context)
    limits = context.limits.files
    try:
        content = run_unless(context.stop, limits, printed.name, printed.make, printed.content)
    except WorkStoppedError:
        if context.beat.asked:
            raise ConflictError("the file is not wanted", reason="file_stopped") from None
        return lambda tx, held: put_back(tx, held, held.digest)

    def keep(tx: Tx, held: PlanRun) -> PlanRun:
        add_file(tx, held.id, content)
        return answer_run(
            tx, held, {"name": printed.name, "media_type": printed.media_type}, held.digest
        )

    return keep


def _printed(context: RunContext) -> _Print:
    run = context.beat.plan_run
    if is_debrief(run):
        return _debrief(context)
    return _report(context) if is_report(run) else _sheets(context)


def _debrief(context: RunContext) -> _Print:
    language = context.beat.plan_run.options["language"]
    printed = printed_debrief(ReportSources(context.engine, context.clock), language)
    return _Print(f"debrief-{language}.pdf", PDF, printed, report_pdf)


def _sheets(context: RunContext) -> _Print:
    run, now = context.beat.plan_run, context.clock.now()
    plan_id = PlanId(run.options["plan"])
    with reading(context.engine) as tx:
        city = get_city(tx)
        t = translator(run.options["language"], city.timezone)
        sheets = plan_sheets(tx, Printing(context.network, city.attribution, now, t), plan_id)
    return _Print(f"routes-{plan_id}-{t.language}.pdf", PDF, sheets, sheets_pdf)


def _report(context: RunContext) -> _Print:
    options, sources = context.beat.plan_run.options, ReportSources(context.engine, context.clock)
    storm_id, language = StormId(options["report"]), options["language"]
    if is_map(context.beat.plan_run):
        drawn = printed_map(sources, storm_id, language)
        return _Print(f"storm-{storm_id}-map-{language}.png", PNG, drawn, map_png)
    subject = FiguresSubject(storm_id, options["against"])
    wish = ReportWish(subject, language, brief=options["brief"])
    report = printed_report(sources, wish)
    kind = "brief" if wish.brief else "report"
    return _Print(f"storm-{storm_id}-{kind}-{language}.pdf", PDF, report, report_pdf)
