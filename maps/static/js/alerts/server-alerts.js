// What the server watches over: alerts of trucks and targets, and how each route is driven.
import { html } from "lit";
import { boot } from "../pages/boot.js";
import { get } from "../pages/net.js";
import { attempt, once } from "../pages/notices.js";
import { withNews } from "../pages/stream.js";
import { duration, inLanguage, number, streetName, t, time, times } from "../pages/texts.js";
import { facts } from "../pages/facts.js";
import { personText } from "../accounts/people.js";
import { change } from "../messages/presence.js";
import { board, keyed, merge, onlyWall } from "../board/state.js";
import { dangerTitle } from "./dangers.js";
import { reloadSnoozes } from "./snooze.js";

const MINUTE_MS = 60000;
const LATE_MIN = 10;

/** Ask for what lasts and how routes stand: at the start, after a break, with a new storm or plan. */
export const reloadWatch = withNews(async () => {
  const [alerts, checks] = await Promise.all([get("/api/alerts"), get("/api/route-checks")]);
  board.set({ alerts: keyed(alerts), alertsLoaded: true, checks: keyed(checks) });
  if (onlyWall) return;
  board.set({ owners: await get("/api/alerts/owners") });
  await reloadSnoozes();
});

/** What lasts, the oldest first; of one truck where given. */
export const lasting = (vehicleId) =>
  [...board.value.alerts.values()]
    .filter((alert) => !alert.until && (vehicleId === undefined || alert.vehicle_id === vehicleId))
    .sort((one, other) => one.since.localeCompare(other.since));

function clockText({ ahead_min: minutes, count }) {
  const off = duration(Math.abs(minutes) * MINUTE_MS);
  return minutes > 0 ? t("alert:clock:behind", { off, count }) : t("alert:clock:ahead", { off, count });
}

/** What an alert says, in one sentence. */
export function alertText({ kind, vehicle_id: truck, facts: known, street }) {
  const first = street ? streetName(street) : "";
  if (kind === "shifts_over") return t("alert:shifts_over", { count: known.count });
  if (kind === "silent" && truck === null) return t("alert:silent:{count}", { count: known.count });
  if (kind === "sos" && truck === null) return known.supposed ? t("alert:sos:crew:supposed") : t("alert:sos:crew");
  if (kind === "request_danger") return t("alert:request_danger", { reference: known.reference });
  if (kind === "clock") return clockText(known);
  if (kind === "evidence_behind") return t("alert:evidence_behind", { behind: duration(known.behind_min * MINUTE_MS) });
  if (kind === "at_risk" && truck === null) return t("alert:at_risk:nobody", { count: known.count, street: first });
  if (kind === "at_risk")
    return t("alert:at_risk", { count: known.count, late: duration(known.late_min * MINUTE_MS), street: first });
  if (kind === "route_declined") return t("alert:route_declined", { reason: t(`decline:${known.reason}`) });
  if (kind === "forecast_old") return t("alert:forecast_old", { hours: known.hours });
  if (kind === "rest_due") return t("alert:rest_due", { hours: known.hours });
  if (kind === "vehicle_fault") return t("alert:vehicle_fault", { faults: inLanguage(known) });
  if (kind === "hours")
    return known.left_min > 0
      ? t("alert:hours:soon", { left: duration(known.left_min * MINUTE_MS) })
      : t("alert:hours:over", { over: duration(-known.left_min * MINUTE_MS) });
  return t(`alert:${kind}`, { load: known.load_kg, km: known.km, kmh: known.kmh, limit: known.limit_kmh });
}

/** Whether an alert was given to somebody who has not acknowledged it yet. */
export const isHandedOver = ({ owner, acknowledged_by: first }) => first !== "" && owner !== first;

/** Whether an alert waits for somebody to acknowledge it, who may be us: nobody's, or one that was given to us. */
export const awaitsUs = (alert) => !alert.acknowledged_by || (isHandedOver(alert) && alert.owner === boot.login);

/** Who sees to an alert, and who handed it over. */
export function byWhom(alert) {
  const { owner, acknowledged_by: first, given_by: giver } = alert;
  const named = { who: personText(owner || first), giver: personText(giver || first) };
  if (isHandedOver(alert)) return t("handed over to {who} by {giver}, not acknowledged yet", named);
  return giver ? t("acknowledged by {who}, handed over by {giver}", named) : t("acknowledged by {who}", named);
}

