// The end of the shift: what nothing proves is asked about once, before it goes back to the dispatcher.
import { html, nothing } from "lit";
import { t } from "../../../pages/texts.js";
import { guide } from "../guide/state.js";
import { confirm, end, leave, vouch } from "../outbox.js";
import { drive } from "../state.js";
import { icon, where } from "../words.js";

const NAMES = 3; // more are counted

const isOpenWork = ({ kind, state }) => kind === "work" && state === "open";

/** What was driven and nothing proves, and what of the route was not driven. */
function unconfirmed() {
  const { driven } = guide.value;
  const { stages, shift } = drive.value;
  const firsts = new Set(driven.filter(({ plan }) => plan === shift.plan_id).map(({ stage }) => stage.first));
  return { driven, ahead: stages.filter((stage) => isOpenWork(stage) && !firsts.has(stage.first)) };
}

const named = ({ driven, ahead }) => [...new Set([...driven.map(({ stage }) => stage), ...ahead].map(where))];

function ends() {
  end();
  drive.set({ asking: "" });
}

/** Say that all of it is done: what was driven when it was driven, the rest as a word. */
function allDone() {
  const { driven, ahead } = unconfirmed();
  confirm(driven);
  vouch(ahead);
  ends();
}

function notDone(reason) {
  const { driven, ahead } = unconfirmed();
  const { plan_id: plan } = drive.value.shift;
  leave([...driven, ...ahead.map((stage) => ({ stage, plan }))], reason);
  ends();
}

const endButton = (kind, words) => html`<button class=${kind} @click=${ends}>${icon("flag")}${words}</button>`;

function list(names) {
  const more = names.length - NAMES;
  return html`${names.slice(0, NAMES).map((name, i) => html`${i > 0 ? " · " : ""}<bdi>${name}</bdi>`)}${more > 0 ? html` · ${t("and {count} more streets", { count: more })}` : nothing}`;
}

/** Whether to end the shift, with the question about what is not confirmed. */
export function ending() {
  const names = named(unconfirmed());
  const title = html`<h2>${t("End the shift?")}</h2>`;
  const warning = html`<p class="lead">${t("What is left of the route goes back to the dispatcher. This cannot be undone.")}</p>`;
  if (names.length === 0) return html`${title}${warning}${endButton("primary", t("End the shift"))}`;
  return html`${title}
    <p class="lead"><b>${t("unconfirmed:{count}", { count: names.length })}</b><br />${list(names)}</p>
    <button class="primary" @click=${allDone}>${icon("check")}${t("Yes, done: end the shift")}</button>
    <button @click=${() => drive.set({ asking: "left" })}>${icon("ban")}${t("Not done: say why")}</button>
    ${endButton("quiet", t("End without an answer"))}`;
}

/** Why it was not done: one reason for all of it, and the shift ends. */
export const leaving = (reasons) => html`<h2>${t("Why was it not done?")}</h2>
  <div class="reasons two">
    ${[["no_time", "clock"], ...reasons].map(([reason, picture]) => html`<button @click=${() => notDone(reason)}>${icon(picture)}${t(`skip:${reason}`)}</button>`)}
  </div>`;
