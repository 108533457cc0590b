// A search for a plan: how it goes, why it failed, and what its draft reaches.
import { html } from "lit";
import { number, t } from "../pages/texts.js";
import { facts } from "../pages/facts.js";
import { searchCurve } from "./chart.js";
import { draftFinishes } from "./finishes.js";
import { purpose, stop, STOPPED, validity } from "./drafts.js";
import { gapWords, planWords, wordsOf } from "./words.js";
import { board, mayDispatch } from "../board/state.js";

/** The newest run that makes a plan. */
export const newest = () =>
  [...board.value.runs.values()].filter(({ kind }) => kind === "plan").sort((one, other) => other.id - one.id)[0];

/** Whether a run waits or is worked on. */
export const unfinished = (run) => run?.state === "queued" || run?.state === "running";

function waiting(run) {
  if (run.starting) return t("The planner is still starting");
  return run.ahead ? t("Waiting for a free planner: {count} before it", { count: run.ahead }) : t("Waiting for a free planner");
}

/** Seconds of the search, never more than it was given: joining and checking the routes takes some beyond them. */
export const timeUsed = ({ elapsed_s: used, seconds: all }) =>
  used < all
    ? t("{used} of {all} s", { used: Math.floor(used), all })
    : t("all {all} s used, the plan is being finished", { all });

const stopButton = (run, words) => html`<button class="wide" ?disabled=${run.stop_requested} @click=${() => stop(run)}>
  <span class="icon icon-square" aria-hidden="true"></span>${run.stop_requested ? t("Stopping…") : words}
</button>`;

/** A search that has not begun: there is nothing to say of it, and nothing to use. */
const queued = (run) => html`<section class="run" aria-label=${t("Making a plan")}>
  <h3>${waiting(run)}</h3>
  <progress max="1" .value=${0} aria-label=${t("Time used")}></progress>
  ${mayDispatch ? stopButton(run, t("Cancel")) : ""}
</section>`;

/** How a search goes; one that is stopped before it has routes ends without any. */
export function progress(run) {
  if (run.state === "queued") return queued(run);
  const share = Math.min(1, run.elapsed_s / run.seconds);
  return html`<section class="run" aria-label=${t("Making a plan")}>
    <h3>${t("Looking for better routes")}</h3>
    <progress max="1" .value=${share} aria-label=${t("Time used")}></progress>
    ${facts([
      [t("Time"), timeUsed(run)],
      [t("Distance from optimum"), run.best == null ? t("no plan yet") : gapWords(run.best, run.bound)],
      [t("Passes left out"), run.unserved == null ? null : number(run.unserved)],
    ])}
    ${mayDispatch ? stopButton(run, run.best == null ? t("Stop looking") : t("Stop and use the best")) : ""}
    <details>
      <summary>${t("How it goes")}</summary>
      ${searchCurve(run)}
      ${facts([
        [t("Best cost so far"), run.best == null ? t("none yet") : number(run.best)],
        [t("No plan can cost less than"), run.bound == null ? null : number(run.bound)],
      ])}
    </details>
  </section>`;
}

/** Why the newest run made no plan, in the reader's language. */
export function failure(run) {
  if (run?.state !== "failed") return "";
  const why = run.fault ? t(run.fault, run.fault_values) : t("error:server");
  if (run.fault === STOPPED) return html`<p class="muted" role="status">${why}</p>`;
  return html`<section class="run" role="alert">
    <h3><span class="icon icon-triangle-alert" aria-hidden="true"></span> ${t("The last plan could not be made.")}</h3>
    <p>${why}</p>
  </section>`;
}

const classFinish = (one) => html`<tr>
  <th scope="row">${one.name}</th>
  <td><bdi>${one.finish}</bdi></td>
  <td class=${one.late ? "danger" : ""}>${one.in_time}</td>
</tr>`;

/** When a plan finishes each class, and how much of it in time. */
export const finishTable = (words) => html`<table class="classes">
  <thead><tr><th scope="col">${t("Class")}</th><th scope="col">${t("Finished")}</th><th scope="col">${t("In time")}</th></tr></thead>
  <tbody>${words.classes.map(classFinish)}</tbody>
</table>
${board.value.classes.some(({ late_m: late }) => late > 0) ? html`<p class="small muted">${t("In time is what this plan does by its deadlines. Late on the board are all streets that are due again, also those whose next cycle has not begun.")}</p>` : ""}`;

/** What a run has found, until it is published or discarded: what it reaches first, how it was found behind. */
export function draft(run) {
  if (!run?.draft) return "";
  const { plan } = board.value;
  const { plan_id: id } = run.draft;
  const words = wordsOf(id);
  return html`<section class="run" aria-label=${t("A new plan is ready to publish.")}>
    <h3>${purpose(run)}</h3>
    <p class="small muted">${t("Revision {revision}", { revision: run.draft.revision })} · ${validity(run.draft)}</p>
    ${
      words
        ? html`${finishTable(words)}
          ${facts([
            [t("Streets left undone"), number(words.left)],
            [t("Deadhead share"), words.deadhead],
            [t("Distance from optimum"), words.gap_words],
          ])}`
        : ""
    }
    ${planWords(id)}
    ${draftFinishes(run.draft)}
    ${plan ? html`<a href="/plans?a=${plan.id}&b=${id}">${t("Compare with the present plan")}</a>` : ""}
    <details>
      <summary>${t("How it was found")}</summary>
      ${searchCurve(run)}
      ${facts([
        [t("Cost"), run.best == null ? null : number(run.best)],
        [t("No plan can cost less than"), run.bound == null ? null : number(run.bound)],
        [t("Passes left out"), run.unserved == null ? null : number(run.unserved)],
      ])}
    </details>
  </section>`;
}
