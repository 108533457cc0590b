// Drafts that wait and searches for routes on the road, always in sight: publish, plan again, stop, take back.
import { html } from "lit";
import { now, pace } from "../pages/boot.js";
import { TickingPart } from "../pages/element.js";
import { post } from "../pages/net.js";
import { attempt, echo, once } from "../pages/notices.js";
import { dangerousChoice } from "../pages/form-parts.js";
import { Store } from "../pages/store.js";
import { t, time } from "../pages/texts.js";
import { draftFinishes } from "./finishes.js";
import { change } from "../messages/presence.js";
import { board, mayDispatch, merge, reload } from "../board/state.js";

const SECOND_MS = 1000;
const UNDO_MS = 60 * SECOND_MS;
const SPARE_MS = 2 * SECOND_MS; // an order takes a moment to arrive
const SETTLE_MS = 800; // who was about to press what stood here before publishes nothing

/**
 * The draft that is asked about before it is published, since when it is by itself, with why where it was refused; the plan
 * just published.
 */
const publishing = new Store({ asked: null, askedAt: 0, words: "", drops: false, busy: false, published: null });

const kindOf = (run) => (run.kind === "replan" ? "replan" : "plan");
const unfinished = (run) => run.state === "queued" || run.state === "running";

/** Runs whose draft nobody has published or discarded, the newest first. */
export const waitingRuns = () =>
  [...board.value.runs.values()].filter((run) => run.draft).sort((one, other) => other.id - one.id);

const searches = () => [...board.value.runs.values()].filter((run) => kindOf(run) === "replan" && unfinished(run));

/** Whether a draft can still be published. */
export const isValid = ({ outdated, good_until: until }) => !outdated && Date.parse(until) >= now();

/** Until when a draft is good, or why it is not any more. */
export function validity(draft) {
  if (draft.from_taken_back) return html`<strong class="danger">${t("The plan that it goes on from was taken back")}</strong>`;
  if (draft.outdated) return html`<strong class="danger">${t("Another plan was published since")}</strong>`;
  const words = { time: time(draft.good_until) };
  return isValid(draft) ? html`${t("Good until {time}", words)}` : html`<strong class="danger">${t("Was good until {time}", words)}</strong>`;
}

/** Whether a refusal asks for leave to drop work. */
export const dropsWork = (error) => error?.values?.reason === "plan_drops_jobs";

/** Publish a draft and say so, with a way back; throws where it is refused, returns nothing where others were faster. */
export const publishNow = once(async (planId, dropping = false) => {
  const plan = await change("plans", `/api/plans/${planId}/publish`, { dropping });
  if (!plan) return undefined;
  publishing.set({ asked: null, words: "", drops: false, published: { planId, trucks: plan.routes.length, at: Date.now() } });
  await attempt(reload);
  return plan;
});

/** Publish a draft that was asked about; a refusal is asked about too. */
async function publish(planId, dropping) {
  publishing.set({ busy: true });
  try {
    await publishNow(planId, dropping);
  } catch (error) {
    const drops = dropsWork(error);
    publishing.set({ asked: planId, words: error.message, drops });
    if (!drops) await attempt(reload);
  }
  publishing.set({ busy: false });
}

/** Ask whether a draft is to be published. */
const ask = (planId) => publishing.set({ asked: planId, askedAt: 0, words: "", drops: false, published: null });

const awaited = new Set(); // runs that this dispatcher asked for, whose draft is asked about as soon as it is there

/** Take in a run that this dispatcher asked for. */
export function awaitDraft(run) {
  awaited.add(run.id);
  merge("runs", [run]);
}

board.follow((_, changes) => {
  if (!changes.runs) return;
  const [ready] = waitingRuns().filter((run) => awaited.delete(run.id) && isValid(run.draft));
  if (!ready || waitingRuns().some((run) => run.draft.plan_id === publishing.value.asked)) return;
  publishing.set({ asked: ready.draft.plan_id, askedAt: Date.now(), words: "", drops: false });
  setTimeout(() => publishing.set({ askedAt: 0 }), SETTLE_MS);
});

const keep = () => publishing.set({ asked: null, words: "", drops: false });

/** Take the plan back that was just published. */
const takeBack = once(async ({ planId }) => {
  publishing.set({ busy: true });
  const plan = await attempt(() => post(`/api/plans/${planId}/take-back`));
  publishing.set({ published: null, busy: false });
  if (!plan) return;
  echo(t("Taken back: the plan before it is in force again."));
  await attempt(reload);
});

/** Plan again from now what a draft was for. */
export const planAgain = once(async (planId) => {
  const run = await attempt(() => post(`/api/plans/${planId}/again`));
  keep();
  if (run) awaitDraft(run);
  await attempt(reload);
});

export async function discard(planId) {
  await attempt(() => post(`/api/plans/${planId}/discard`));
  keep();
  await attempt(reload);
}

/** The fault of a run that was stopped before it had routes. */
export const STOPPED = "run:stopped";

/** Say that a search was stopped, and that no plan came of it. */
export const sayStopped = () => echo(t(STOPPED));

/** Stop a search; what it has found by then is its draft. */
export async function stop(run) {
  const stopped = await attempt(() => post(`/api/plan-runs/${run.id}/stop`));
  if (stopped === undefined) return;
  merge("runs", [stopped]);
  if (stopped.fault === STOPPED) sayStopped();
}

const nameOf = (run) => board.value.vehicles.get(run.options?.vehicle_id)?.name;

const asked = new Map(); // when a run was asked for, by our own clock, as far as is known

