// Where the weather comes from by itself: a part of the policy's form.
import { html } from "lit";
import { t } from "../../pages/texts.js";
import { cell } from "./inputs.js";
import { change } from "./state.js";

const SERVICES = [
  ["met.no", "https://api.met.no/weatherapi/locationforecast/2.0/complete?lat={lat}&lon={lon}"],
  ["Open-Meteo", "https://api.open-meteo.com/v1/forecast?latitude={lat}&longitude={lon}&hourly=snowfall,temperature_2m,wind_speed_10m&forecast_days=3"],
];

const take = (key) => (value) =>
  change((tables) => {
    if (value === undefined || value === "") delete tables.weather_feed[key];
    else tables.weather_feed[key] = value;
  });

const address = (key, label, value) => html`<div class="field wide">
  <label for="weather_feed.${key}">${label}</label>
  <input id="weather_feed.${key}" name="weather_feed.${key}" maxlength="500" dir="ltr" autocomplete="off" spellcheck="false" .value=${value ?? ""} @change=${({ target }) => take(key)(target.value.trim())}>
</div>`;

/** Whether the server asks for the weather, where and how often. */
export const weatherFeedRules = ({ weather_feed: feed }) =>
  html`<label class="tick"><input type="checkbox" name="weather_feed.on" .checked=${feed.on} @change=${({ target }) => take("on")(target.checked)}><span>${t("The server fetches the weather by itself")}</span></label>
    ${address("forecast", t("Address of the forecast (JSON of met.no or Open-Meteo)"), feed.forecast)}
    <div class="orders">${SERVICES.map(([service, place]) => html`<button type="button" @click=${() => take("forecast")(place)}>${t("Address of {service}", { service })}</button>`)}</div>
    ${address("road", t("Address of road weather (CSV)"), feed.road)}
    <p class="muted small">${t("{lat} and {lon} in an address stand for the middle of the city.", { lat: "{lat}", lon: "{lon}" })}</p>
    <div class="fields">
      ${cell("weather_feed.forecast_min", t("field:forecast_min"), feed.forecast_min, t("min"), take("forecast_min"))}
      ${cell("weather_feed.road_min", t("field:road_min"), feed.road_min, t("min"), take("road_min"))}
    </div>`;
