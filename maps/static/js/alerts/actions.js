// What a dispatcher can do about an alert: the button that ends it, and the one that puts it off.
import { html } from "lit";
import { post } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { t } from "../pages/texts.js";
import { openSheet } from "../board/bottom-sheets.js";
import { detailsOf } from "../board/details.js";
import { board, choose, mayDispatch } from "../board/state.js";
import { callLink, opened } from "../board/truck-actions.js";
import { isValid, planAgain, waitingRuns } from "../planning/drafts.js";
import { planNow } from "../planning/form.js";
import { breakDown, compare, dispatchNow } from "../replanning/replan.js";
import { chooseTrucks } from "../shifts/fleet-orders.js";
import { reloadOut } from "../shifts/route-answers.js";
import { isPast, shiftOf } from "../shifts/truck-states.js";
import { mayWait } from "./causes.js";
import { snooze, snoozed, snoozeWords, wake } from "./snooze.js";

const button = (icon, words, does) =>
  html`<button @click=${does}><span class="icon icon-${icon}" aria-hidden="true"></span>${words}</button>`;

/** Show something in the panel beside the map. */
function beside(show) {
  show();
  openSheet("side");
}

/** Make a plan for everything that is open. */
export const plan = () => {
  beside(() => choose(null));
  return planNow();
};

/** Give orders to these trucks: longer shifts, back to the yard, a message. */
export const ordersFor = (ids) => beside(() => chooseTrucks(ids));

/** Look at a draft beside what is driven, and publish it. */
export function look(planId) {
  if (board.value.plan) return compare(planId);
  beside(() => choose(null));
}

const pastTrucks = () => [...board.value.vehicles.keys()].filter((id) => shiftOf(id) && isPast(id));

function write(id) {
  beside(() => choose("truck", id));
  opened.set({ part: "messages" });
}

/** The draft of the next cycle is looked at, or planned again where it has grown too old since the alert. */
function cycleButton() {
  const draft = waitingRuns().find(({ options }) => options.cause === "cycle")?.draft;
  if (!draft) return "";
  if (!isValid(draft)) return button("refresh-cw", t("Plan again from now"), () => planAgain(draft.plan_id));
  return button("check", t("Look and publish"), () => look(draft.plan_id));
}

const planButton = () => button("route", t("Make a new plan"), plan);
const extendButton = (ids) => button("clock", t("extend shifts:{count}", { count: ids.length }), () => ordersFor(ids));
const driverButtons = ([id, ...others]) =>
  others.length > 0
    ? button("message-square", t("Message them"), () => ordersFor([id, ...others]))
    : html`${button("message-square", t("Message the driver"), () => write(id))} ${callLink(detailsOf("truck", id))}`;

/** Take a machine out of service: where routes are driven, others get its streets. */
async function takeOut(id) {
  const { plan, storm } = board.value;
  if (plan) return breakDown(id);
  const order = () => post(`/api/storms/${storm.id}/machines/${id}`, { on: false, reason: "broken" });
  if (await attempt(order)) await attempt(reloadOut);
}

const outButtons = ([id, ...others]) =>
  others.length > 0 ? driverButtons([id, ...others]) : html`${button("triangle-alert", t("Take out of service"), () => takeOut(id))} ${driverButtons([id])}`;

/** Clear the street that somebody in danger asked for; of several requests each has its own panel. */
function dispatchButton(_, [id, ...others]) {
  const request = board.value.requests.get(id);
  return others.length === 0 && request ? dispatchNow(request) : "";
}

const ENDS = {
  request_danger: dispatchButton,
  shifts_over: () => extendButton(pastTrucks()),
  hours: extendButton,
  at_risk: planButton,
  route_declined: driverButtons,
  vehicle_fault: outButtons,
  silent: (ids) => (ids.length > 0 ? driverButtons(ids) : ""),
  long_stop: driverButtons,
  off_route: driverButtons,
  reload_overdue: driverButtons,
  rest_due: driverButtons,
  blade_up: driverButtons,
  blade_down: driverButtons,
  blade_sensor: driverButtons,
  speeding: driverButtons,
  next_cycle: cycleButton,
};

/** The buttons that end alerts of one kind, of these trucks or requests. */
export const endsIt = (kind, trucks, requests = []) => (mayDispatch && ENDS[kind] ? ENDS[kind](trucks, requests) : "");

/** The button that puts a row of the list off on all boards, or takes that back. */
export function putOff(row) {
  if (!row || !mayWait(row.cause)) return "";
  const putOffBy = snoozed(row) ? html`<span class="muted small">${snoozeWords(row)}</span>` : "";
  if (!mayDispatch) return putOffBy;
  if (putOffBy) return html`${putOffBy} ${button("clock-alert", t("Show again"), () => wake(row))}`;
  return html`<button title=${t("On all boards. It comes back earlier if it gets worse.")} @click=${() => snooze(row)}>
    <span class="icon icon-clock" aria-hidden="true"></span>${t("Snooze for 30 min")}
  </button>`;
}
