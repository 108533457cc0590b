// What happened on the road: replans, and what a draft would change before it is published.
import { html } from "lit";
import { Part } from "../pages/element.js";
import { get, post } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { Store } from "../pages/store.js";
import { duration, listed, number, t, time } from "../pages/texts.js";
import { awaitDraft, dropsWork, planAgain, publishNow, purpose, searchWords, stop, validity } from "../planning/drafts.js";
import { fault as faultOf, numberIn, shown as digits } from "../pages/number-fields.js";
import { urgentButton, whoWaits } from "./insertion.js";
import { reloadOut } from "../shifts/route-answers.js";
import { board, choose, mayDispatch, reload } from "../board/state.js";

const BUDGET = "barfrub-budget";
const USUAL_BUDGET = 5;
const BUDGETS = [0, 1000];
const LATE_MINUTES = [15, 30, 60, 120];

/** The difference of a draft that is shown; `fault` is why the last order was refused. */
const shown = new Store({ difference: null, fault: null, busy: false });

/** How many trucks may hear of a change: what this dispatcher chose last. */
const budget = () => Number(localStorage.getItem(BUDGET) ?? USUAL_BUDGET);

function remember({ target }) {
  target.setCustomValidity(faultOf(target.value, BUDGETS, true));
  if (target.reportValidity()) localStorage.setItem(BUDGET, Math.round(numberIn(target.value)));
}

async function report(wish) {
  const run = await attempt(() => post("/api/replans", { budget: budget(), ...wish }));
  if (!run) return;
  awaitDraft(run);
  if (wish.cause !== "breakdown") return;
  await attempt(reloadOut);
  document.querySelector("board-side .panel")?.scrollTo({ top: 0 }); // there it says so
}

/** Show what a draft would change. */
export async function compare(planId) {
  const difference = await attempt(() => get(`/api/plans/${planId}/difference`));
  if (difference) shown.set({ difference, fault: null, busy: false });
}

const close = () => shown.set({ difference: null, fault: null, busy: false });

/** Do what the dialog is for, once; it stays open, with the reason, where the server refuses. */
async function settle(order) {
  if (shown.value.busy) return;
  shown.set({ busy: true, fault: null });
  try {
    await order();
    close();
    await attempt(reload);
  } catch (fault) {
    shown.set({ fault, busy: false });
  }
}

const discard = (plan) => settle(() => post(`/api/plans/${plan}/discard`));
const publish = (plan, dropping) => settle(() => publishNow(plan, dropping));
const again = (plan) => settle(() => planAgain(plan));

const clock = (at) => (at ? html`<bdi dir="ltr">${time(at)}</bdi>` : t("none"));

const fault = () => (shown.value.fault ? html`<p class="problem" role="alert">${shown.value.fault.message}</p>` : "");

const ends = (word, order, rest) => html`<div class="ends">
  <button class="primary" autofocus ?disabled=${shown.value.busy} @click=${order}><span class="icon icon-check" aria-hidden="true"></span>${word}</button>
  ${rest} <button @click=${close}>${t("Not now")}</button>
</div>`;

const streets = (names) => (names.length ? names.map((name) => html`<li><bdi>${name}</bdi></li>`) : html`<li class="muted">${t("none")}</li>`);

const counted = (count, names) =>
  html`${number(count)}${count ? html` <span class="small muted">${listed(names.slice(0, 3))}${count > 3 ? "…" : ""}</span>` : ""}`;

const truck = (one) => html`<tr class=${one.next_moves_change ? "changes" : ""}>
  <th scope="row"><button class="link" @click=${() => choose("truck", one.vehicle_id)}><bdi>${one.vehicle}</bdi></button>
    ${one.next_moves_change ? html`<span class="small danger">${t("next moves change")}</span>` : html`<span class="small muted">${t("goes on as planned at first")}</span>`}</th>
  <td><ol>${streets(one.moves_before)}</ol></td>
  <td><ol>${streets(one.moves_after)}</ol></td>
  <td>${counted(one.gained, one.gained_streets)}</td>
  <td>${counted(one.lost, one.lost_streets)}</td>
  <td class="home">${clock(one.ends_before)} <span class="arrow" aria-hidden="true">→</span> ${clock(one.ends_after)}</td>
</tr>`;

