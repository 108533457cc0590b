// Routes of the plan in force by truck: each section in the color of its truck, wide while it is to be done, thin and pale
// once it is done by evidence.
import { html } from "lit";
import { Store } from "../../pages/store.js";
import { isolated, percent, t } from "../../pages/texts.js";
import { board, choose, coverage, selection } from "../state.js";
import { refresh, showPlan, stateOf, timeline } from "../timeline/lanes.js";

const SERVED = new Set(["done", "out_of_order", "by_other", "told"]);
const NOBODY = 0; // the state of a direction without a section; then two for each truck, open and done
const [OPEN, DONE] = [1, 2];
const WIDTHS = [1.35, 0.6];
const OPACITIES = [1, 0.55];
const BEHIND = 0.22; // of the opacity, for sections of others while one truck is chosen

/** The class and the name of the color of a row of the plan: others than of trucks whose sections touch. */
export const toneOf = ({ color }) => `truck-${color}`;

/**
 * Who has which direction of a street in a plan, as street: [forward, backward] of `{vehicle, done}` or null. A direction
 * that several have is that of the first who has it still ahead.
 */
export function sectionsOf(lanes) {
  const found = new Map();
  for (const lane of lanes) {
    let step = 0;
    lane.streets.forEach((streets, leg) => {
      const done = SERVED.has(stateOf(lane, leg));
      for (const street of streets) {
        const way = lane.ways[step++] === "f" ? 0 : 1;
        const two = found.get(street) ?? [null, null];
        if (!two[way] || (two[way].done && !done)) two[way] = { vehicle: lane.vehicle, done };
        found.set(street, two);
      }
    });
  }
  return found;
}

/** Rows of the plan whose legs are known with what became of them: others would look as if nothing was done. */
const known = () => timeline.value.lanes.filter(({ became }) => became.states.length > 0);

let trucks = []; // the first row of each with a route, in the order of their states
let ranks = new Map();
let sections = new Map();
const figures = new Store({ checks: board.value.checks });

const number = (section) => (section ? 2 * ranks.get(section.vehicle) + (section.done ? DONE : OPEN) : NOBODY);

const states = {
  get(street) {
    const two = sections.get(street) ?? [null, null];
    return (coverage.states.get(street) ?? [-1, -1]).map((state, i) => (state === -1 ? -1 : number(two[i])));
  },
};

/** From afar a street shows what is still to do, else what is done. */
const openFirst = (numbers) =>
  numbers.find((one) => one % 2 === OPEN) ?? numbers.find((one) => one !== NOBODY) ?? numbers[0] ?? -1;

/** The chosen truck, where it has a route; else null. */
export function chosenTruck() {
  const { chosen } = selection.value;
  return chosen?.kind === "truck" && ranks.has(chosen.id) ? chosen.id : null;
}

const entriesOf = (truck, faded) =>
  WIDTHS.map((width, i) => ({
    tone: toneOf(truck),
    group: "routes",
    width,
    opacity: OPACITIES[i] * (faded ? BEHIND : 1),
  }));

function palette() {
  const chosen = chosenTruck();
  const nobody = { tone: "state-not_due", group: "routes", width: 0.5 };
  return {
    entries: [nobody, ...trucks.flatMap((truck) => entriesOf(truck, chosen !== null && chosen !== truck.vehicle))],
    unknown: NOBODY,
  };
}

const lookOf = (truck) => `${truck.vehicle} ${toneOf(truck)}`;

/** The first row of each truck. */
const firstRows = (lanes) => lanes.filter(({ vehicle }, i) => lanes.findIndex((one) => one.vehicle === vehicle) === i);

/** Take in the rows of the plan; returns the streets whose section changed, or null where trucks are others. */
function update() {
  const [before, others] = [sections, trucks.map(lookOf)];
  const lanes = known();
  trucks = firstRows(lanes);
  ranks = new Map(trucks.map(({ vehicle }, rank) => [vehicle, rank]));
  sections = sectionsOf(lanes);
  if (`${others}` !== `${trucks.map(lookOf)}`) return null;
  const differs = (id) => JSON.stringify(before.get(id)) !== JSON.stringify(sections.get(id));
  return [...new Set([...before.keys(), ...sections.keys()])].filter(differs);
}

/** Follow the plan in force; `again` repaints with another palette, `names` draws names of trucks at their sections. */
function open(paint, again, names) {
  const call = () => names.show(known(), chosenTruck());
  const show = () => {
    const changed = update();
    if (changed === null) again();
    else paint(changed);
    call();
  };
  let before = chosenTruck();
  const choice = () => {
    if (chosenTruck() === before) return;
    before = chosenTruck();
    again();
    call();
  };
  const stops = [
    board.follow((_, changes) => {
      if (changes.plan !== undefined) showPlan();
      if (!changes.checks) return;
      figures.set({ checks: board.value.checks });
      refresh();
    }),
    timeline.follow(show),
    selection.follow((_, changes) => "chosen" in changes && choice()),
  ];
  figures.set({ checks: board.value.checks });
  showPlan();
  refresh();
  show();
  return () => {
    stops.forEach((stop) => stop());
    names.show([], null);
  };
}

/** How much of its sections a truck has done, by evidence, as {share, left}, of one and in km; null where that is unknown. */
export function doneOf(check) {
  if (!(check?.work_m > 0)) return null;
  const share = Math.min(1, check.done_m / check.work_m);
  return { share, left: Math.round((check.work_m - check.done_m) / 100) / 10 };
}

function truckEntry(truck) {
  const { vehicle, name } = truck;
  const done = doneOf(figures.value.checks.get(vehicle));
  const words = done ? [percent(done.share), t("{value} km", { value: done.left })] : ["–", "–"];
  return html`<li>
    <button class="quiet route-of" type="button" aria-current=${chosenTruck() === vehicle} @click=${() => choose("truck", vehicle)}>
      <span class="swatch section ${toneOf(truck)}" aria-hidden="true"></span><bdi>${name}</bdi>
      <span class="figure">${words[0]}</span><span class="figure">${words[1]}</span>
    </button>
  </li>`;
}

function legend() {
  const rows = firstRows(known());
  const planned = board.value.plan?.routes?.length > 0;
  if (rows.length === 0) return html`<p class="muted">${planned ? t("Looking for routes…") : t("No routes are published.")}</p>`;
  return html`<div class="route-of heads muted"><span></span><span>${t("Truck")}</span><span>${t("Done")}</span><span>${t("Left")}</span></div>
    <ul class="routes-by-truck">${rows.map(truckEntry)}</ul>
    <p class="muted small">${t("Wide: still to do. Thin and pale: done, by evidence. A click chooses the truck.")}</p>`;
}

/** The trucks of a street's sections. */
function words(street) {
  const ids = (sections.get(street) ?? []).filter(Boolean).map(({ vehicle }) => vehicle);
  return [...new Set(ids)].map((id) => isolated(board.value.vehicles.get(id)?.name ?? id)).join(t(", "));
}

export const ROUTES_VIEW = { palette, states, oneLine: openFirst, open, stores: [timeline, figures], legend, words };