/** For how many of our seconds a run has been waited for. */
function searched({ id, asked_at: at, elapsed_s: used }) {
  if (!asked.has(id)) asked.set(id, Date.now() - (pace() ? (now() - Date.parse(at)) / pace() : used * SECOND_MS));
  return Math.max(0, Math.round((Date.now() - asked.get(id)) / SECOND_MS));
}

/** What a run is for: a plan, or what happened to which truck. */
export function purpose(run) {
  if (run.kind !== "replan") return t("New plan");
  const vehicle = nameOf(run);
  const words = t(`event:${run.options.cause}`);
  return vehicle ? html`<bdi>${vehicle}</bdi> ${words}` : words;
}

function question({ plan_id: id }, look) {
  const { words, drops, busy, askedAt } = publishing.value;
  const refused = words && !drops;
  const act = () => publish(id, drops);
  return html`<div role="alertdialog" aria-label=${t("Publish to the trucks")}>
    <p>${words || t("Publish this plan? Drivers see it at once.")}</p>
    ${
      drops
        ? dangerousChoice({ act, busy, acts: t("Publish and drop them"), keep, keeps: t("Not now") })
        : html`<div class="pair">
            ${
              refused
                ? html`<button class="primary" @click=${() => planAgain(id)}>${t("Plan again from now")}</button>`
                : html`<button class="primary" ?disabled=${busy || askedAt > 0} @click=${act}>${t("Yes, publish")}</button>`
            }
            ${refused ? "" : look}
            <button @click=${keep}>${refused ? t("Close") : t("Not now")}</button>
          </div>`
    }
  </div>`;
}

function orders(run, see) {
  const { draft } = run;
  const look = board.value.plan && isValid(draft) ? html`<button @click=${() => see(draft.plan_id)}>${t("See what changes")}</button>` : "";
  if (publishing.value.asked === draft.plan_id) return question(draft, look);
  const first = isValid(draft)
    ? html`<button class="primary" @click=${() => ask(draft.plan_id)}><span class="icon icon-check" aria-hidden="true"></span>${t("Publish to the trucks")}</button>`
    : html`<button class="primary" @click=${() => planAgain(draft.plan_id)}><span class="icon icon-refresh-cw" aria-hidden="true"></span>${t("Plan again from now")}</button>`;
  return html`<div class="draft-orders">${first} ${look} ${away(draft)}</div>`;
}

const away = ({ plan_id: id }) =>
  html`<button class="quiet" title=${t("Discard")} aria-label=${t("Discard")} @click=${() => discard(id)}><span class="icon icon-trash-2" aria-hidden="true"></span></button>`;

const saysOf = (run) =>
  html`<p><strong>${purpose(run)}</strong> <span class="muted">${t("Revision {revision}", { revision: run.draft.revision })} · ${validity(run.draft)}</span></p>`;

/** Drafts that wait; beside one that is valid, those that are not any more are a line each. */
function waitingRows(see) {
  const runs = waitingRuns();
  const spent = (run) => !isValid(run.draft) && runs.some((one) => isValid(one.draft)) && publishing.value.asked !== run.draft.plan_id;
  return runs.map((run) =>
    spent(run)
      ? html`<li class="spent">${saysOf(run)} ${away(run.draft)}</li>`
      : html`<li>${saysOf(run)} ${isValid(run.draft) ? draftFinishes(run.draft) : ""} ${orders(run, see)}</li>`,
  );
}

/** How long a search has been waited for, and whether it has begun. */
export function searchWords(run, looking) {
  const seconds = searched(run);
  if (run.state !== "queued") return looking(seconds);
  return run.starting ? t("The planner is still starting, {seconds} s", { seconds }) : t("Waiting for a free planner, {seconds} s", { seconds });
}

const searchRow = (run) => html`<li role="status">
  <p><strong>${purpose(run)}</strong> <span class="muted">${searchWords(run, (seconds) => t("Looking for routes, {seconds} s", { seconds }))}</span></p>
  <div class="draft-orders"><button ?disabled=${run.stop_requested} @click=${() => stop(run)}><span class="icon icon-square" aria-hidden="true"></span>${run.stop_requested ? t("Stopping…") : t("Stop looking")}</button></div>
</li>`;

/** For how many seconds more a plan can be taken back, and its row says that it was published. */
export const undoLeft = (published) => (published ? Math.max(0, Math.ceil((UNDO_MS - SPARE_MS - (Date.now() - published.at)) / SECOND_MS)) : 0);

function publishedRow(published, left) {
  return html`<li class="published" role="status">
    <p><span class="icon icon-check" aria-hidden="true"></span> <strong>${t("published:{count}", { count: published.trucks })}</strong></p>
    <div class="draft-orders">
      <button ?disabled=${publishing.value.busy} @click=${() => takeBack(published)}><span class="icon icon-undo-2 mirrored" aria-hidden="true"></span>${t("Take it back ({seconds} s)", { seconds: left })}</button>
      <button class="quiet" @click=${() => publishing.set({ published: null })} title=${t("Close")} aria-label=${t("Close")}><span class="icon icon-x" aria-hidden="true"></span></button>
    </div>
  </li>`;
}

class Drafts extends TickingPart {
  static properties = { see: { attribute: false } };

  get stores() {
    return [board, publishing];
  }

  /** That the server was heard is no news here, and comes several times a second. */
  minds(changes) {
    return !("heardAt" in changes);
  }

  render() {
    const { published } = publishing.value;
    const left = undoLeft(published);
    const rows = [...(left > 0 ? [publishedRow(published, left)] : []), ...searches().map(searchRow), ...waitingRows(this.see)];
    if (!mayDispatch || rows.length === 0) return "";
    return html`<ul class="drafts" aria-label=${t("Plans that wait for you")}>${rows}</ul>`;
  }
}
customElements.define("board-drafts", Drafts);
