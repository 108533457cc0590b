// The hours ahead: new snow and air by the hour, the first flake, and whose forecast it is.
import { html } from "lit";
import { age, named, number, t, time } from "../pages/texts.js";
import { cm, when } from "../storms/words.js";

const EVERY = 3;
const LOWEST_CM = 1;

const degrees = (value) => (value === null ? "" : t("{value} °C", { value: number(value, 1) }));

const words = ({ at, snow_cm: snow, temperature_c: air }) => [time(at), cm(snow), degrees(air)].filter(Boolean).join(" · ");

function hour(each, index, most, firstAt) {
  const high = `block-size: ${((each.snow_cm / most) * 100).toFixed(1)}%`;
  return html`<li class=${each.at === firstAt ? "first" : ""} title=${words(each)}>
    <span class="unseen">${words(each)}</span>
    <span class="pillar" aria-hidden="true"><span .style=${high}></span></span>
    <span class="air" aria-hidden="true">${index % EVERY === 0 && each.temperature_c !== null ? t("{value}°", { value: number(each.temperature_c) }) : ""}</span>
    <span class="hour-of" aria-hidden="true">${index % EVERY === 0 ? time(each.at) : ""}</span>
  </li>`;
}

const flake = ({ first_at: at, snow_cm: snow, hours }) =>
  at
    ? t("First flake {when}; {depth} in the next {hours} h.", { when: when(at), depth: cm(snow), hours: hours.length })
    : t("No snow is expected in the next {hours} h.", { hours: hours.length });

const source = (forecast) =>
  t("{source}: forecast of {time}, {age} old", { source: named("forecast", forecast.source), time: time(forecast.made_at), age: age(forecast.made_at) });

/** The hours of a forecast, run in the reader's direction. */
export function strip(forecast) {
  const most = Math.max(LOWEST_CM, ...forecast.hours.map((each) => each.snow_cm));
  return html`<p><strong>${flake(forecast)}</strong></p>
    <p class="small muted">${source(forecast)}${forecast.stale ? html` <span class="danger">${t("Too old: nothing is begun by it.")}</span>` : ""}</p>
    <div class="scroll" tabindex="0" role="region" aria-label=${t("Snow by the hour")}>
      <p class="small muted most" aria-hidden="true">${t("{depth} an hour", { depth: cm(most) })}</p>
      <ol class="hours">${forecast.hours.map((each, index) => hour(each, index, most, forecast.first_at))}</ol>
    </div>`;
}

const cell = (value, say) => html`<td>${value === null ? "–" : say(value)}</td>`;

/** What stations of road weather measured last. */
export const roads = (stations) =>
  stations.length
    ? html`<div class="scroll" tabindex="0" role="region" aria-label=${t("Road weather")}><table class="roads">
        <thead><tr>${["Station", "Time", "Road", "State of the road", "Air", "Snow on the ground"].map((head) => html`<th scope="col">${t(head)}</th>`)}</tr></thead>
        <tbody>${stations.map(
          (one) => html`<tr><th scope="row"><bdi>${one.station}</bdi></th><td>${when(one.at)}</td>${cell(one.road_c, degrees)}${cell(one.state, (state) => named("road_state", state))}${cell(one.air_c, degrees)}${cell(one.snow_cm, cm)}</tr>`,
        )}</tbody>
      </table></div>`
    : "";