const COLUMNS = ["Truck", "Next now", "Next then", "Streets added", "Streets removed", "Back at yard"];

const dropped = (found) =>
  html`${listed(found.dropped_streets)}${found.dropped > found.dropped_streets.length ? "…" : "."} ${found.dropped_why.map((why) => `${why}. `)}`;

/** What the draft is for that is looked at, and until when it is good. */
function draftOf(planId) {
  const run = [...board.value.runs.values()].find(({ draft }) => draft?.plan_id === planId);
  return run ? html`<p class="muted small">${purpose(run)} · ${validity(run.draft)}</p>` : "";
}

const differenceBody = (found) => html`<h2 id="replan-title">${t("What plan {revision} changes", { revision: found.revision })}</h2>
  ${draftOf(found.plan_id)}
  <p>${t("Trucks whose next moves change: {moves}. Trucks with other streets: {trucks}.", { moves: found.next_moves, trucks: found.trucks.length })}
    ${found.dropped ? html`<strong class="danger">${t("Streets removed from all routes: {count}.", { count: found.dropped })}</strong> ${dropped(found)}` : ""}
    ${found.added ? t("Streets added: {count}.", { count: found.added }) : ""}</p>
  <div class="scroll">
    ${
      found.trucks.length
        ? html`<table class="difference">
            <thead><tr>${COLUMNS.map((word) => html`<th scope="col">${t(word)}</th>`)}</tr></thead>
            <tbody>${found.trucks.map(truck)}</tbody>
          </table>`
        : html`<p class="muted">${t("Every truck goes on as it does.")}</p>`
    }
    ${whoWaits(found.requests, found.delayed_jobs, choose)}
  </div>
  ${fault()}
  ${
    mayDispatch
      ? ends(
          ...publishOrder(found.plan_id),
          html`<button ?disabled=${shown.value.busy} @click=${() => discard(found.plan_id)}>${t("Discard")}</button>`,
        )
      : ""
  }`;

/** What may be ordered of a draft, by why the last order was refused. */
function publishOrder(plan) {
  const { fault: why } = shown.value;
  if (dropsWork(why)) return [t("Publish and drop them"), () => publish(plan, true)];
  if (why?.values?.reason?.startsWith("draft_")) return [t("Plan again from now"), () => again(plan)];
  return [t("Publish to the trucks"), () => publish(plan, false)];
}

class Replan extends Part {
  get stores() {
    return [shown];
  }

  render() {
    const { difference } = shown.value;
    return html`<urgent-insertion .taken=${reload} .look=${choose}></urgent-insertion>
      ${difference ? html`<dialog class="replan difference-of" aria-labelledby="replan-title" @close=${close}>${differenceBody(difference)}</dialog>` : ""}`;
  }

  updated() {
    const dialog = this.querySelector(".difference-of");
    if (dialog && !dialog.open) dialog.showModal();
  }
}
customElements.define("board-replan", Replan);

/** The order to clear a street, or what was asked for, before all else. */
export const urgentOrder = (wanted) => (mayDispatch && board.value.plan ? urgentButton(wanted) : "");

/** The order to clear the street of a request that waits for work there. */
export const dispatchNow = ({ id, state, segment_id: street }) => (state === "open" && street != null ? urgentOrder({ request_id: id }) : "");

const repaired = (vehicleId) =>
  attempt(async () => {
    await post(`/api/vehicles/${vehicleId}/repaired`);
    await Promise.all([reload(), reloadOut()]);
  });

/** The last replan because of a truck, if it is looked for, found and not published yet, or failed. */
function replanOf(vehicleId) {
  const mine = [...board.value.runs.values()].filter((run) => run.kind === "replan" && run.options.vehicle_id === vehicleId);
  return mine.sort((one, other) => other.id - one.id)[0];
}

