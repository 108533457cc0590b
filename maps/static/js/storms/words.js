// How the page says times, snow and refusals.
import { html } from "lit";
import { boot } from "../pages/boot.js";
import { day, number, ownDigits, speech, t, time } from "../pages/texts.js";
import { storms } from "./state.js";

const parts = new Intl.DateTimeFormat(`en-u-ca-${speech.calendar}-nu-latn`, {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZone: boot.city.timezone,
});

/** A moment as it is typed into a field, 2026-12-21 06:30 in English, in the reader's calendar and digits. */
export function stamp(moment) {
  const part = Object.fromEntries(parts.formatToParts(new Date(moment)).map(({ type, value }) => [type, value]));
  return ownDigits(`${[part.year, part.month, part.day].join(speech.date_mark)} ${part.hour}:${part.minute}`);
}

/** Day and time. */
export const when = (moment) => (moment ? t("{day}, {time}", { day: day(moment), time: time(moment) }) : "");

/** A depth of snow. */
export const cm = (depth) => t("{value} cm", { value: number(depth, 1) });

/** Why the last order at this place was refused. */
export function refused(at) {
  const { fault, at: where } = storms.value;
  if (!fault || where !== at) return "";
  return html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${fault.message}</p>`;
}
