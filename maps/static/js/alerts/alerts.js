// What needs a human now, drawn from what the board already knows: one row a cause, the gravest first.
import { boot, now } from "../pages/boot.js";
import { isolated, t } from "../pages/texts.js";
import { besides, blockedName, openBlockages } from "../shifts/blockage.js";
import { requestPlace } from "../board/rows.js";
import { board, coverage, openRequests } from "../board/state.js";
import { causeOfAlert, numberOf, SEVERITY, severalOf } from "./causes.js";
import { alertTitle, alertWords, isHandedOver, lasting } from "./server-alerts.js";
import { snoozed, snoozeWords } from "./snooze.js";

const KEPT_MS = 5000; // so long nobody misses a deadline that has just passed
const NAMED = 3;
const OVERDUE = ["overdue", "partly_overdue"].map((name) => boot.states.findIndex((state) => state.name === name));

const grave = (severity) => (severity >= SEVERITY.streets ? "danger" : "plain");

/** Requests that nobody has placed have a queue of their own: a state of their list. */
function late() {
  const moment = new Date(now()).toISOString();
  return openRequests()
    .filter((request) => request.due_at && request.due_at < moment)
    .map((request) => ({
      id: `late-${request.id}`,
      cause: "late_requests",
      severity: SEVERITY.streets,
      weight: 1,
      kind: "request",
      target: request.id,
      title: requestPlace(request),
      text: t("Past its clear-by time."),
      since: request.due_at,
    }));
}

const isBroken = (shift) => shift.reason === "machine_fault" && shift.state === "driving";

/** What a report means for the work: of a street left out it is grave, of one that was found clear it is a note. */
const REPORTED = {
  blocked: ["blocked", SEVERITY.streets],
  already_clear: ["seen_clear", SEVERITY.note],
  out_of_salt: ["reported", SEVERITY.truck],
  other: ["reported", SEVERITY.truck],
};
const REPORTED_STREET = ["reported", SEVERITY.streets];

const reportText = (blockage) =>
  [t("Reported by {truck}", { truck: blockage.vehicle }), besides(blockage)].filter(Boolean).join(" · ");

/** What drivers reported; a breakdown is told of its truck, as long as that stands broken. */
function reported() {
  const { shifts } = board.value;
  const told = (one) => one.reason === "machine_fault" && isBroken(shifts.get(one.shift_id) ?? {});
  return openBlockages()
    .filter((one) => !told(one))
    .map((blockage) => {
      const [cause, severity] = REPORTED[blockage.reason] ?? REPORTED_STREET;
      return {
        id: `blockage-${blockage.id}`,
        cause,
        severity,
        weight: 1,
        kind: "blockage",
        target: blockage.id,
        title: blockedName(blockage),
        text: reportText(blockage),
        since: blockage.reported_at,
        blockage,
      };
    });
}

function broken() {
  return [...board.value.shifts.values()]
    .filter(isBroken)
    .map((shift) => ({
      id: `fault-${shift.id}`,
      cause: "fault",
      severity: SEVERITY.streets,
      weight: 1,
      kind: "truck",
      target: shift.vehicle_id,
      title: board.value.vehicles.get(shift.vehicle_id)?.name ?? "",
      text: t("The driver reports a breakdown."),
      since: shift.at,
    }));
}

/** What an alert leads to: its truck, its request, or itself where it is of the fleet as a whole. */
function leadsTo({ id, vehicle_id: truck, facts: { request } }) {
  if (truck !== null) return { kind: "truck", target: truck };
  return request === undefined ? { kind: "alert", target: id } : { kind: "request", target: request };
}

/** What the server watches over: of a truck, a request, or the fleet as a whole. */
const watched = () =>
  lasting().map((alert) => ({
    id: `alert-${alert.id}`,
    cause: causeOfAlert(alert),
    severity: alert.severity,
    weight: alert.facts.count ?? 1,
    ...leadsTo(alert),
    icon: alert.kind === "sos" ? "siren" : undefined,
    seenBy: alert.owner || alert.acknowledged_by,
    waits: isHandedOver(alert),
    title: alertTitle(alert),
    text: alertWords(alert),
    since: alert.since,
    alert,
  }));

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
      cause: "overdue",
      severity: SEVERITY.streets,
      weight: count,
      kind: "street",
      target: first,
      title: t("Overdue streets"),
      text: t("{count} streets are past one and a half times their cycle time or trigger depth.", { count }),
    },
  ];
}

const all = () => [...watched(), ...reported(), ...broken(), ...late(), ...overdue()];

const names = (titles) => titles.slice(0, NAMED).map(isolated).join(t(", ")) + (titles.length > NAMED ? "…" : "");

const each = (items, field) => [...new Set(items.map((one) => one[field]))];

const OF_STREETS = new Set(["blocked", "seen_clear"]); // several drivers may report one street

/** What several alerts of one cause are called, and what is said of them. */
function wordsOf(cause, items) {
  if (!OF_STREETS.has(cause)) return { title: severalOf(cause, items.length), text: names(items.map(({ title }) => title)) };
  const streets = each(items, "title");
  if (streets.length === 1) return { title: streets[0], text: each(items, "text").join(" · ") };
  return { title: severalOf(cause, streets.length), text: names(streets) };
}

/** One row of several alerts; that of requests leads to their list. */
const rowOf = (cause, items) => ({
  id: `cause-${cause}`,
  cause,
  severity: Math.max(...items.map(({ severity }) => severity)),
  weight: items.reduce((sum, { weight }) => sum + weight, 0),
  kind: cause === "late_requests" ? "requests" : "cause",
  target: cause === "late_requests" ? "late" : numberOf(cause),
  icon: items[0].icon,
  seenBy: items.every(({ seenBy }) => seenBy) ? items[0].seenBy : undefined,
  waits: items.some(({ waits }) => waits),
  ...wordsOf(cause, items),
  since: items.map(({ since }) => since).sort()[0],
  items,
});

/** One row for each cause, the gravest first. */
function grouped(items) {
  const byCause = new Map();
  for (const item of items) byCause.set(item.cause, [...(byCause.get(item.cause) ?? []), item]);
  return [...byCause]
    .map(([cause, mine]) => (mine.length === 1 ? { ...mine[0], items: mine } : rowOf(cause, mine)))
    .map((row) => ({ ...row, tone: row.seenBy && !row.waits ? "plain" : grave(row.severity), putOff: snoozeWords(row) }))
    .sort((one, other) => other.severity - one.severity);
}

let kept = { of: [], until: 0, list: [] };

/** Everything that wants attention; the same list while nothing has changed that it is made of. */
export function alerts() {
  const { requests, shifts, blockages, alerts: told, vehicles, storm, snoozes } = board.value;
  const of = [requests, shifts, blockages, told, vehicles.size, storm, snoozes];
  if (Date.now() > kept.until || of.some((one, i) => one !== kept.of[i]))
    kept = { of, until: Date.now() + KEPT_MS, list: grouped(all()) };
  return kept.list;
}

/** Whether somebody can acknowledge a row and nobody has; what a board draws by itself is seen to on its street or request. */
export const unassigned = (row) => !row.seenBy && row.items.some(({ alert }) => alert);

/** What is not put off. */
export const wanted = () => alerts().filter((row) => !snoozed(row));

/** The row of a cause, if it has any alert now. */
export const rowOfCause = (cause) => alerts().find((row) => row.cause === cause);
