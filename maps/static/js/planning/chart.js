// How a search goes: the best cost found and what no plan can cost less than, over time; drawn with attributes only.
import { html, svg } from "lit";
import { t } from "../pages/texts.js";

const WIDE = 320;
const HIGH = 96;
const LEAST_SHARE = 0.05; // of the best cost: lower bounds are drawn at the edge

/** Costs by their logarithm, since the first plans are many times worse than the last. */
function scale(curve) {
  const best = curve.at(-1).best;
  const logs = curve.flatMap((point) => [point.best, Math.max(point.bound, best * LEAST_SHARE)]).map(Math.log);
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const span = high - low || 1;
  return (cost) => (4 + (1 - (Math.log(Math.max(cost, best * LEAST_SHARE)) - low) / span) * (HIGH - 8)).toFixed(1);
}

/** A point stays until the next one: nothing was found between. */
function steps(curve, value, across, up) {
  const points = [];
  for (const point of curve) {
    if (points.length) points.push(`${across(point)},${points.at(-1).split(",")[1]}`);
    points.push(`${across(point)},${up(value(point))}`);
  }
  return points.join(" ");
}

const named = (points) => points.map(([elapsed_s, best, bound, unserved]) => ({ elapsed_s, best, bound, unserved }));

/** The curve of a run; nothing before there are two points. Time runs in the reader's direction: the style sheet mirrors the picture. */
export function searchCurve(run) {
  const curve = named(run.curve ?? []).filter(({ best }) => best > 0);
  if (curve.length < 2) return "";
  const whole = Math.max(run.seconds, curve.at(-1).elapsed_s);
  const across = ({ elapsed_s: elapsed }) => ((elapsed / whole) * WIDE).toFixed(1);
  const up = scale(curve);
  const last = curve.at(-1);
  const label = t("Best cost {first} at first and {last} now; no plan can cost less than {bound}", {
    first: Math.round(curve[0].best),
    last: Math.round(last.best),
    bound: Math.round(last.bound),
  });
  return html`<figure class="search-curve">
    <div>
      <svg viewBox="0 0 ${WIDE} ${HIGH}" preserveAspectRatio="none" role="img" aria-label=${label}>
        <path class="grid" d="M0 0.5H${WIDE} M0 ${HIGH - 0.5}H${WIDE}" />
        ${svg`<polyline class="bound" points=${steps(curve, ({ bound }) => bound, across, up)} />
        <polyline class="best" points=${steps(curve, ({ best }) => best, across, up)} />`}
      </svg>
      <p class="axis small muted"><span>${t("{count} s", { count: 0 })}</span><span>${t("{count} s", { count: Math.round(whole) })}</span></p>
    </div>
    <figcaption class="small">
      <span class="key best" aria-hidden="true"></span>${t("best cost")}
      <span class="key bound" aria-hidden="true"></span>${t("no plan below")}
    </figcaption>
  </figure>`;
}
