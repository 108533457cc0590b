// The time since each street was plowed: the last whole pass of each direction by evidence, in classes of hours.
import { html } from "lit";
import { now } from "../../pages/boot.js";
import { get } from "../../pages/net.js";
import { attempt } from "../../pages/notices.js";
import { Store } from "../../pages/store.js";
import { withNews } from "../../pages/stream.js";
import { ageClass, CLASSES, oldest, PALETTE } from "../../streets/plowed-ages.js";
import { duration, t, time } from "../../pages/texts.js";
import { coverage } from "../state.js";

const AGES_EVERY_MS = 20000;
const WHOLE_EVERY_MS = 600000; // what the stream did not tell: times of a direction whose evidence is gone

/** Times of streets as [forward, backward] seconds; `newest` is the last of all, 0 where nothing was plowed. */
const times = new Map();
export const plowed = new Store({ loaded: false, newest: 0 });

const NEITHER = [0, 0];
const nowS = () => now() / 1000;
const classesAt = (id, at) => (times.get(id) ?? NEITHER).map((each) => ageClass(each, at));

const states = {
  get(id) {
    const classes = classesAt(id, nowS());
    return (coverage.states.get(id) ?? [-1, -1]).map((state, i) => (state === -1 ? -1 : classes[i]));
  },
};

/** Take in rows of [street, forward, backward]; returns the streets. */
function take(rows) {
  for (const [id, ...two] of rows) times.set(id, two);
  const newest = [...times.values()].reduce((last, [there, back]) => Math.max(last, there, back), 0);
  plowed.set({ newest });
  return rows.map(([id]) => id);
}

let changed = null; // what to call with streets while the view is open
let anew = null; // what to call when all are others

/** News of the stream. */
export function heardOfPlowing(rows) {
  if (plowed.value.loaded) changed?.(take(rows));
}

/** Ask for the times of all streets, where the view is open. */
export const reloadPlowing = withNews(async () => {
  if (!changed) return;
  const rows = await attempt(() => get("/api/board/plowed"));
  if (!rows || !changed) return;
  times.clear();
  take(rows);
  plowed.set({ loaded: true });
  anew();
});

/** The streets whose class is another one than at a moment before. */
function aged(before) {
  const at = nowS();
  return [...times.keys()].filter((id) => `${classesAt(id, before)}` !== `${classesAt(id, at)}`);
}

/** Follow the times of all streets; returns what ends it. */
function open(paint, again) {
  [changed, anew] = [paint, again];
  let looked = nowS();
  const grow = setInterval(() => {
    paint(aged(looked));
    looked = nowS();
  }, AGES_EVERY_MS);
  const whole = setInterval(reloadPlowing, WHOLE_EVERY_MS);
  coverage.followers.add(paint);
  reloadPlowing();
  return () => {
    changed = null;
    clearInterval(grow);
    clearInterval(whole);
    coverage.followers.delete(paint);
    times.clear();
    plowed.set({ loaded: false, newest: 0 });
  };
}

function newestWords() {
  const { loaded, newest } = plowed.value;
  if (!loaded) return t("Looking for times…");
  if (!newest) return t("Nothing was plowed in this storm yet.");
  const at = new Date(newest * 1000).toISOString();
  return t("Newest pass: {time}, {span} ago", { time: time(at), span: duration(now() - newest * 1000) });
}

/** The class of a street's direction that has waited longest. */
const words = (street) => CLASSES[oldest(states.get(street))]?.words() ?? "";

export const PLOWED_VIEW = {
  palette: () => PALETTE,
  states,
  oneLine: oldest,
  open,
  stores: [plowed],
  words,
  legend: (entry) => html`<ul>${CLASSES.map(({ name, words }) => entry(name, words()))}</ul>
    <p class="muted small">${t("Last whole pass of each direction, by evidence.")} ${newestWords()}</p>`,
};