/** Whose alert it is: a truck's, or the whole fleet's; of somebody in danger also what it is. */
export function alertTitle(alert) {
  const { kind, vehicle_id: truck, facts: known } = alert;
  if (kind === "sos" && truck === null) return known.crew_name ?? t("A crew");
  if (kind === "request_danger") return dangerTitle(alert);
  if (truck !== null) return board.value.vehicles.get(truck)?.name ?? "";
  if (kind === "clock") return t("The server's clock");
  if (kind === "evidence_behind") return t("Evidence is behind");
  if (kind === "forecast_old") return t("The forecast is old");
  if (kind === "shifts_over") return t("All shifts are over");
  if (kind === "next_cycle") return t("Next cycle");
  return kind === "silent" ? t("Trucks without signal") : t("Streets at risk");
}

/** What an alert says, and who sees to it: no full stop before the dot between them. */
export function alertWords(alert) {
  if (!alert.acknowledged_by) return alertText(alert);
  return `${alertText(alert).replace(/\.$/, "")} · ${byWhom(alert)}`;
}

const order = once(async (id, verb) => {
  const alert = await attempt(() => change(`alert:${id}`, `/api/alerts/${id}/${verb}`));
  if (alert) merge("alerts", [alert]);
});

/** Say that we see to an alert. */
export const see = ({ id }) => order(id, "acknowledge");

/** Say that an alert is over. */
export const close = ({ id }) => order(id, "close");

function lateWords(check) {
  const minutes = Math.round(check.late_min);
  if (Math.abs(minutes) < 1) return t("on time");
  const span = duration(Math.abs(minutes) * MINUTE_MS);
  const words = minutes < 0 ? t("{span} early", { span }) : t("{span} late", { span });
  return minutes >= LATE_MIN ? html`<strong class="danger">${words}</strong>` : words;
}

/** The check of a truck's route in force. */
function checkOf(vehicleId) {
  const check = board.value.checks.get(vehicleId);
  return check && check.legs > 0 && check.plan_id === board.value.plan?.id ? check : null;
}

/** How late a truck drives its route, where that is late enough to tell. */
export function lateness(vehicleId) {
  const check = checkOf(vehicleId);
  return Math.round(check?.late_min ?? 0) >= LATE_MIN ? lateWords(check) : "";
}

const COUNTED = ["out_of_order", "by_other", "told", "unproved", "skipped"];

/** When a route ends: as a window where storms taught how sure that is. */
const endOf = ({ ends_at: at, end }) =>
  end ? html`<bdi>${times(end.earliest_at, end.latest_at)}</bdi>` : at ? time(at) : null;

/** How a truck drives its route, for its panel. */
export function checkFacts(vehicleId) {
  const check = checkOf(vehicleId);
  if (!check) return "";
  const all = Object.values(check.counts).reduce((sum, count) => sum + count, 0);
  const done = all - check.counts.ahead - check.counts.unproved - check.counts.skipped;
  const over = check.next_leg >= check.legs;
  return html`<h3>${t("Progress on its route")}</h3>
    ${facts([
      [t("Legs done"), t("{found} of {all}", { found: done, all })],
      ...COUNTED.map((state) => [
        html`<span class="leg leg-${state}" aria-hidden="true"></span>${t(`leg:${state}`)}`,
        check.counts[state] > 0 ? number(check.counts[state]) : null,
      ]),
      [over ? t("At its end") : t("Now"), lateWords(check)],
      [over ? t("Actual end") : t("Expected end"), endOf(check)],
    ])}
    <p><a href="/routes/${check.shift_id}">${t("All legs of this truck")}</a></p>
    <p><a href="/api/plans/${check.plan_id}/routes/${check.shift_id}/sheet.pdf" target="_blank" rel="noopener">${t("Route sheet (PDF)")}</a></p>`;
}

/** The legs of a truck's route with what became of each, for the map. */
export async function withStates(lines, shiftId) {
  const states = await get(`/api/route-checks/${shiftId}`).catch(() => []);
  const features = lines.features.map((leg) => ({
    ...leg,
    properties: { ...leg.properties, state: states[leg.properties.order] ?? "ahead" },
  }));
  return { ...lines, features };
}
