// What happened on the road: urgent work put in at once, replans, and what a draft would change before it is published.
import { html } from "lit";
import { Part } from "../pages/element.js";
import { get, post } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { Store } from "../pages/store.js";
import { duration, number, t, time } from "../pages/texts.js";
import { awaitDraft, dropsWork, planAgain, publishNow, purpose, searchWords, stop, validity } from "../planning/drafts.js";
import { fault as faultOf, numberIn, shown as digits } from "../pages/number-fields.js";
import { reloadOut } from "../shifts/route-answers.js";
import { board, choose, mayDispatch, reload } from "../board/state.js";

const BUDGET = "barfrub-budget";
const USUAL_BUDGET = 5;
const BUDGETS = [0, 1000];
const LATE_MINUTES = [15, 30, 60, 120];

/** What is shown: an offer of urgent work, what machines lack for it, or the difference of a draft; `fault` is why the last order was refused. */
const shown = new Store({ offer: null, lacks: null, difference: null, fault: null, busy: false });

/** How many trucks may hear of a change: what this dispatcher chose last. */
const budget = () => Number(localStorage.getItem(BUDGET) ?? USUAL_BUDGET);

function remember({ target }) {
  target.setCustomValidity(faultOf(target.value, BUDGETS, true));
  if (target.reportValidity()) localStorage.setItem(BUDGET, Math.round(numberIn(target.value)));
}

/** Ask where urgent work is best put in, and show the answer. */
export async function insertNow(wanted) {
  await attempt(async () => {
    try {
      const offer = await post("/api/insertions", wanted);
      shown.set({ offer, lacks: null, difference: null, fault: null, busy: false });
    } catch (error) {
      if (error.values?.reason !== "insertion_impossible") throw error;
      const lacks = await post("/api/insertions/lacks", wanted);
      shown.set({ offer: null, lacks, difference: null, fault: error, busy: false });
    }
  });
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
  if (difference) shown.set({ offer: null, lacks: null, difference, fault: null, busy: false });
}

const close = () => shown.set({ offer: null, lacks: null, difference: null, fault: null, busy: false });

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

const take = (offer) => settle(() => post(`/api/insertions/${offer.id}/accept`));
const discard = (plan) => settle(() => post(`/api/plans/${plan}/discard`));
const publish = (plan, dropping) => settle(() => publishNow(plan, dropping));
const again = (plan) => settle(() => planAgain(plan));

const clock = (at) => (at ? html`<bdi dir="ltr">${time(at)}</bdi>` : t("none"));

const delayed = (one) => html`<li>
  <button class="link" @click=${() => choose("request", one.request_id)}><bdi class="code">${one.reference}</bdi> <bdi>${one.street}</bdi></button>
  ${t("{minutes} min later, expected {time}", { minutes: one.minutes, time: time(one.expected_at) })}
  ${one.breaks_promise ? html`<strong class="danger">${t("promised until {time}", { time: time(one.promised_until) })}</strong>` : ""}
</li>`;

const whom = (requests, jobs) =>
  requests.length
    ? html`<h3>${t("Who waits longer")}</h3><ul class="entries">${requests.slice(0, 20).map(delayed)}</ul>`
    : html`<p class="muted">${jobs ? t("Streets that are cleared later: {count}. Nobody asked for one of them.", { count: jobs }) : t("Nobody waits longer for it.")}</p>`;

const fault = () => (shown.value.fault ? html`<p class="problem" role="alert">${shown.value.fault.message}</p>` : "");

const ends = (word, order, rest) => html`<div class="ends">
  <button class="primary" autofocus ?disabled=${shown.value.busy} @click=${order}><span class="icon icon-check" aria-hidden="true"></span>${word}</button>
  ${rest} <button @click=${close}>${t("Not now")}</button>
</div>`;

const offerBody = (offer) => html`<h2 id="replan-title">${t("Dispatch now")}: <bdi>${offer.street}</bdi></h2>
  <p class="lead" dir="auto">${offer.words}</p>
  ${
    offer.delayed_jobs
      ? html`<p>${t("Streets that are cleared later: {count}, by up to {minutes} min.", { count: offer.delayed_jobs, minutes: offer.most_min })}</p>`
      : ""
  }
  <div class="scroll">${whom(offer.requests, offer.delayed_jobs)}</div>
  ${fault()}
  ${ends(t("Accept (Enter)"), () => take(offer), "")}`;

const lacking = (one) => html`<tr>
  <th scope="row"><button class="link" @click=${() => choose("truck", one.vehicle_id)}><bdi>${one.vehicle}</bdi></button></th>
  <td>${one.words}</td>
</tr>`;

const lacksBody = (lacks) => html`<h2 id="replan-title">${t("Dispatch now")}: <bdi>${lacks.street}</bdi></h2>
  ${fault()}
  <p>${lacks.words}</p>
  <div class="scroll"><table class="difference">
    <thead><tr><th scope="col">${t("Truck")}</th><th scope="col">${t("What it lacks")}</th></tr></thead>
    <tbody>${lacks.machines.map(lacking)}</tbody>
  </table></div>
  <div class="ends"><button autofocus @click=${close}>${t("Close")}</button></div>`;

const streets = (names) => (names.length ? names.map((name) => html`<li><bdi>${name}</bdi></li>`) : html`<li class="muted">${t("none")}</li>`);

const counted = (count, names) =>
  html`${number(count)}${count ? html` <span class="small muted"><bdi>${names.slice(0, 3).join(t(", "))}${count > 3 ? "…" : ""}</bdi></span>` : ""}`;

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
  html`<bdi>${found.dropped_streets.join(t(", "))}${found.dropped > found.dropped_streets.length ? "…" : "."}</bdi> ${found.dropped_why.map((why) => `${why}. `)}`;

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
    ${whom(found.requests, found.delayed_jobs)}
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
    const { offer, lacks, difference } = shown.value;
    const body = offer ? offerBody(offer) : lacks ? lacksBody(lacks) : difference ? differenceBody(difference) : null;
    if (!body) return "";
    return html`<dialog class="replan" aria-labelledby="replan-title" @close=${close}>
      ${body}
    </dialog>`;
  }

  updated() {
    const dialog = this.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
  }
}
customElements.define("board-replan", Replan);

/** The order to clear a street, or what was asked for, before all else. */
export const urgentOrder = (wanted) =>
  mayDispatch && board.value.plan
    ? html`<button class="wide" @click=${() => insertNow(wanted)}>
        <span class="icon icon-clock-alert" aria-hidden="true"></span>${t("Dispatch now")}
      </button>`
    : "";

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
