// The moment of the day that is looked at: by the bar, the slider, a line of the log or a click on the map.
import { boot, still } from "../pages/boot.js";
import { t, time } from "../pages/texts.js";
import { indexAt } from "./day-map.js";

const ON = 1;
const OFF = 0;

const slider = document.getElementById("scrub");
const sign = document.getElementById("moment");
const bar = document.querySelector(".large .bar");
const rows = [...document.querySelectorAll("tr[data-from]")];

const spanOf = (row) => [Number(row.dataset.from), Number(row.dataset.to)];
const within = (second, [from, to]) => second >= from && second < to;

/** "02:13 · Plowing or spreading · 24 km/h · Blade down": what is known of a moment. */
function words(track, second) {
  const entry = track.entries.find(({ from_s: from, to_s: to }) => within(second, [from, to]));
  const i = indexAt(track, second);
  const parts = [time(Date.parse(track.since) + second * 1000), entry && t(`doing:${entry.doing}`)];
  if (i >= 0 && entry && entry.doing !== "silent") {
    const { [i]: speed } = track.speed_kmh;
    if (speed >= 0) parts.push(t("{value} km/h", { value: speed }));
    if (track.blade[i] === ON) parts.push(t("Blade down"));
    if (track.blade[i] === OFF) parts.push(t("Blade up"));
    if (track.spreader[i] === ON) parts.push(t("Spreader on"));
  }
  return parts.filter(Boolean).join(" · ");
}

function markRow(second, scroll) {
  for (const row of rows) {
    const here = within(second, spanOf(row));
    if (here) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
    if (here && scroll) row.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
  }
}

/** The second under a pointer over the bar, which runs in the reader's direction. */
function secondAt({ clientX }) {
  const { left, right, width } = bar.getBoundingClientRect();
  const across = boot.direction === "rtl" ? right - clientX : clientX - left;
  return Math.round((Math.min(Math.max(across, 0), width) / width) * Number(slider.max));
}

/** Tie the bar, the slider, the log and the map to one moment. */
export function followMoment(map, track) {
  function show(second, { scroll = false } = {}) {
    slider.value = second;
    const said = words(track, second);
    sign.textContent = said;
    slider.setAttribute("aria-valuetext", said);
    map.moment(second);
    const entry = track.entries.find(({ from_s: from, to_s: to }) => within(second, [from, to]));
    map.span(entry ? [entry.from_s, entry.to_s] : [0, -1]);
    markRow(second, scroll);
  }
  slider.addEventListener("input", () => show(Number(slider.value)));
  bar.addEventListener("pointermove", (event) => show(secondAt(event)));
  bar.addEventListener("click", (event) => show(secondAt(event), { scroll: true }));
  document.getElementById("lines").closest("section").addEventListener("click", ({ target }) => {
    const row = target.closest("tr[data-from]");
    if (!row) return;
    const [from, to] = spanOf(row);
    show(from);
    map.span([from, to], true);
  });
  map.onClick((second) => show(second, { scroll: true }));
}
