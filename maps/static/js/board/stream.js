// News from the server as it happens, and how long we have heard nothing.
import { notify, attempt } from "../core/notices.js";
import { t } from "../core/texts.js";
import { board, merge, reload, takeCoverage } from "./state.js";

const FIGURES_EVERY_MS = 15000; // the server looks at every street for them

const silently = () => reload().catch(() => board.set({ connected: false }));

function told(events) {
  const source = new EventSource("/stream");
  const heard = () => board.set({ heardAt: Date.now(), connected: true });
  let broken = false;
  source.addEventListener("open", () => {
    heard();
    if (broken) silently(); // what happened meanwhile was not sent to us
    broken = false;
  });
  source.addEventListener("error", () => {
    broken = true;
    board.set({ connected: false });
    if (source.readyState === EventSource.CLOSED) setTimeout(() => told(events), 5000);
  });
  for (const [name, take] of Object.entries(events)) {
    source.addEventListener(name, (event) => {
      heard();
      take(JSON.parse(event.data));
    });
  }
}

function finished(runs) {
  const before = board.value.runs;
  merge("runs", runs);
  for (const run of runs) {
    if (before.get(run.id)?.state === run.state) continue;
    if (run.state === "failed")
      notify(t("The plan could not be made: {reason}", { reason: run.error || t("error:server") }), "danger");
    if (run.state === "done") notify(t("A new plan is ready to publish."));
  }
}

/** Follow the server from now on; figures are asked for again when something that moves them changed. */
export function follow() {
  let due = null;
  const figures = () => {
    due ??= setTimeout(() => {
      due = null;
      silently();
    }, FIGURES_EVERY_MS);
  };
  told({
    vehicles: (list) => merge("vehicles", list),
    coverage: (rows) => {
      takeCoverage(rows);
      figures();
    },
    requests: (list) => {
      merge("requests", list);
      figures();
    },
    runs: (list) => finished(Array.isArray(list) ? list : [list]),
    storm: () => attempt(reload),
  });
}
