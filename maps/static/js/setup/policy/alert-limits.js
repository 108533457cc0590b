// When a dispatcher is called, and when it is over: a part of the policy's form.
import { html } from "lit";
import { t } from "../../pages/texts.js";
import { cell } from "./inputs.js";
import { change } from "./state.js";

const SIGNS = [
  ["silent_min", "min"],
  ["stop_min", "min"],
  ["off_route_min", "min"],
  ["speed_over_kmh", "km/h"],
  ["blade_down_m", "m"],
  ["blade_up_m", "m"],
  ["reload_late_min", "min"],
  ["hours_min", "min"],
  ["risk_min", "min"],
  ["risk_late_min", "min"],
];
const ENDS = [
  ["calm_min", "min"],
  ["again_min", "min"],
];

const take = (key) => (value) =>
  change((tables) => {
    tables.alerts[key] = value;
  });

const fields = (alerts, listed) =>
  html`<div class="fields">${listed.map(([key, unit]) => cell(`alerts.${key}`, t(`field:${key}`), alerts[key], t(unit), take(key)))}</div>`;

/** Thresholds of alerts. */
export const alertLimits = ({ alerts }) => html`${fields(alerts, SIGNS)}
  <h3>${t("When an alert closes")}</h3>
  ${fields(alerts, ENDS)}
  <p class="muted small">${t("None of these are raised in yards, at reload sites, or for a truck whose route is done.")}</p>`;
