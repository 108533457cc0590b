// Small pictures of figures, drawn with attributes only: the page's policy allows no inline style.
import { html, svg } from "lit";
import { brief, number, percent } from "../pages/texts.js";

const WIDE = 240;
const HIGH = 72;

const at = (moments, i) => ((moments[i] / (moments.at(-1) || 1)) * WIDE).toFixed(1);
const up = (share) => ((1 - share) * HIGH).toFixed(1);

const points = (moments, shares) =>
  shares.flatMap((share, i) => (share === null ? [] : [`${at(moments, i)},${up(share)}`]));

/** What lies between two courses of shares, as one shape. */
const between = (kind, moments, lower, upper) =>
  svg`<polygon class=${kind} points=${[...points(moments, upper), ...points(moments, lower).reverse()].join(" ")} />`;

/**
 * How a storm went: cleared in time below, not yet due above it, late on top; the dashes are the share within target
 * of the earlier storm. Time runs in the reader's direction: the style sheet mirrors the picture.
 */
export function course(moments, { cleared, within, earlier_within: before }, label) {
  const all = within.map((share) => (share === null ? null : 1));
  const none = within.map((share) => (share === null ? null : 0));
  return framed(
    moments,
    svg`${between("clear", moments, none, cleared)} ${between("waiting", moments, cleared, within)}
      ${between("late", moments, within, all)}
      <path class="grid" d="M0 0H${WIDE} M0 ${HIGH / 2}H${WIDE} M0 ${HIGH}H${WIDE}" />
      ${before.length > 1 ? svg`<polyline class="before" points=${points(moments, before).join(" ")} />` : ""}`,
    label,
  );
}

/** A picture of shares with its ends named. */
function framed(moments, shapes, label) {
  return html`<div class="curve">
    <svg viewBox="0 0 ${WIDE} ${HIGH}" preserveAspectRatio="none" role="img" aria-label=${label}>${shapes}</svg>
    <span class="high">${percent(1)}</span><span class="low">${percent(0)}</span>
    <span class="from">${number(0)}</span><span class="to">${brief(moments.at(-1) * 1000)}</span>
  </div>`;
}

const KINDS = 4;

/** Which kind of line, told from others by width and dashes, stands for the class at a place of the list. */
const kindOf = (place) => `line kind-${place % KINDS}`;

/** A piece of such a line, for the key of a picture. */
export const mark = (place) =>
  html`<svg class="line-mark" viewBox="0 0 32 8" aria-hidden="true">${svg`<path class=${kindOf(place)} d="M0 4H32" />`}</svg>`;

/** Shares over a storm, a line each; those of one value lie upon each other, the first on top. */
export function lines(moments, courses, label) {
  const said = courses.map(({ name, shares }) => `${name}: ${shares.at(-1) == null ? "–" : percent(shares.at(-1))}`);
  return framed(
    moments,
    svg`<path class="grid" d="M0 0H${WIDE} M0 ${HIGH / 2}H${WIDE} M0 ${HIGH}H${WIDE}" />
      ${[...courses].reverse().map(({ place, shares }) => svg`<polyline class=${kindOf(place)} points=${points(moments, shares).join(" ")} />`)}`,
    [label, ...said].join("; "),
  );
}

/** Lane metres that are clear, not yet due and late, as one bar. */
export function bar({ clear_m: clear, waiting_m: waiting, late_m: late, lane_m: whole }) {
  if (!whole) return "";
  const width = (metres) => ((metres / whole) * 100).toFixed(2);
  return html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
    ${svg`<rect class="clear" x="0" y="0" height="8" width=${width(clear)} />
    <rect class="waiting" x=${width(clear)} y="2" height="4" width=${width(waiting)} />
    <rect class="late" x=${width(clear + waiting)} y="0" height="8" width=${width(late)} />`}
  </svg>`;
}
