// Orders for one truck or many at once: longer or cancelled shifts, back to the yard, to wait at a place; and a message to all.
import { html } from "lit";
import { now } from "../pages/boot.js";
import { get, post } from "../pages/net.js";
import { attempt, echo, notify, once } from "../pages/notices.js";
import { dangerousChoice } from "../pages/form-parts.js";
import { Store } from "../pages/store.js";
import { day, inLanguage, named, number, t, time } from "../pages/texts.js";
import { board, choose, mayDispatch, merge, selection, vehicles } from "../board/state.js";
import { doneWords, missedWords, SURE, tooLong } from "./order-words.js";
import { stagePart } from "./staging.js";
import { isPast, shiftOf, stateOf } from "./truck-states.js";

const HOURS = [1, 2, 4];
const MOST_LETTERS = 200;

/** The trucks that are ticked, usual ends of shifts, what was refused, and which order waits for a second click. */
export const fleet = new Store({ ids: new Set(), ends: [], refused: [], again: null, asked: null });

/** Learn at which times shifts of the city usually end. */
export async function learnEnds() {
  const roster = await attempt(() => get("/api/roster"));
  if (roster) fleet.set({ ends: roster.ends });
}

selection.follow(({ chosen }, changes) => {
  if (!("chosen" in changes)) return;
  fleet.set({ refused: [], again: null, asked: null });
  if (mayDispatch && (chosen?.kind === "fleet" || chosen?.kind === "truck")) learnEnds();
});

/** Look at several trucks at once, these ones ticked. */
export function chooseTrucks(ids) {
  fleet.set({ ids: new Set(ids) });
  choose("fleet", 0);
}

/** Order something of trucks, once until the server has answered; returns whether it took it. */
const order = once(async (ids, wish) => {
  const body = { ...wish, vehicle_ids: ids };
  const done = await attempt(() => post(`/api/storms/${board.value.storm.id}/fleet-orders`, body));
  if (!done) return false;
  const [did, missed] = [doneWords(wish.kind, done), missedWords(done)];
  if (did) echo(did);
  if (missed) notify(missed, "danger");
  fleet.set({ refused: done.refused, again: wish, asked: null });
  return true;
});

const chip = (words, ids, wish) => html`<button class="chip" ?disabled=${ids.length === 0} @click=${() => order(ids, wish)}>${words}</button>`;

/** A time, with its day where that is another one than today. */
const until = (moment) => (day(moment) === day(now()) ? time(moment) : t("{date}, {time}", { date: day(moment), time: time(moment) }));

/** By how much, or until when, shifts go on: one click each. */
const longer = (ids) => html`<div class="chips" role="group" aria-label=${t("Extend")}>
  <span class="muted small">${t("Extend")}</span>
  ${HOURS.map((hours) => chip(t("+{hours} h", { hours: number(hours) }), ids, { kind: "extend", hours }))}
  ${fleet.value.ends.map((end) => chip(t("until {time}", { time: until(end) }), ids, { kind: "extend", until: end }))}
</div>`;

/** An order that cannot be undone: it asks once, with how many it is about. */
function twice(ids, kind, icon, words) {
  if (fleet.value.asked !== kind)
    return html`<button ?disabled=${ids.length === 0} @click=${() => fleet.set({ asked: kind })}><span class="icon icon-${icon}" aria-hidden="true"></span>${words}</button>`;
  return html`<div class="sure" role="group" aria-label=${words}>
    ${dangerousChoice({ act: () => order(ids, { kind }), acts: SURE[kind](ids.length), keep: () => fleet.set({ asked: null }), keeps: t("Not now") })}
  </div>`;
}

/** Machines that keep their shifts, and why; too many hours may be meant so. */
function refusals() {
  const { refused, again } = fleet.value;
  if (refused.length === 0) return "";
  const long = tooLong(refused);
  return html`<div class="problem" role="alert">
    <ul>${refused.map((one) => html`<li><bdi>${one.vehicle}</bdi>: ${one.message}</li>`)}</ul>
    ${long.length > 0 ? html`<button @click=${() => order(long, { ...again, long_hours: true })}>${t("Extend them all the same")}</button>` : ""}
  </div>`;
}

/** The orders about hours and where to wait, for one truck or for many. */
export const hoursOrders = (ids) => html`${longer(ids)}
  <div class="pair">
    ${twice(ids, "recall", "undo-2", t("Recall to the yard"))}
    ${twice(ids, "cancel", "ban", t("Cancel shift"))}
  </div>
  ${stagePart(ids, order)}
  ${refusals()}`;

async function write(event, ids) {
  event.preventDefault();
  const { target } = event;
  const text = new FormData(target).get("text");
  const sent = await attempt(() => post("/api/messages", { text, vehicle_ids: ids }));
  if (!sent) return;
  merge("messages", sent.messages);
  echo(t("sent to:{count}", { count: sent.messages.length }));
  target.reset();
}

const take = (event) => {
  if (event.target.value) event.target.closest("form").elements.text.value = event.target.value;
  event.target.value = "";
};

const messageForm = (ids) => html`<form class="column" @submit=${(event) => write(event, ids)}>
  <label><span>${t("Ready text")}</span><select name="canned" @change=${take}>
    <option value="">${t("choose…")}</option>
    ${board.value.canned.map((text) => html`<option value=${inLanguage(text)}>${inLanguage(text)}</option>`)}
  </select></label>
  <div class="own">
    <label><span class="unseen">${t("Message")}</span><input name="text" required maxlength=${MOST_LETTERS} dir="auto" autocomplete="off" placeholder=${t("Message")}></label>
    <button ?disabled=${ids.length === 0}><span class="icon icon-send mirrored" aria-hidden="true"></span>${t("Send")}</button>
  </div>
</form>`;

function tick(id, on) {
  const ids = new Set(fleet.value.ids);
  if (on) ids.add(id);
  else ids.delete(id);
  fleet.set({ ids, asked: null });
}

function hours(vehicle) {
  const shift = shiftOf(vehicle.id);
  if (!shift) return "";
  const words = { time: time(shift.ends_at) };
  if (!isPast(vehicle.id)) return t("until {time}", words);
  return Date.parse(shift.ends_at) <= now() ? t("over since {time}", words) : t("ended early, planned until {time}", words);
}

const choice = (vehicle) => html`<li><label class="check">
  <input type="checkbox" .checked=${fleet.value.ids.has(vehicle.id)} @change=${(event) => tick(vehicle.id, event.target.checked)} />
  <span class="what"><bdi>${vehicle.name}</bdi></span>
  <span class="muted small">${named("truck", stateOf(vehicle))} · ${hours(vehicle)}</span>
</label></li>`;

/** Several trucks: what is ordered of all of them at once, then which ones. */
export function fleetPanel() {
  const all = vehicles().filter(({ id }) => shiftOf(id));
  const ids = all.map(({ id }) => id).filter((id) => fleet.value.ids.has(id));
  return html`<h2>${t("trucks:{count}", { count: ids.length })}</h2>
    ${mayDispatch ? html`<section class="fleet-orders" aria-label=${t("Actions")}>${hoursOrders(ids)} ${messageForm(ids)}</section>` : ""}
    <div class="pair">
      <button @click=${() => fleet.set({ ids: new Set(all.map(({ id }) => id)) })}>${t("Choose all")}</button>
      <button @click=${() => fleet.set({ ids: new Set() })}>${t("Choose none")}</button>
    </div>
    <ul class="fleet">${all.map(choice)}</ul>`;
}
