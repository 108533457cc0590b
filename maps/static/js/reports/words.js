// How figures and their changes are said.
import { html } from "lit";
import { brief, duration, exact, named, number, percent, t, time } from "../pages/texts.js";

/** A share, or a dash in words where there is none. */
export const share = (value) => (value === null || value === undefined ? t("none") : percent(value));

/** A span of seconds in few letters. */
export const span = (seconds) =>
  seconds === null || seconds === undefined ? t("none") : brief(seconds * 1000);

/** Lane metres as kilometres. */
export const kilometres = (metres) => t("{value} km", { value: Math.round(metres / 100) / 10 });

/** Lane metres as kilometres, for a column that says so. */
export const inKilometres = (metres) => exact(metres / 1000, 1);

/** Whole points between two shares, as they are shown. */
export const points = (now, before) => Math.floor(now * 100) - Math.floor(before * 100);

/** Marks a part of the city in which chance decides. */
export const few = () =>
  html`<span class="small muted" title=${t("Under 2 lane-km or 10 streets: one truck's luck decides")}>${t("few streets")}</span>`;

/** Whether no street had to be cleared so far: then all are within target, and that says nothing. */
export const nothingDue = ({ lane_m: whole, waiting_m: waiting }) => whole > 0 && waiting === whole;

/** The share within target, or that nothing is due yet. */
export const withinTarget = (now) => (nothingDue(now) ? t("nothing due yet") : share(now.within));

/** The rule by which a class is measured in the storm that is shown. */
export function ruleOf(view, name) {
  const rule = view.promises.find((one) => one.service_class === name);
  if (rule.cycle_s === null) return t("on request, within {span}", { span: duration(rule.deadline_s * 1000) });
  const every = duration(rule.cycle_s * 1000);
  if (!rule.by_snow_until) return t("at least every {span}", { span: every });
  return t("before {value} cm of new snow; from {time} on, where no snowfall is entered, every {span}", {
    value: rule.trigger_mm / 10,
    time: time(rule.by_snow_until),
    span: every,
  });
}

/** The rule of a class, as a line of a figure. */
export const ruleLine = (name, words) => html`<span>${named("class", name)}: ${words}</span>`;

/** The rules by which streets are within target, a line a class that has a cycle. */
export const withinRules = (view) =>
  view.promises
    .filter((one) => one.cycle_s !== null)
    .map(({ service_class: name }) => ruleLine(name, ruleOf(view, name)));

/** The change of a share in words, with whether it is for the better (1), the worse (-1) or neither. */
export function shareChange(now, before) {
  if (now == null || before == null) return null;
  const change = points(now, before);
  if (change === 0) return { tone: 0, short: t("the same"), text: t("the same") };
  const value = number(Math.abs(change));
  return change > 0
    ? { tone: 1, short: `+${value}`, text: t("{count} points better", { count: Math.abs(change) }) }
    : { tone: -1, short: `−${value}`, text: t("{count} points worse", { count: Math.abs(change) }) };
}

/** The change of a span of seconds in words; shorter is better. */
export function spanChange(now, before) {
  if (now == null || before == null) return null;
  const minutes = Math.round(now / 60) - Math.round(before / 60);
  if (minutes === 0) return { tone: 0, short: t("the same"), text: t("the same") };
  const value = duration(Math.abs(minutes) * 60000);
  return minutes < 0
    ? { tone: 1, short: `−${value}`, text: t("{span} shorter", { span: value }) }
    : { tone: -1, short: `+${value}`, text: t("{span} longer", { span: value }) };
}

/** What a color means in a storm that goes on, or in one that is over. */
export function stateName(name, live) {
  if (name === "not_due") return t("Not cleared, not due so far");
  if (name === "progress" && !live) return t("Begun and not finished");
  return named("state", name);
}
