// What a forecast of snow begins: a part of the policy's form.
import { html } from "lit";
import { t } from "../../pages/texts.js";
import { cell } from "./inputs.js";
import { change } from "./state.js";

const take = (key) => (value) =>
  change((tables) => {
    if (value === undefined) delete tables.forecast[key];
    else tables.forecast[key] = value;
  });

/** How much snow ahead makes a storm, how early it is on alert, and whether it begins by itself. */
export const forecastRules = ({ forecast }) =>
  html`<div class="fields">
      ${cell("forecast.depth_cm", t("field:depth_cm"), forecast.depth_cm, t("cm"), take("depth_cm"), true)}
      ${cell("forecast.within_h", t("field:within_h"), forecast.within_h, t("h"), take("within_h"))}
      ${cell("forecast.alert_h", t("field:alert_h"), forecast.alert_h, t("h"), take("alert_h"))}
    </div>
    <p class="muted small">${t("If the depth is left empty, the trigger depth of the most urgent class counts.")}</p>
    <label class="tick"><input type="checkbox" name="forecast.begins" .checked=${forecast.begins} @change=${({ target }) => take("begins")(target.checked)}><span>${t("A storm begins with the first flake, without a dispatcher")}</span></label>`;
