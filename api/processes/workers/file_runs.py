"""How a worker makes files: read in a transaction, then made by a child process with limits."""

from api.processes.limited_process import WorkStoppedError, run_unless
from api.processes.workers.printed_routes import Printing, plan_sheets
from api.processes.workers.run_context import RunContext, StoreOutcome
from data.errors import ConflictError
from data.model import PlanId, PlanRun
from data.store.database.engine import Tx, reading
from data.store.planning.plan_runs import answer_run, put_back
from data.store.planning.run_files import add_file
from data.store.setup.city import get_city
from maps.pages.i18n import translator
from maps.pages.pdf import sheets_pdf

PDF = "application/pdf"


def make_report(context: RunContext) -> StoreOutcome:
    """Print the route sheets of a plan in one file.

    A worker that leaves puts the run back for another one.
    """
    run, now = context.beat.plan_run, context.clock.now()
    plan_id = PlanId(run.options["plan"])
    with reading(context.engine) as tx:
        city = get_city(tx)
        t = translator(run.options["language"], city.timezone)
        sheets = plan_sheets(tx, Printing(context.network, city.attribution, now, t), plan_id)
    name = f"routes-{plan_id}-{t.language}.pdf"
    try:
        content = run_unless(context.stop, context.limits.files, name, sheets_pdf, sheets)
    except WorkStoppedError:
        if context.beat.asked:
            raise ConflictError("the file is not wanted", reason="file_stopped") from None
        return lambda tx, held: put_back(tx, held, held.digest)

    def keep(tx: Tx, held: PlanRun) -> PlanRun:
        add_file(tx, held.id, content)
        return answer_run(tx, held, {"name": name, "media_type": PDF}, held.digest)

    return keep
