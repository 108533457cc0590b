// What news from the server does to the board.
import { boot } from "../pages/boot.js";
import { notify, attempt } from "../pages/notices.js";
import { listen, remembered } from "../pages/stream.js";
import { inLanguage, isolated, t } from "../pages/texts.js";
import { personText } from "../accounts/people.js";
import { reloadCrews } from "../crews/jobs.js";
import { mergeClosures, reloadClosures } from "../storms/closures.js";
import { reloadDrivers } from "../shifts/drivers.js";
import { reloadTrucks } from "../shifts/truck-states.js";
import { heardOfDraft, mergeOrders, reloadOrders } from "../edits/draft.js";
import { mergeNotes, reloadNotes } from "../messages/handover-notes.js";
import { sayStopped, STOPPED } from "../planning/drafts.js";
import { meet } from "../messages/presence.js";
import { reloadMessages } from "../messages/messages.js";
import { reloadWatch } from "../alerts/server-alerts.js";
import { reloadWhatIfs } from "../what_if/what-if.js";
import { heardOfPlowing, reloadPlowing } from "./views/plowed.js";
import { board, mayDispatch, merge, mergeRequests, onlyWall, reload, reloadFigures, takeCoverage } from "./state.js";

const FIGURES_EVERY_MS = 15000; // the server looks at every street for them
const ACTION_MS = 1000; // what changes the next thing to do is seen at once

const WHOLE_EVERY_MS = onlyWall ? 60000 : 600000; // what nobody told us of: requests, deadlines that a policy moved

const silently = (ask) => ask().catch(() => board.set({ connected: false }));

/** All that the stream did not tell us while it was broken, or tells us only by name. */
async function everything() {
  const words = onlyWall ? [] : [reloadMessages().then(tellOfCrews), reloadOrders(), reloadCrews(), reloadPlowing()];
  await Promise.all([reload(), reloadDrivers(), reloadTrucks(), reloadClosures(), reloadWatch(), reloadNotes(), ...words]);
}

const merged = (field) => remembered((list) => merge(field, list));
const mergedRuns = merged("runs");

const mergedMessages = merged("messages");

const told = new Set();

/** A crew has no row on the board: what it writes stands above everything, also what came during a break. */
function tellOfCrews() {
  if (!mayDispatch) return;
  for (const { id, crew_shift_id: crew, from_driver: fromCrew, seen_at: seen, sent_by: login, text } of board.value.messages.values()) {
    if (!crew || !fromCrew || seen || told.has(id)) continue;
    told.add(id);
    notify(t("{crew} writes: {text} (answer on the page Crews)", { crew: isolated(personText(login)), text: inLanguage(text) }));
  }
}

function heardOfMessages(list) {
  mergedMessages(list);
  tellOfCrews();
}

function finished(runs) {
  const before = board.value.runs;
  mergedRuns(runs);
  for (const run of runs) {
    if (before.get(run.id)?.state === run.state) continue;
    if (run.fault === STOPPED) sayStopped();
    else if (run.state === "failed")
      notify(t("The plan could not be made. Look at streets and shifts, then try again."), "danger", run.fault ? t(run.fault, run.fault_values) : "");
  }
}

/** Follow the server from now on; figures are asked for again when something that changes them is heard. */
export function follow() {
  let due = null;
  let dueAt = Infinity;
  const figures = (wait = FIGURES_EVERY_MS) => {
    if (Date.now() + wait >= dueAt) return;
    clearTimeout(due);
    dueAt = Date.now() + wait;
    due = setTimeout(() => {
      dueAt = Infinity;
      silently(reloadFigures);
    }, wait);
  };
  const line = {
    heard: () => board.set({ heardAt: Date.now(), connected: true }),
    lost: () => board.set({ connected: false }),
    resumed: () => everything().catch(() => board.set({ connected: false })),
  };
  const moving = (take, wait) => (news) => {
    take(news);
    figures(wait);
  };
  const events = {
    vehicles: merged("vehicles"),
    coverage: moving(remembered(takeCoverage)),
    plowed: remembered(heardOfPlowing),
    requests: moving(remembered(mergeRequests)),
    runs: moving(finished, ACTION_MS),
    what_ifs: () => attempt(reloadWhatIfs),
    legs: moving(merged("shifts"), ACTION_MS),
    trucks: merged("trucks"),
    blockages: merged("blockages"),
    closures: remembered(mergeClosures),
    crews: () => (onlyWall ? undefined : silently(reloadCrews)),
    handover_notes: remembered(mergeNotes),
    edits: (list) => attempt(() => heardOfDraft(list)),
    orders: remembered(mergeOrders),
    snoozes: merged("snoozes"),
    alerts: moving(merged("alerts"), ACTION_MS),
    checks: merged("checks"),
    messages: heardOfMessages,
    storm: () => attempt(everything),
    city: (city) => {
      if (city.network_version !== boot.city.network_version)
        notify(t("The streets of the city have changed. Load the page again."));
      silently(reload);
    },
    presence: meet,
  };
  listen(events, line, true); // from its first opening on: what happened since the page asked was not sent to us
  setInterval(() => silently(reload), WHOLE_EVERY_MS);
}
