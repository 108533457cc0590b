// What the page knows of the chosen storm, and what the reader chose to see.
import { boot } from "../pages/boot.js";
import { get, keepAddress, post } from "../pages/net.js";
import { notify } from "../pages/notices.js";
import { Store } from "../pages/store.js";
import { named, t } from "../pages/texts.js";

const asked = new URLSearchParams(location.search);
const id = (name) => (asked.has(name) ? Number(asked.get(name)) : null);

/** The district of the address, "*" for the whole city; else the reader's own; null is the whole city. */
const district = asked.get("district") ?? boot.own_district;

/** The storm and the one to compare with (null: the newest, the one before), and the filter of the map. */
export const choice = new Store({
  storm: id("storm"),
  against: id("against"),
  withoutClasses: new Set(),
  district: district === "*" ? null : district,
  own: boot.own_district,
  street: id("street"),
  focus: false,
  bring: id("street") !== null,
  large: asked.has("large"),
});

export const council = new Store({ view: null, failed: null, connected: false, heardAt: Date.now() });

/** What the map follows: [forward, backward] by street, and each street's class and district by number. */
export const streets = { states: new Map(), kinds: new Map(), classes: [], districts: [], live: false };
const followers = new Set();

/** Call back with the ids of streets that may look different. */
export const followStreets = (follower) => followers.add(follower);

const tell = (ids) => followers.forEach((follower) => follower(ids));

/** The chosen storm as part of an address. */
export function query() {
  const { storm, against } = choice.value;
  const parts = new URLSearchParams();
  if (storm !== null) parts.set("storm", storm);
  if (against !== null) parts.set("against", against);
  return parts.size ? `?${parts}` : "";
}

/** Whether the storm that is shown goes on. */
export const live = () => council.value.view?.storm != null && !over(council.value.view);

async function ask(path, take) {
  const wanted = query();
  try {
    const answer = await get(`${path}${wanted}`);
    if (wanted !== query()) return; // the reader has gone on to another storm
    take(answer);
  } catch (error) {
    council.set({ failed: error.message });
  }
}

/** Ask for the figures; a district that the city has no more gives way to the whole city. */
export const loadFigures = () =>
  ask("/api/council", (view) => {
    const { district: shown } = choice.value;
    if (shown !== null && view.storm && !view.districts.some((one) => one.name === shown)) {
      filter({ district: null });
      notify(t("The district of this address is not one of the city any more; the whole city is shown."));
    }
    council.set({ view, failed: null });
  });

/** Ask for the color of every street. */
export const loadStreets = () =>
  ask("/api/council/coverage", (answer) => {
    Object.assign(streets, { classes: answer.classes, districts: answer.districts, live: answer.live });
    for (const [street, forward, backward, serviceClass, district] of answer.streets) {
      streets.states.set(street, [forward, backward]);
      streets.kinds.set(street, [serviceClass, district]);
    }
    tell([...streets.states.keys()]);
    choice.set({});
  });

/** Ask for everything. */
export const load = () => Promise.all([loadFigures(), loadStreets()]);

/** Take in [id, forward, backward] rows of the storm that goes on. */
export function takeCoverage(rows) {
  if (!streets.live) return;
  for (const [street, forward, backward] of rows) streets.states.set(street, [forward, backward]);
  tell(rows.map(([street]) => street));
}

/** Look at another storm, or compare with another one; the address keeps it. */
export function look(changes) {
  choice.set({ ...changes, street: null });
  keepChoice();
  return load();
}

/** Write the choice into the address, which shows the same to whoever opens it. */
export function keepChoice() {
  const { district: shown, own, street, large } = choice.value;
  const parts = new URLSearchParams(query());
  if (shown !== null || own !== null) parts.set("district", shown ?? "*");
  if (street !== null) parts.set("street", street);
  if (large) parts.set("large", 1);
  keepAddress(`${location.pathname}${parts.size ? `?${parts}` : ""}`);
}

/** Show everything in type that is read from the far end of a room, or as it was; the address keeps it. */
export function enlarge(large) {
  choice.set({ large });
  document.documentElement.classList.toggle("large", large);
  keepChoice();
}

/** Keep a district as the reader's own, which the page opens with from now on; null for none. */
export async function keepOwn(name) {
  await post("/api/council/district", { district: name });
  choice.set({ own: name });
  keepChoice();
}

/** Whether the storm that is shown has ended: then all is as it was at its end. */
export const over = (view) => view.storm !== null && view.storm.ended_at !== null;

/** The figures of the chosen district, or of the city. */
export const part = (view) =>
  view.districts.find((one) => one.name === choice.value.district) ?? view.city;

/** Whether something of a district is to be shown. */
export const inDistrict = ({ district: name }) =>
  choice.value.district === null || choice.value.district === name;

/** Show some classes and one district only; null is every district. */
export function filter(changes) {
  choice.set(changes);
  keepChoice();
  tell([...streets.states.keys()]);
}

/** Whether the filter lets a street be seen. */
export function visible(street) {
  const [serviceClass, district] = streets.kinds.get(street) ?? [];
  const { withoutClasses, district: wanted } = choice.value;
  if (withoutClasses.has(streets.classes[serviceClass])) return false;
  return wanted === null || streets.districts[district] === wanted;
}

/** Show the evidence of a street; null shows none. */
export function choose(street) {
  choice.set({ street });
  keepChoice();
}

/** Show the evidence of a street that is named away from the map, which goes there; the keyboard goes on from its evidence. */
export function goTo(street) {
  choice.set({ bring: true, focus: true });
  choose(street);
}

/** What a district is called in the reader's language. */
export function districtName(key) {
  return key ? named("district", key) : t("Outside all districts");
}
