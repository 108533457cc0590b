// A search for a plan: how it goes, why it failed, and the draft that it leaves to publish.
import { html } from "lit";
import { attempt } from "../pages/notices.js";
import { post } from "../pages/net.js";
import { number, t } from "../pages/texts.js";
import { facts } from "../pages/facts.js";
import { searchCurve } from "./chart.js";
import { gapWords, planWords } from "./words.js";
import { change } from "../messages/presence.js";
import { board, mayDispatch, merge, reload } from "../board/state.js";

let refusal = null; // of a draft that would take work off trucks: {planId, words}

const redraw = () => board.set({});

/** The newest run that makes a plan. */
export const newest = () =>
  [...board.value.runs.values()].filter(({ kind }) => kind === "plan").sort((one, other) => other.id - one.id)[0];

/** Whether a run waits or is worked on. */
export const unfinished = (run) => run?.state === "queued" || run?.state === "running";

async function stop(run) {
  const stopped = await attempt(() => post(`/api/plan-runs/${run.id}/stop`));
  if (stopped !== undefined) merge("runs", [{ id: run.id, stop_requested: true, ...stopped }]);
}

const publish = (planId, dropping) =>
  attempt(async () => {
    try {
      if (!(await change("plans", `/api/plans/${planId}/publish`, { dropping }))) return;
    } catch (error) {
      if (error.values?.reason !== "plan_drops_jobs") throw error;
      refusal = { planId, words: error.message };
      redraw();
      return;
    }
    refusal = null;
    await reload();
  });

function keep() {
  refusal = null;
  redraw();
}

const waiting = (run) =>
  run.ahead ? t("Waiting for a free planner: {count} before it", { count: run.ahead }) : t("Waiting for a free planner");

/** How a search goes. */
export function progress(run) {
  const share = run.state === "queued" ? 0 : Math.min(1, run.elapsed_s / run.seconds);
  return html`<section class="run" aria-label=${t("Making a plan")}>
    <h3>${run.state === "queued" ? waiting(run) : t("Looking for better routes")}</h3>
    <progress max="1" .value=${share} aria-label=${t("Time used")}></progress>
    ${searchCurve(run)}
    ${facts([
      [t("Time"), t("{used} of {all} s", { used: Math.round(run.elapsed_s), all: run.seconds })],
      [t("Best cost so far"), run.best == null ? t("none yet") : number(run.best)],
      [t("No plan can cost less than"), run.bound == null ? null : number(run.bound)],
      [t("Passes left out"), run.unserved == null ? null : number(run.unserved)],
    ])}
    ${run.best == null ? "" : html`<p class="small">${gapWords(run.best, run.bound)}</p>`}
    ${
      mayDispatch
        ? html`<button class="wide" ?disabled=${run.stop_requested} @click=${() => stop(run)}>
          <span class="icon icon-square" aria-hidden="true"></span>${run.stop_requested ? t("Stopping…") : t("Stop and use the best")}
        </button>`
        : ""
    }
  </section>`;
}

/** Why the newest run made no plan, in the reader's language. */
export function failure(run) {
  if (run?.state !== "failed") return "";
  const why = run.fault ? t(run.fault, run.fault_values) : t("error:server");
  return html`<section class="run" role="alert">
    <h3><span class="icon icon-triangle-alert" aria-hidden="true"></span> ${t("The last plan could not be made.")}</h3>
    <p>${why}</p>
  </section>`;
}

function publishing(planId) {
  if (!mayDispatch) return "";
  if (refusal?.planId === planId)
    return html`<div role="alertdialog" aria-label=${t("Publish to the trucks")}>
      <p>${refusal.words}</p>
      <div class="pair">
        <button @click=${() => publish(planId, true)}>${t("Publish and drop them")}</button>
        <button class="primary" @click=${keep}>${t("Keep the present plan")}</button>
      </div>
    </div>`;
  return html`<button class="primary wide" @click=${() => publish(planId, false)}>
    <span class="icon icon-check" aria-hidden="true"></span>${t("Publish to the trucks")}
  </button>`;
}

/** What the newest run has found, until it is published or something newer is. */
export function draft(run) {
  const { plan } = board.value;
  if (run?.state !== "done" || !run.plan_id || run.plan_id === plan?.id) return "";
  if (plan && run.plan_id < plan.id) return "";
  return html`<section class="run">
    <h3>${t("A new plan is ready to publish.")}</h3>
    ${planWords(run.plan_id)} ${searchCurve(run)}
    ${facts([
      [t("Cost"), run.best == null ? null : number(run.best)],
      [t("No plan can cost less than"), run.bound == null ? null : number(run.bound)],
      [t("Passes left out"), run.unserved == null ? null : number(run.unserved)],
    ])}
    ${plan ? html`<a href="/plans?a=${plan.id}&b=${run.plan_id}">${t("Compare with the present plan")}</a>` : ""}
    ${publishing(run.plan_id)}
  </section>`;
}
