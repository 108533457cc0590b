// What each truck does and which of its shifts is current: decided by the server, from evidence.
import { html } from "lit";
import { now } from "../pages/boot.js";
import { get } from "../pages/net.js";
import { withNews } from "../pages/stream.js";
import { named, t, time } from "../pages/texts.js";
import { board, keyed } from "../board/state.js";

/** All states, in the order of the list's filter. */
export const STATES = [
  "working",
  "driving",
  "reloading",
  "stopped",
  "off_route",
  "silent",
  "broken",
  "out",
  "in_yard",
  "off_duty",
  "shift_over",
];

/** Ask what all trucks do: at the start, after a break, with a new storm or plan. */
export const reloadTrucks = withNews(async () => {
  board.set({ trucks: keyed(await get("/api/truck-states")) });
});

/** What a truck does now; without a storm only its last position says something. */
export const stateOf = (vehicle) => board.value.trucks.get(vehicle.id)?.state ?? vehicle.state;

/** The current shift of a truck. */
export const shiftOf = (vehicleId) => board.value.shifts.get(board.value.trucks.get(vehicleId)?.shift_id);

/** The state of a truck's current shift, by evidence: one whose truck works has begun. */
export const phaseOf = (vehicleId) => board.value.trucks.get(vehicleId)?.shift ?? null;

/** Whether a truck's current shift is past: no code, no answer and no order belongs to it any more. */
export const isPast = (vehicleId) => ["ended", "cancelled", null].includes(phaseOf(vehicleId));

/** Whether a truck was called back to the yard: everybody at a board sees it, not only who did it. */
export const isCalledBack = (vehicleId) => board.value.trucks.get(vehicleId)?.called_back ?? false;

const calledBack = (vehicleId) => (isCalledBack(vehicleId) ? ` · ${t("called back")}` : "");

/** What a truck does, in words, and whether it was called back. */
export const doingWords = (vehicle) => html`${named("truck", stateOf(vehicle))}${calledBack(vehicle.id)}`;

/** When a rest of its driver is due, where that is within half an hour or past. */
export const restDue = (vehicleId) => board.value.trucks.get(vehicleId)?.rest_due_at ?? null;

const isOver = (due) => Date.parse(due) <= now();

/** What its driver told of a rest, and whether one is due: a state comes from evidence, this stands beside it. */
function restWords(vehicleId) {
  const due = restDue(vehicleId);
  const until = board.value.trucks.get(vehicleId)?.resting_until;
  if (until) return html` · ${t("rest until {time}", { time: time(until) })}`;
  return due ? html` · <span class=${isOver(due) ? "danger" : ""}>${t("rest due at {time}", { time: time(due) })}</span>` : "";
}

/** The same in a list, short; `null` where no rest is due. */
export function restChip(vehicleId) {
  const due = restDue(vehicleId);
  if (!due) return null;
  const clock = { time: time(due) };
  return html`<span class="rest-due ${isOver(due) ? "danger" : ""}" title=${t("rest due at {time}", clock)}
    ><span class="icon icon-coffee" aria-hidden="true"></span>${isOver(due) ? t("rest overdue") : t("rest due {time}", clock)}</span
  >`;
}

/** The sign of what a truck does, with its word. */
export const stateSign = (vehicle) =>
  html`<span class="dot truck-${stateOf(vehicle)}" aria-hidden="true"></span> ${doingWords(vehicle)}${restWords(vehicle.id)}`;
