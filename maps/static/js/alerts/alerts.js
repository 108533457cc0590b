// What needs a human now, drawn from what the board already knows.
import { boot, now } from "../pages/boot.js";
import { t } from "../pages/texts.js";
import { blockedName, openBlockages } from "../shifts/blockage.js";
import { needsPin, requestPlace } from "../board/rows.js";
import { board, coverage, openRequests } from "../board/state.js";
import { alertTitle, alertWords, lasting } from "./server-alerts.js";

const KEPT_MS = 5000; // so long nobody misses a deadline that has just passed
const OVERDUE = ["overdue", "partly_overdue"].map((name) => boot.states.findIndex((state) => state.name === name));

function unplaced() {
  return openRequests()
    .filter(needsPin)
    .map((request) => ({
      id: `request-${request.id}`,
      kind: "request",
      target: request.id,
      tone: "danger",
      title: requestPlace(request),
      text: t("Nobody knows yet where this is."),
      since: request.received_at,
    }));
}

function late() {
  const moment = new Date(now()).toISOString();
  return openRequests()
    .filter((request) => request.due_at && request.due_at < moment)
    .map((request) => ({
      id: `late-${request.id}`,
      kind: "request",
      target: request.id,
      tone: "danger",
      title: requestPlace(request),
      text: t("Past its deadline."),
      since: request.due_at,
    }));
}

function blocked() {
  return openBlockages().map((blockage) => ({
    id: `blockage-${blockage.id}`,
    kind: "blockage",
    target: blockage.id,
    tone: "danger",
    title: blockedName(blockage),
    text: t("Reported by {truck}", { truck: `\u2068${blockage.vehicle}\u2069` }),
    since: blockage.reported_at,
  }));
}

function broken() {
  return [...board.value.shifts.values()]
    .filter((shift) => shift.reason === "machine_fault" && shift.state === "driving")
    .map((shift) => ({
      id: `fault-${shift.id}`,
      kind: "truck",
      target: shift.vehicle_id,
      tone: "danger",
      title: board.value.vehicles.get(shift.vehicle_id)?.name ?? "",
      text: t("The driver reports a breakdown."),
      since: shift.at,
    }));
}

const sos = ({ kind }) => kind === "sos";

/** What the server watches over: of a truck, or of the fleet as a whole. */
function watched(which) {
  return lasting().filter(which).map((alert) => ({
    id: `alert-${alert.id}`,
    kind: alert.vehicle_id === null ? "alert" : "truck",
    target: alert.vehicle_id ?? alert.id,
    tone: alert.acknowledged_at ? "plain" : "danger",
    icon: sos(alert) ? "siren" : undefined,
    seenBy: alert.owner || alert.acknowledged_by,
    title: alertTitle(alert),
    text: alertWords(alert),
    since: alert.since,
  }));
}

function overdue() {
  let count = 0;
  let first = null;
  for (const [id, states] of coverage.states) {
    if (!states.some((state) => OVERDUE.includes(state))) continue;
    first ??= id;
    count += 1;
  }
  if (!board.value.storm || count === 0) return [];
  return [
    {
      id: "overdue",
      kind: "street",
      target: first,
      tone: "danger",
      title: t("Overdue streets"),
      text: t("{count} streets wait longer than they should.", { count }),
    },
  ];
}

const gathered = () => [
  ...watched(sos),
  ...blocked(),
  ...broken(),
  ...watched((alert) => !sos(alert)),
  ...unplaced(),
  ...late(),
  ...overdue(),
];

let kept = { of: [], until: 0, list: [] };

/** Everything that wants attention, the gravest first; the same list while nothing has changed that it is made of. */
export function alerts() {
  const { requests, shifts, blockages, alerts: told, vehicles, storm } = board.value;
  const of = [requests, shifts, blockages, told, vehicles.size, storm];
  if (Date.now() > kept.until || of.some((one, i) => one !== kept.of[i]))
    kept = { of, until: Date.now() + KEPT_MS, list: gathered() };
  return kept.list;
}
