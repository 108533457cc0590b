// Forecasts of a storm beside what was measured, as lines and in sentences.
import { html, svg } from "lit";
import { named, number, t, time } from "../pages/texts.js";
import { cm, when } from "../storms/words.js";

const WIDE = 480;
const HIGH = 120;
const EVEN_CM = 0.5;
const EVEN_H = 0.5;

const who = (check) => t("{source}, {when}", { source: named("forecast", check.source), when: when(check.made_at) });

function error({ until, error_cm: error_cm }) {
  if (until === null) return t("nothing is measured yet");
  const words = { depth: cm(Math.abs(error_cm)), time: time(until) };
  if (Math.abs(error_cm) < EVEN_CM) return t("as much as was measured by {time}", words);
  return error_cm > 0 ? t("{depth} more than was measured by {time}", words) : t("{depth} less than was measured by {time}", words);
}

function late({ late_h: late_h }) {
  if (late_h === null) return "";
  const words = { value: number(Math.abs(late_h), 1) };
  if (Math.abs(late_h) < EVEN_H) return t("on time");
  return late_h > 0 ? t("the snow came {value} h later", words) : t("the snow came {value} h earlier", words);
}

const sentence = (check) => html`<li>${who(check)}: ${[error(check), late(check)].filter(Boolean).join(t(", "))}</li>`;

function picture(measured, checks) {
  const lines = [measured, ...checks.map((check) => check.curve)].filter((line) => line.length > 0);
  const all = lines.flat().map((point) => [Date.parse(point.at), point.fallen_cm]);
  const [begin, until] = [Math.min(...all.map(([at]) => at)), Math.max(...all.map(([at]) => at))];
  const most = Math.max(1, ...all.map(([, depth]) => depth));
  const x = (at) => (((Date.parse(at) - begin) / Math.max(1, until - begin)) * WIDE).toFixed(1);
  const y = (depth) => (HIGH - (depth / most) * (HIGH - 8)).toFixed(1);
  const points = (line) => line.map((point) => `${x(point.at)},${y(point.fallen_cm)}`).join(" ");
  return html`<figure class="snow-picture">
    <svg viewBox="0 0 ${WIDE} ${HIGH}" preserveAspectRatio="none" role="img" aria-label=${t("Forecast against measured")}>
      ${checks.map((check) => svg`<polyline class="forecast" points=${points(check.curve)} />`)}
      <polyline class="line" points=${points(measured)} />
    </svg>
    <figcaption class="small muted"><bdi>${when(begin)}</bdi><bdi>${cm(most)}</bdi><bdi>${when(until)}</bdi></figcaption>
  </figure>
  <p class="small muted legend-of"><span class="drawn line"></span>${t("measured")} <span class="drawn forecast"></span>${t("forecast")}</p>`;
}

/** Forecasts against what was measured; `curve` are the points of the snow that fell. */
export function forecastCheck(checks, entries) {
  if (checks.length === 0) return html`<p class="muted">${t("No forecast of this storm is known.")}</p>`;
  const measured = entries.filter((entry) => entry.at <= entry.entered_at);
  return html`${picture(measured, checks)}<ul class="checks">${checks.map(sentence)}</ul>`;
}
