// Words about a plan: how good it is at least, what no plan can do, what it is for, and what it leaves undone.
import { html } from "lit";
import { boot } from "../pages/boot.js";
import { get } from "../pages/net.js";
import { length, t } from "../pages/texts.js";
import { board, choose, onlyWall } from "../board/state.js";

const PROVED = 1e-6;
const SHOWN = 3;
const AGAIN_MS = 30_000;

const words = new Map();

/** The words of a plan, asked for once, and after a failure again later; undefined until they are there. */
export function wordsOf(planId) {
  if (!words.has(planId) && !onlyWall) {
    words.set(planId, undefined);
    get(`/api/plans/${planId}/words?lang=${boot.language}`)
      .then((found) => {
        words.set(planId, found);
        board.set({});
      })
      .catch(() => setTimeout(() => words.delete(planId), AGAIN_MS));
  }
  return words.get(planId);
}

/** How far a cost is from the best possible at most, as the server says it of a finished plan. */
export function gapWords(best, bound) {
  if (best == null || bound == null || bound <= 0) return t("Distance from the optimum is not known.");
  const gap = Math.max(best / bound - 1, 0);
  if (gap <= PROVED) return t("No plan can be better: this is proved.");
  if (gap < 1) return t("Within {percent} % of optimum.", { percent: Math.ceil(100 * gap - 1e-9) });
  return t("At most {times} times the optimum.", { times: Math.ceil(10 * gap + 10 - 1e-9) / 10 });
}

const behind = ({ behind: sentences }) =>
  sentences.length
    ? html`<details><summary>${t("One by one")}</summary><ul class="behind">${sentences.map((words) => html`<li>${words}</li>`)}</ul></details>`
    : "";

const statement = (proof) =>
  html`<li><span class="icon icon-triangle-alert" aria-hidden="true"></span><div>${proof.words} ${behind(proof)}</div></li>`;

function proofs(list) {
  if (list.length === 0) return "";
  const rest = list.slice(SHOWN);
  return html`<ul class="proofs" aria-label=${t("What no plan can do")}>${list.slice(0, SHOWN).map(statement)}</ul>
    ${
      rest.length
        ? html`<details><summary>${t("{count} more such statements", { count: rest.length })}</summary><ul class="proofs">${rest.map(statement)}</ul></details>`
        : ""
    }`;
}

const street = ({ segment_id: id, name, length_m: metres }) => html`<li>
    <button class="link" @click=${() => choose("street", id)}><bdi>${name}</bdi></button> <span class="muted">${length(metres)}</span>
  </li>`;

/** Work that a plan leaves undone by reason, what machine would do it, and behind it the streets. */
function leftUndone(groups) {
  if (groups.length === 0) return "";
  return html`<section class="undone">
    <h4>${t("What this plan leaves undone")}</h4>
    ${groups.map(
      (group) => html`<details>
        <summary>${group.words}${group.help ? html` <span class="help">${group.help}</span>` : ""}</summary>
        ${group.reason === "time" ? html`<p><a href="/roster">${t("Extend shifts in the roster")}</a></p>` : ""}
        <ul>${group.streets.map(street)}${group.more ? html`<li class="muted">${group.more_words}</li>` : ""}</ul>
      </details>`,
    )}
  </section>`;
}

/** What is to be said of a plan beside its sums. */
export function planWords(planId) {
  const found = wordsOf(planId);
  if (!found) return "";
  return html`${found.scope ? html`<p class="small">${found.scope}</p>` : ""} ${proofs(found.proofs)}
    ${leftUndone(found.left_undone)}`;
}
