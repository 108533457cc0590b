// What everybody may see of a storm: a part of the policy's form.
import { html } from "lit";
import { t } from "../../pages/texts.js";
import { cell } from "./inputs.js";
import { change } from "./state.js";

const take = (key) => (value) =>
  change((tables) => {
    tables.public[key] = value;
  });

const tick = (key, on, words) =>
  html`<label class="tick"><input type="checkbox" name=${`public.${key}`} .checked=${on} @change=${({ target }) => take(key)(target.checked)}><span>${words}</span></label>`;

/** The public map, the open data, how much later both are, and the data's licence. */
export const publicRules = ({ public: rules }) =>
  html`${tick("map", rules.map, t("Everybody sees the streets on a map and can ask for one street"))}
    ${tick("open_data", rules.open_data, t("Other programs may read the streets as open data"))}
    <div class="fields">
      ${cell("public.delay_min", t("field:delay_min"), rules.delay_min, t("min"), take("delay_min"))}
      <div class="field">
        <label for="public.licence">${t("Licence of the open data")}</label>
        <input id="public.licence" name="public.licence" maxlength="100" required dir="auto" .value=${rules.licence} @change=${({ target }) => target.reportValidity() && take("licence")(target.value.trim())}>
      </div>
    </div>`;
