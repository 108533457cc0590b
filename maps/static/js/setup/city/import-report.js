// What an import is doing, and what it has found.
import { html } from "lit";
import { t } from "../../pages/texts.js";

const standing = (steps, at, number) => (number < at ? "past" : steps[number] === steps[at] ? "now" : "ahead");

const ICON = { past: "circle-check", now: "circle-dot", ahead: "circle-dashed" };

/** The steps of an import with the one at work; `failed` marks that one. */
export function stepList({ steps, step }, failed = false) {
  const at = Math.max(0, steps.indexOf(step));
  return html`<ol class="steps">${steps.map((name, number) => {
    const state = standing(steps, at, number);
    const icon = state === "now" && failed ? "circle-alert" : ICON[state];
    return html`<li class="${state} ${failed ? "failed" : ""}" aria-current=${state === "now" ? "step" : "false"}>
      <span class="icon icon-${icon}" aria-hidden="true"></span>${t(`step:${name}`)}
    </li>`;
  })}</ol>`;
}

/** Facts and warnings of a report. */
export const report = ({ facts, warnings }) => html`
  ${warnings.length
    ? html`<ul class="warnings" aria-label=${t("To review")}>${warnings.map(
        (text) => html`<li><span class="icon icon-triangle-alert" aria-hidden="true"></span>${text}</li>`,
      )}</ul>`
    : ""}
  <dl class="facts">${facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd><bdi>${value}</bdi></dd></div>`)}</dl>`;

/** Something that went wrong, with details for whoever looks after the server. */
export const fault = (message, details) => html`<div class="problem" role="alert">
  <span class="icon icon-triangle-alert" aria-hidden="true"></span>
  <div>${message}${details ? html`<details><summary>${t("Details")}</summary><p class="small" dir="ltr">${details}</p></details>` : ""}</div>
</div>`;
