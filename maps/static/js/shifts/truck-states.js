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

/** What its driver told of a rest, and whether one is due: a state comes from evidence, this stands beside it. */
function restWords(vehicleId) {
  const { resting_until: until, rest_due_at: due } = board.value.trucks.get(vehicleId) ?? {};
  if (until) return html` · ${t("rest until {time}", { time: time(until) })}`;
  if (!due) return "";
  const past = Date.parse(due) <= now();
  return html` · <span class=${past ? "danger" : ""}>${t("rest due at {time}", { time: time(due) })}</span>`;
}

/** The sign of what a truck does, with its word. */
export const stateSign = (vehicle) =>
  html`<span class="dot truck-${stateOf(vehicle)}" aria-hidden="true"></span> ${named("truck", stateOf(vehicle))}${restWords(vehicle.id)}`;
