// What a tonne of each material costs, in the city's money: a part of the policy's form.
import { html } from "lit";
import { t } from "../../pages/texts.js";
import { field } from "../../pages/form-parts.js";
import { cell } from "./inputs.js";
import { change } from "./state.js";

const MATERIALS = ["salt", "sand", "brine"];

const take = (key, value) =>
  change((tables) => {
    tables.costs[key] = value;
  });

/** Prices that the costs of a storm count with. */
export const prices = ({ costs }) => html`<div class="fields">
    ${field("costs.currency", t("Currency"), html`<input id="costs.currency" name="costs.currency" required maxlength="12" dir="auto" autocomplete="off" .value=${costs.currency} @change=${({ target }) => target.reportValidity() && take("currency", target.value.trim())}>`)}
    ${MATERIALS.map((name) => cell(`costs.${name}_t`, t(`material:${name}`), costs[`${name}_t`], t("a tonne"), (value) => take(`${name}_t`, value)))}
  </div>
  <p class="muted small">${t("0: not known. Machines have rates of their own.")}</p>`;
