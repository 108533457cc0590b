// How long requests may wait, when the office changes hands, and which requests share a job: parts of the policy's form.
import { html } from "lit";
import { boot } from "../../pages/boot.js";
import { ownDigits, t } from "../../pages/texts.js";
import { field } from "../../pages/form-parts.js";
import { cell, numberInput } from "./inputs.js";
import { latinDigits } from "../../pages/number-fields.js";
import { change, classCodes, className } from "./state.js";

const { kinds } = boot.policy;
const LIMITS = [
  ["place_min", "Located within", "min"],
  ["tell_min", "Caller is told within", "min"],
  ["escalate_min", "Goes to the supervisor when late by", "min"],
  ["danger_h", "Dangerous ones are done within", "h"],
  ["spot_m", "Photo of an inspection at most this far from the street", "m"],
];

const take = (table, key) => (value) =>
  change((tables) => {
    tables[table][key] = value;
  });

function takeTarget(kind, name, value) {
  change(({ followup }) => {
    const hours = { ...followup.done_h?.[kind], [name]: value };
    if (value === undefined) delete hours[name];
    followup.done_h = { ...followup.done_h, [kind]: hours };
  });
}

function takeShifts({ target }) {
  const hours = latinDigits(target.value).split(/[\s,،;]+/).filter(Boolean);
  change(({ followup }) => {
    followup.shifts = hours;
  });
}

const row = (followup) => (kind) => html`<tr>
  <th scope="row">${t(`kind:${kind}`)}</th>
  ${classCodes().map((name) => {
    const path = `followup.done_h.${kind}.${name}`;
    const label = `${t(`kind:${kind}`)}, ${className(name)}`;
    const hours = followup.done_h?.[kind]?.[name];
    return html`<td data-head=${className(name)}><span class="measure">${numberInput(path, label, hours, (value) => takeTarget(kind, name, value), true, false)}<span class="unit muted">${t("h")}</span></span></td>`;
  })}
</tr>`;

/** Targets of requests. */
export const targets = ({ followup }) => html`<div class="fields">
    ${LIMITS.map(([key, word, unit]) => cell(`followup.${key}`, t(word), followup[key], t(unit), take("followup", key)))}
    ${field("followup.shifts", t("Shifts begin at"), html`<input id="followup.shifts" name="followup.shifts" required dir="ltr" autocomplete="off" aria-describedby="followup.shifts-hint" .value=${ownDigits(followup.shifts.join("  "))} @change=${takeShifts}>`, t("Times of day like 07:00, separated by spaces"))}
  </div>
  <h3>${t("To be done within")}</h3>
  <table class="levels">
    <thead><tr><td></td>${classCodes().map((name) => html`<th scope="col">${className(name)}</th>`)}</tr></thead>
    <tbody>${kinds.map(row(followup))}</tbody>
  </table>
  <p class="muted small">${t("Left empty, the time of the class counts.")}</p>`;

/** Which requests share a job. */
export const sharing = ({ join }) => html`<div class="fields">
    ${cell("join.radius_m", t("Open work at most this far away"), join.radius_m, t("m"), take("join", "radius_m"))}
  </div>
  <label class="tick"><input type="checkbox" name="join.across_classes" .checked=${join.across_classes} @change=${({ target }) => take("join", "across_classes")(target.checked)}><span>${t("also where that part of the street has another class")}</span></label>`;