/** Whether a machine is out of service because it broke down. */
export const isBroken = (out) => out?.reason === "broken";

function replanState(run) {
  if (!run) return "";
  if (run.state === "failed") return told(run);
  if (run.state !== "done")
    return html`<p role="status">${searchWords(run, (seconds) => t("Looking for routes for the others, {seconds} s", { seconds }))}
      <button class="quiet" ?disabled=${run.stop_requested} @click=${() => stop(run)}>${run.stop_requested ? t("Stopping…") : t("Stop looking")}</button></p>`;
  if (!run.draft) return "";
  return html`<p>${t("New routes for the others are ready.")} ${validity(run.draft)}</p>
    <button class="wide" @click=${() => compare(run.draft.plan_id)}>${t("See what changes")}</button>`;
}

/** Of a truck that is broken down: since when, what became of its streets, and the way back. */
export function brokenPart(vehicleId) {
  const out = board.value.out.get(vehicleId);
  if (!mayDispatch || !isBroken(out)) return "";
  return html`<section class="orders" aria-label=${t("Broken down")}>
  <h3 class="danger">${t("Broken down since {time}", { time: time(out.since) })}</h3>
  <p class="muted small">${t("It is out of service until you take this back.")}</p>
  ${replanState(replanOf(vehicleId))}
  <button class="wide" @click=${() => repaired(vehicleId)}><span class="icon icon-undo-2 mirrored" aria-hidden="true"></span>${t("It can drive again")}</button>
</section>`;
}

/** Report that a truck has broken down: others get its streets. */
export const breakDown = (vehicleId) => report({ cause: "breakdown", vehicle_id: vehicleId });

/** Give a truck streets of others. */
export const giveStreets = (vehicleId) => report({ cause: "new_machine", vehicle_id: vehicleId });

/** By how much a truck is late, and how many others may hear of what changes for it. */
export function truckOrders(vehicleId) {
  if (!mayDispatch || !board.value.plan || isBroken(board.value.out.get(vehicleId))) return "";
  const late = (event) => {
    if (event.target.value) report({ cause: "late", vehicle_id: vehicleId, minutes: Number(event.target.value) });
    event.target.value = "";
  };
  return html`<section class="orders" aria-label=${t("It cannot go on as planned")}>
    <h3>${t("It cannot go on as planned")}</h3>
    ${budgetField()}
    <label class="late"><span>${t("Late by")}</span>
      <select @change=${late}>
        <option value="">${t("choose")}</option>
        ${LATE_MINUTES.map((minutes) => html`<option value=${minutes}>${duration(minutes * 60_000)}</option>`)}
      </select></label>
  </section>`;
}

const budgetField = () => html`<label class="budget"><span>${t("Trucks whose next moves may change")}</span>
  <input inputmode="numeric" autocomplete="off" dir="ltr" .value=${digits(budget())} @change=${remember}></label>`;

/** In the plan's panel: a replan for the storm as it stands, and the draft of the last one. */
export function replanPart() {
  const runs = [...board.value.runs.values()].filter((run) => run.kind === "replan");
  const run = runs.sort((one, other) => other.id - one.id)[0];
  if (!board.value.plan || !mayDispatch) return "";
  return html`<section class="run replans">
    <h3>${t("Replan from where trucks are")}</h3>
    ${budgetField()}
    <button class="wide" @click=${() => report({ cause: "other" })}>${t("Look for better routes from now on")}</button>
    <button class="wide" @click=${() => report({ cause: "snowfall" })}>${t("It snows again: clear every street again")}</button>
    ${run ? told(run) : ""}
  </section>`;
}

/** Why the newest replan made no plan; what is found or looked for stands below the panel. */
const told = (run) => (run.state === "failed" ? html`<p class="problem">${run.fault ? t(run.fault, run.fault_values) : run.error}</p>` : "");
