// What the panels of streets and trucks say and do about editing by hand: who could take it, locks and bans.
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { t, time } from "../pages/texts.js";
import { person } from "../accounts/people.js";
import { assignAndPublish, beginEditing, change, draftState, editing, lookForTakers, lookFurther, moveTo, orderTruck, takeBack, unseen } from "./draft.js";
import { board, mayDispatch, selection } from "../board/state.js";
import { routeOf } from "../board/truck.js";

selection.follow(({ chosen }, changes) => {
  if ("chosen" in changes && chosen?.kind === "street") lookForTakers(chosen.id);
});
draftState.follow((_, changes) => {
  const { chosen } = selection.value;
  if (changes.draft && chosen?.kind === "street" && draftState.value.takers?.segment !== chosen.id) lookForTakers(chosen.id);
});

const LEAST_MIN = 0.05; // what rounds to less is no change

function timeChange(minutes) {
  if (Math.abs(minutes) < LEAST_MIN) return t("no more time");
  const shown = Math.abs(minutes);
  return minutes > 0 ? t("{minutes} min more", { minutes: shown }) : t("{minutes} min less", { minutes: shown });
}

/** What the change costs, or why it cannot be made: what lacks at once, else what the change itself would do. */
function price({ possible, why_not: lacks, done_at: done }, outcome) {
  if (!possible) return lacks.join(" ");
  if (!outcome.possible) return outcome.broken.join(" ");
  const { minutes_before: before, minutes_after: after } = outcome.totals;
  const more = timeChange(Math.round((after - before) * 10) / 10);
  const change = done ? t("{change}, done {time}", { change: more, time: time(done) }) : more;
  return html`${change} ${outcome.strains.length ? html`<span class="danger">${outcome.strains.join(" ")}</span>` : ""}`;
}

function takerItem(segment, taker, outcome) {
  const { busy, draft } = draftState.value;
  const wish = moveTo(segment, taker.vehicle_id);
  const strains = outcome?.strains.length > 0; // it says so beside the button
  const words = price(taker, outcome);
  const names = html`${words.includes?.(taker.vehicle) ? "" : html`<bdi>${taker.vehicle}</bdi>`} <span class="small muted">${words}</span>`;
  if (!outcome?.possible) return html`<li class="no-taker" data-vehicle=${taker.vehicle_id}>${names}</li>`;
  const publish = html`<button class="taker-publish" ?disabled=${busy} @click=${() => assignAndPublish(wish, strains)}>${t("Assign and publish")}</button>`;
  return html`<li>
    <button class="taker" ?disabled=${busy} data-vehicle=${taker.vehicle_id} @click=${() => change(wish, strains)}>${names}</button>
    ${draft.can_undo ? "" : publish}
  </li>`;
}

const LOOKING = () => html`<p class="small muted" role="status">${t("Looking for the trucks that could take it …")}</p>`;

function takers(segment) {
  const { takers: known } = draftState.value;
  if (known?.segment !== segment || known.list === null) return LOOKING();
  const { list, outcomes, looking } = known;
  const seen = list.filter((one) => !one.possible || outcomes.has(one.vehicle_id));
  const able = (one) => (outcomes.get(one.vehicle_id)?.possible ? 0 : 1);
  const rows = seen.sort((one, other) => able(one) - able(other));
  const rest = unseen(known).length;
  return html`<ol class="takers" id="takers">${repeat(rows, (one) => one.vehicle_id, (one) => takerItem(segment, one, outcomes.get(one.vehicle_id)))}</ol>
    ${looking ? LOOKING() : rest ? html`<button class="wide quiet" @click=${lookFurther}>${t("Look at {count} more trucks", { count: rest })}</button>` : ""}`;
}

const orderItem = (one) => html`<li>
  <span class="icon icon-${one.kind === "lock" ? "lock" : "ban"}" aria-hidden="true"></span>
  <span>${one.words} <span class="small muted">${person(one.by)} · ${time(one.at)}</span></span>
  ${mayDispatch ? html`<button class="quiet" @click=${() => takeBack(one)}>${t("Take it back")}</button>` : ""}
</li>`;

const orders = (wanted) => {
  const mine = [...draftState.value.orders.values()].filter(wanted);
  return mine.length ? html`<ul class="orders-list">${mine.map(orderItem)}</ul>` : "";
};

function block(event, segment) {
  event.preventDefault();
  const { reason } = Object.fromEntries(new FormData(event.target));
  change({ kind: "close", segment_id: segment, reason });
}

const blockForm = (segment) => html`<form class="column" @submit=${(event) => block(event, segment)}>
  <label><span>${t("What blocks it?")}</span><input name="reason" required maxlength="200" autocomplete="off" dir="auto" /></label>
  <button>${t("Block the street in this draft")}</button>
</form>`;

function orderForm(segment) {
  const trucks = [...board.value.vehicles.values()];
  const give = (kind) => (event) => {
    const vehicle = Number(event.target.closest("form").elements.vehicle.value);
    orderTruck(kind, vehicle, segment);
  };
  return html`<form class="edit-order" @submit=${(event) => event.preventDefault()}>
    <label><span>${t("Truck")}</span><select name="vehicle">${trucks.map((one) => html`<option value=${one.id}>${one.name}</option>`)}</select></label>
    <div class="pair">
      <button type="button" @click=${give("lock")}>${t("Lock the street to it")}</button>
      <button type="button" @click=${give("forbid")}>${t("Keep it off this street")}</button>
    </div>
  </form>`;
}

const beginButton = () => html`<button class="begin-edit" ?disabled=${draftState.value.busy} @click=${() => beginEditing()}>
  <span class="icon icon-truck" aria-hidden="true"></span>${t("Assign to another truck")}
</button>`;

function assignment(segment) {
  if (editing()) return html`<section class="next-legs"><h3>${t("Assign to truck")}</h3>${takers(segment)}${blockForm(segment)}</section>`;
  return mayDispatch && board.value.plan ? beginButton() : "";
}

/** The part of a street's panel. */
export function streetEdit(segment) {
  if (!board.value.storm) return "";
  const here = orders((one) => one.segment_id === segment);
  return html`${assignment(segment)}
    ${
      here || mayDispatch
        ? html`<details class="edit-orders" ?open=${Boolean(here)}><summary>${t("Locks and bans")}</summary>${here} ${mayDispatch ? orderForm(segment) : ""}</details>`
        : ""
    }`;
}

/** The part of a truck's panel. */
export function truckEdit(vehicle) {
  if (!board.value.storm) return "";
  const kept = [...draftState.value.orders.values()].some((one) => one.kind === "lock" && one.segment_id === null && one.vehicle_id === vehicle);
  const lock = mayDispatch && routeOf(vehicle) && !kept;
  return html`${orders((one) => one.vehicle_id === vehicle)}
    ${lock ? html`<button class="quiet" @click=${() => orderTruck("lock", vehicle)}><span class="icon icon-lock" aria-hidden="true"></span>${t("Lock its route")}</button>` : ""}`;
}
