// When a rest is due, the rest as a stage of the route, and the rest itself: begun and ended with one tap.
import { html, nothing } from "lit";
import { now } from "../../../pages/boot.js";
import { duration, t, time } from "../../../pages/texts.js";
import { beginRest, endRest } from "../outbox.js";
import { icon } from "../words.js";

const SOON_MS = 1800000; // the driver hears of it, and may look for a place
const AT_ONCE_MS = 600000;

const dueAt = ({ hours }) => Date.parse(hours.rest_due_at);

/** Whether the driver rests. */
export const isResting = ({ shift }) => shift?.state === "driving" && Boolean(shift.hours?.resting_since);

/** Whether a rest is due before the shift ends; a route that an older page kept does not say it. */
const isDue = (value) => value.shift.state === "driving" && value.shift.hours && !isResting(value) && dueAt(value.shift) < Date.parse(value.shift.ends_at);

const stage = (shift) => ({ kind: "rest", first: "rest", state: "open", length_m: 0, takes_s: shift.hours.rest_s, passes: 1, due: true, place: t("due by {time}", { time: time(shift.hours.rest_due_at) }) });

/** These stages with the rest that is due among them, before the one that would be too late for it. */
export function withRest(value, stages) {
  if (!isDue(value)) return stages;
  const due = dueAt(value.shift);
  const at = stages.findIndex(({ state, expected_at: end }) => state === "open" && end && Date.parse(end) > due);
  return at < 0 ? stages : stages.toSpliced(at, 0, stage(value.shift));
}

function words(shift) {
  const left = dueAt(shift) - now();
  const clock = time(shift.hours.rest_due_at);
  return left > 0 ? t("Rest due in {span}, at {time}", { span: duration(left), time: clock }) : t("A rest was due at {time}", { time: clock });
}

/** Above the buttons at the thumb, half an hour before a rest is due and from then on. */
export function restRow(value, once) {
  if (!isDue(value) || dueAt(value.shift) - now() > SOON_MS) return nothing;
  const near = dueAt(value.shift) - now() <= AT_ONCE_MS;
  return html`<div class="undo rest ${near ? "near" : ""}" role="status">
    <span class="what">${icon("coffee")}${words(value.shift)}</span>
    <button @click=${() => once(beginRest)}>${t("Begin the rest")}</button>
  </div>`;
}

/** The button that ends the rest. */
export const restButton = (once, resting) => html`<div class="actions">
  <button class="primary done" ?disabled=${resting} @click=${() => once(endRest)}>${icon("play", "mirrored")}${t("End the rest")}</button>
</div>`;

/** The rest that goes on, in place of the route. */
export function restPart({ shift }) {
  const { resting_since: since, rest_s: seconds } = shift.hours;
  const until = new Date(Date.parse(since) + seconds * 1000).toISOString();
  return html`<div class="plain">
    <h2>${icon("coffee")} ${t("Rest until {time}", { time: time(until) })}</h2>
    <p class="lead">${t("It began at {time}. From {until} on it counts as a rest; what is planned after it moves on.", { time: time(since), until: time(until) })}</p>
  </div>`;
}

