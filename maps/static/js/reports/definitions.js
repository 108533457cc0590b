// What each figure counts, over what and since when, in words that can be read out.
import { html } from "lit";
import { duration, named, number, t, time } from "../pages/texts.js";
import { over, part } from "./state.js";
import { kilometres, ruleOf } from "./words.js";

const list = (lines) => html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;

const long = (seconds) => duration(seconds * 1000);

const cycles = (view) =>
  view.promises
    .filter((promise) => promise.cycle_s !== null)
    .map((promise) => `${named("class", promise.service_class)}: ${ruleOf(view, promise.service_class)}`);

const deadlines = (view) =>
  view.promises.map((promise) =>
    t("{name}: within {span}", {
      name: named("class", promise.service_class),
      span: long(promise.deadline_s),
    }),
  );

/** The share of lane-kilometres within target. */
export function within(view) {
  const { lane_m: whole, clear_m: clear, waiting_m: waiting, late_m: late } = part(view).now;
  const lanes = { whole: kilometres(whole), clear: kilometres(clear), waiting: kilometres(waiting), late: kilometres(late) };
  return html`<p>${t("A lane-kilometre is one kilometre of one lane. It is within target while its street is not due again by the rule of its class; before the first clearing, snow and time count from the first flake of the storm.")}</p>
    ${list(cycles(view))}
    <p>${
      over(view)
        ? t("Of {whole} of lanes, {clear} were cleared in time at the end of the storm, {waiting} not cleared but still in time, and {late} late.", lanes)
        : t("Of {whole} of lanes, {clear} were cleared in time, {waiting} are not cleared yet but still in time, and {late} are late.", lanes)
    }</p>
    <p>${t("Cleared means proved: the blade was down, the spreader was on, or the driver or an inspector confirmed it, for every pass that the width of the street needs. Driving through does not count. Single streets may have a time of their own; a click on the map tells it.")}</p>
    <p>${t("Streets that are served on request only are not part of this figure but of the next one.")}</p>`;
}

/** The share of requests answered in time. */
export function answered(view) {
  const { asked, in_time: inTime, late } = part(view).now;
  return html`<p>${t("A request is answered when evidence proves its street cleared, not when somebody says so. It is in time when that happens within the time that the class of its street is promised:")}</p>
    ${list(deadlines(view))}
    <p>${t("Of {asked} requests of this storm, {inTime} were answered in time and {late} are late, answered or not. {open} still have time and are not counted yet.", { asked, inTime, late, open: asked - inTime - late })}</p>
    <p>${t("A request made between two storms, or before the first flake of one, counts from that flake. Withdrawn requests are left out. A request whose street is not known yet is promised the longest time.")}</p>`;
}

/** How long answers take, whatever share is looked at. */
export function waits(view) {
  const { answered: count, waiting, longest_wait_s: longest } = part(view).now;
  return html`<p>${t("The time runs from the call to the moment at which evidence proves the street cleared. {count} requests are answered.", { count })}</p>
    <p>${
      waiting
        ? t("{waiting} requests still wait, the longest for {span}; they are not part of this figure.", {
            waiting: number(waiting),
            span: long(longest),
          })
        : t("None is waiting.")
    }</p>`;
}

/** The median response. */
export const half = (view) =>
  html`<p>${t("Half of the answered requests waited no longer than this (the median).")}</p>${waits(view)}`;

/** The ninetieth percentile of responses. */
export const nine = (view) =>
  html`<p>${t("Nine in ten of the answered requests waited no longer than this (the 90th percentile).")}</p>${waits(view)}`;

/** What the figures are compared with. */
export function compared(view) {
  if (!view.earlier) return "";
  const values = {
    storm: view.earlier.name,
    span: duration(Date.parse(view.earlier_at) - Date.parse(view.earlier.started_at)),
    time: time(view.earlier_at),
  };
  const shorter = view.earlier.ended_at && view.earlier_at === view.earlier.ended_at;
  return html`<p class="muted">${
    shorter
      ? t("Compared with {storm} at its end, {span} after its start.", values)
      : t("Compared with {storm} {span} after its start ({time}).", values)
  } ${t("Both storms are measured by the streets, classes and promises of today.")}</p>`;
}
