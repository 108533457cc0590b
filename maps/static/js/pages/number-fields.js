// Numbers in forms: written in any digits, shown in the reader's, checked against the server's limits.
import { html } from "lit";
import { boot } from "./boot.js";
import { plain, t } from "./texts.js";

const DIGIT = /\p{Nd}/u;
const DIGITS = /\p{Nd}/gu;

/** The value of a digit of any script: scripts have their ten digits one after the other. */
function valueOf(digit) {
  const code = digit.codePointAt(0);
  let value = 0;
  while (value < 9 && DIGIT.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}

/** A text with its digits in Latin. */
export const latinDigits = (text) => text.replace(DIGITS, valueOf);

/** The number that somebody wrote, in any digits and with any decimal sign; NaN where it is none. */
export function numberIn(text) {
  const written = latinDigits(text).replace(/[٫/,]/g, ".").replace(/[\s٬]/g, "");
  return written === "" ? Number.NaN : Number(written);
}

/** A number as a field of a form shows it, without marks between thousands. */
export const shown = (value) =>
  value == null ? "" : plain(value, 6);

/** What keeps a text from being a number within limits; empty where nothing does. */
export function fault(text, [low, high], required) {
  if (text.trim() === "") return required ? t("Enter a number.") : "";
  const value = numberIn(text);
  if (Number.isNaN(value)) return t("Enter a number.");
  return value < low || value > high ? t("Enter a number from {low} to {high}.", { low, high }) : "";
}

/** A field for a number of the fleet, by the name that its limits have. */
export function numberField(name, label, value, { unit, limits = boot.machines.limits[name], required = true, hint = "" }) {
  const check = ({ target }) => target.setCustomValidity(fault(target.value, limits, required));
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <span class="measure">
      <input id=${name} name=${name} inputmode="decimal" autocomplete="off" dir="ltr" ?required=${required} .value=${shown(value)} @input=${check} aria-describedby="${name}-unit">
      <span class="unit muted" id="${name}-unit">${unit}</span>
    </span>
    ${hint ? html`<p class="muted small">${hint}</p>` : ""}
  </div>`;
}
