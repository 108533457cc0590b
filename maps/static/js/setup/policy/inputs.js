// Numbers of the policy's form, each under the name that the server knows it by.
import { html, nothing } from "lit";
import { t } from "../../pages/texts.js";
import { numberIn, shown } from "../../pages/number-fields.js";

const fault = (text, optional) => {
  if (text.trim() === "") return optional ? "" : t("Enter a number.");
  return numberIn(text) >= 0 ? "" : t("Enter a number.");
};

/** An input for a number; `take` gets it, or nothing where an optional one is left empty. */
export function numberInput(path, label, value, take, optional = false, named = true) {
  const check = ({ target }) => {
    target.setCustomValidity(fault(target.value, optional));
    if (target.checkValidity()) take(target.value.trim() ? numberIn(target.value) : undefined);
    else target.reportValidity();
  };
  return html`<input id=${path} name=${path} inputmode="decimal" autocomplete="off" dir="ltr" aria-label=${named ? nothing : label} ?required=${!optional} .value=${shown(value)} @change=${check}>`;
}

/** The same under its label, with its unit. */
export const cell = (path, label, value, unit, take, optional = false) => html`<div class="field">
  <label for=${path}>${label}</label>
  <span class="measure">${numberInput(path, label, value, take, optional)}<span class="unit muted">${unit}</span></span>
</div>`;
