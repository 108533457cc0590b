// Routes of the draft in hand: the next streets of a truck, which may be put in another order, and what its line needs.
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { get } from "../pages/net.js";
import { Store } from "../pages/store.js";
import { streetName, t, time } from "../pages/texts.js";
import { shiftOf } from "../shifts/truck-states.js";
import { change, draftState } from "./draft.js";
import { choose, selection } from "../board/state.js";
import { nameOf } from "../streets/names.js";

const LISTED = 8; // streets of a truck's order

/** Work of trucks in the draft named by `of`, in driving order, by vehicle; names of streets by number. */
export const drafted = new Store({ of: "", routes: new Map(), names: new Map() });

const work = ({ properties, geometry }) => ({ street: properties.segments[0], at: properties.starts_at, geometry });

const asked = new Set(); // trucks whose routes in this version of the draft are on the way, or here

/** Ask for the route of a truck in the draft as it stands, once; until it is there, the one before is shown. */
async function ask(vehicle) {
  const { of } = drafted.value;
  const shift = shiftOf(vehicle);
  if (!of || !shift || asked.has(vehicle)) return;
  asked.add(vehicle);
  const path = `/api/plans/${draftState.value.draft.plan_id}/routes/${shift.id}`;
  const { features } = await get(path).catch(() => ({ features: [] })); // who has nothing to do has no route
  if (drafted.value.of !== of) return;
  const legs = features.filter(({ properties }) => properties.kind === "work").map(work);
  drafted.set({ routes: new Map(drafted.value.routes).set(vehicle, legs) });
}

/** The street that was chosen last: it is in hand while a truck is looked at. */
const held = () => draftState.value.takers?.segment ?? null;

/** Learn what streets in the order of a truck, and the one in hand, are called. */
async function learnNames(vehicle) {
  const { names } = drafted.value;
  const streets = [...order(vehicle).map(({ street }) => street), held()];
  const unknown = streets.filter((street) => street !== null && !names.has(street));
  if (!unknown.length) return;
  const found = await Promise.all(unknown.map(async (street) => [street, await nameOf(street)]));
  drafted.set({ names: new Map([...drafted.value.names, ...found]) });
}

/** The next streets of a truck, each where it is worked on first. */
function order(vehicle) {
  const first = new Map();
  for (const leg of drafted.value.routes.get(vehicle) ?? []) if (!first.has(leg.street)) first.set(leg.street, leg);
  return [...first.values()].slice(0, LISTED);
}

/** The trucks that can take the chosen street, and work near it. */
function near() {
  const { list, outcomes } = draftState.value.takers ?? {};
  return (list ?? []).filter((one) => one.more_min !== null && outcomes.get(one.vehicle_id)?.possible);
}

/** Lines of the trucks that the chosen street may be dropped on, as `{vehicle, name, lines}`. */
export function offered() {
  if (!draftState.value.draft || selection.value.chosen?.kind !== "street") return [];
  return near().map(({ vehicle_id: vehicle, vehicle: name }) => ({
    vehicle,
    name,
    lines: (drafted.value.routes.get(vehicle) ?? []).map(({ geometry }) => geometry),
  }));
}

async function follow() {
  const { draft } = draftState.value;
  const of = draft ? `${draft.plan_id}:${draft.version}` : "";
  if (drafted.value.of !== of) {
    asked.clear();
    drafted.set(draft ? { of } : { of, routes: new Map() });
  }
  const { chosen } = selection.value;
  if (chosen?.kind === "street") near().forEach(({ vehicle_id: vehicle }) => ask(vehicle));
  if (chosen?.kind !== "truck") return;
  await ask(chosen.id);
  await learnNames(chosen.id);
}
draftState.follow((_, changes) => ("draft" in changes || "takers" in changes) && follow());
selection.follow((_, changes) => "chosen" in changes && follow());

/** What a street is called, once the server has said so. */
const called = (street) => (drafted.value.names.has(street) ? streetName(drafted.value.names.get(street) ?? {}) : "…");

const before = (vehicle, street, next) => change({ kind: "move", segment_id: street, vehicle_id: vehicle, before_id: next });

function orderItem(vehicle, legs, i) {
  const { street, at } = legs[i];
  const last = legs[i - 1]?.street ?? null;
  const sooner = last === null ? t("It is the first") : t("Earlier: before {street}", { street: called(last) });
  const other = held() !== null && held() !== street;
  const put = other ? t("Put {street} before this one", { street: called(held()) }) : "";
  return html`<li>
    <button class="link" @click=${() => choose("street", street)}><bdi>${called(street)}</bdi></button>
    <span class="when">${time(at)}</span>
    <button class="quiet" title=${sooner} aria-label=${sooner} aria-disabled=${last === null} @click=${() => last !== null && before(vehicle, street, last)}>
      <span class="icon icon-arrow-up" aria-hidden="true"></span>
    </button>
    ${put ? html`<button class="put" @click=${() => before(vehicle, held(), street)}>${put}</button>` : ""}
  </li>`;
}

/** The part of a truck's panel while a draft is edited: its next streets, to be put in another order. */
export function orderPart(vehicle) {
  if (!draftState.value.draft) return "";
  const legs = order(vehicle);
  return html`<section class="next-legs">
    <h3>${t("Its next streets in this draft")}</h3>
    ${
      legs.length
        ? html`<ol class="draft-order">${repeat(legs, ({ street }) => street, (_, i) => orderItem(vehicle, legs, i))}</ol>`
        : html`<p class="muted small">${drafted.value.routes.get(vehicle) ? t("none") : t("Looking for routes…")}</p>`
    }
  </section>`;
}
