// News from the server as it happens, and how long we have heard nothing.
import { setClock } from "../core/boot.js";
import { notify, attempt } from "../core/notices.js";
import { t } from "../core/texts.js";
import { board, merge, reload, takeCoverage } from "./state.js";

const FIGURES_EVERY_MS = 15000; // the server looks at every street for them
const SILENCE_MS = 30000; // the server says something every ten seconds
const AGAIN_MS = 5000;

const silently = () => reload().catch(() => board.set({ connected: false }));

/** Ask for the stream; once more where it fell silent, which a line cut halfway does without an error. */
function told(events, again = false) {
  const source = new EventSource("/stream");
  const heard = () => board.set({ heardAt: Date.now(), connected: true });
  const startedAt = Date.now();
  let broken = again;
  const leave = (wait) => {
    clearInterval(watch);
    source.close();
    setTimeout(() => told(events, true), wait);
  };
  const watch = setInterval(() => {
    if (Date.now() - Math.max(board.value.heardAt, startedAt) < SILENCE_MS) return;
    board.set({ connected: false });
    leave(0);
  }, 1000);
  source.addEventListener("open", () => {
    heard();
    if (broken) silently(); // what happened meanwhile was not sent to us
    broken = false;
  });
  source.addEventListener("error", () => {
    broken = true;
    board.set({ connected: false });
    if (source.readyState === EventSource.CLOSED) leave(AGAIN_MS);
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
      notify(t("The plan could not be made. Look at streets and shifts, then try again."), "danger", run.error);
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
    beat: ({ now }) => setClock(now),
  });
}
