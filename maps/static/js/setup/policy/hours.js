// How long drivers may be on duty, and work without a rest: a part of the policy's form.
import { html } from "lit";
import { t } from "../../pages/texts.js";
import { cell } from "./inputs.js";
import { change } from "./state.js";

const LIMITS = [
  ["on_duty_h", "h"],
  ["between_h", "h"],
  ["without_rest_h", "h"],
  ["rest_min", "min"],
];

const take = (key) => (value) =>
  change((tables) => {
    tables.hours[key] = value;
  });

/** The limits of hours of service. */
export const hoursLimits = ({ hours }) =>
  html`<div class="fields">${LIMITS.map(([key, unit]) => cell(`hours.${key}`, t(`field:${key}`), hours[key], t(unit), take(key)))}</div>`;
