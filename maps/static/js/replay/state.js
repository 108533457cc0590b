// What is played: the storm, the moment, how fast, and what the reader chose to see.
import { setClock } from "../pages/boot.js";
import { get, keepAddress } from "../pages/net.js";
import { Store } from "../pages/store.js";
import { forget, hourAt, prefetch } from "./hours.js";

export const SPEEDS = [1, 10, 30, 60, 120, 300];

const asked = new URLSearchParams(location.search);
const wanted = (name) => (asked.has(name) ? Number(asked.get(name)) : null);

/** The storm as a whole; `askedAt` while one is on the way, `failed` says in words why there is none. */
export const storm = new Store({ view: null, askedAt: null, failed: null });

/** The moment in seconds after the storm's start; `waits` while the hour of what is shown is on the way. */
export const play = new Store({ at: 0, running: false, speed: 60, waits: true });

/** What is shown besides colors, and which truck and street are chosen. */
export const shown = new Store({ hidden: new Set(), trails: true, truck: null, street: null });

let painted = () => [-1, -1];

/** Let it be known how to ask for the [forward, backward] states of a street as they are shown. */
export const tellColors = (states) => (painted = states);

/** The [forward, backward] states of a street at the moment that is shown. */
export const colorsNow = (id) => painted(id);

const clamp = (at) => Math.min(Math.max(at, 0), storm.value.view?.lasts_s ?? 0);

/** The clock time of a moment, in ms. */
export const momentAt = (at) => Date.parse(storm.value.view.storm.started_at) + at * 1000;

/** Write storm and moment into the address. */
function keepMoment() {
  const { view } = storm.value;
  if (!view?.storm) return;
  keepAddress(`${location.pathname}?storm=${view.storm.id}&at=${Math.floor(play.value.at)}`);
}

/** Ask for a storm, the newest where none is named, and show it from a moment on. */
export async function load(id = wanted("storm"), at = wanted("at") ?? 0) {
  play.set({ running: false });
  storm.set({ askedAt: performance.now() });
  try {
    const view = await get(id === null ? "/api/replay" : `/api/replay?storm=${id}`);
    setClock(view.now);
    forget();
    shown.set({ truck: null, street: null });
    storm.set({ view, askedAt: null, failed: null });
    show(at);
  } catch (error) {
    storm.set({ askedAt: null, failed: error.message });
  }
}

function show(at) {
  play.set({ at: clamp(at) });
  keepMoment();
}

/** Go to a moment that the reader has chosen; a lesson may ask for it. */
export function seek(at) {
  show(at);
  dispatchEvent(new CustomEvent("look", { detail: "moved" }));
}

/** Go on playing, from the start where the end was reached, or hold. */
export function toggle() {
  const { running, at } = play.value;
  const { view } = storm.value;
  if (!view?.storm) return;
  if (!running && at >= view.lasts_s) play.set({ at: 0 });
  play.set({ running: !running });
  if (running) keepMoment();
}

/** The next faster or slower speed. */
export function faster(step) {
  const place = SPEEDS.indexOf(play.value.speed) + step;
  if (SPEEDS[place]) play.set({ speed: SPEEDS[place] });
}

/** The next or the last moment at which something happened. */
export function jump(step) {
  const { at } = play.value;
  const moments = storm.value.view?.moments ?? [];
  const next = step > 0 ? moments.find((one) => one.at_s > at + 1) : moments.findLast((one) => one.at_s < at - 1);
  if (next) seek(next.at_s);
}

/** Let time go on by some wall milliseconds; it stands while the hour it comes to is on the way. */
export function tick(ms) {
  const { at, speed, running } = play.value;
  const { view } = storm.value;
  if (!running || !view?.storm) return;
  const next = clamp(at + (ms / 1000) * speed);
  prefetch(view, next, speed);
  const ready = hourAt(view, next) !== null;
  play.set({ at: ready ? next : at, waits: !ready, running: next < view.lasts_s });
  if (next >= view.lasts_s) keepMoment();
}
