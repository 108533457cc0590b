// What the inspections page knows: the places and what was told of them, kept on this phone for where no server answers, and where the phone is.
import { keep, kept } from "../../pages/app/shelf.js";
import { boot } from "../../pages/boot.js";
import { metresBetween } from "../../pages/map/distance.js";
import { get } from "../../pages/net.js";
import { Store } from "../../pages/store.js";

const SHELF = "inspections";
const STREET = "street-";

/** `waiting` are the places of answers that the server lacks; `looked` is whether it was asked for places since the page was opened; `told` are others that somebody told of, with how they stand since. */
export const inspections = new Store({
  places: null,
  opened: null,
  here: null,
  byDistance: false,
  onMap: false,
  connected: true,
  looked: false,
  waiting: new Set(),
  told: new Map(),
});

const stand = ({ state, closed_at: closed }) => `${state}:${closed}`;

/** What was told before a list was `asked` for, as far as it stands in it as it did then. */
function stillTold(told, asked, places) {
  const stands = new Map(places.map((place) => [place.id, stand(place)]));
  const fits = ([id, was]) => !asked.has(id) || (stands.has(id) && (was === null || was === stands.get(id)));
  return new Map([...told].filter(fits).map(([id, was]) => [id, asked.has(id) ? stands.get(id) : was]));
}

function store() {
  const { places, told } = inspections.value;
  return keep(SHELF, { login: boot.login, places, told });
}

/** The server was told of a place, which is not shown again unless it stands otherwise. */
export function tellOf(id) {
  inspections.set({ connected: true, told: new Map(inspections.value.told).set(id, null) });
  return store();
}

/** Show what an earlier visit kept; that of somebody else is not shown. */
export async function restore() {
  const before = await kept(SHELF);
  if (before?.login === boot.login && inspections.value.places === null) inspections.set({ places: before.places, told: before.told ?? new Map() });
}

/** A street as a place of the list: by an id that no request has. */
const streetPlace = (street) => ({ ...street, id: `${STREET}${street.segment_id}`, state: "told", closed_at: street.told_at });

/** Where an inspection of a place is sent. */
export const pathOf = (id) => (String(id).startsWith(STREET) ? `/api/segments/${id.slice(STREET.length)}/inspections` : `/api/requests/${id}/inspections`);

/** Ask for the places, and keep them. */
export async function reload() {
  try {
    const asked = inspections.value.told;
    const [requests, streets] = await Promise.all([get("/api/inspections"), get("/api/inspections/streets")]);
    const places = [...requests, ...streets.map(streetPlace)];
    inspections.set({ places, connected: true, looked: true, told: stillTold(inspections.value.told, asked, places) });
    store();
  } catch (error) {
    inspections.set({ connected: error.status !== undefined, looked: true });
  }
}

/** How far a place is from the phone, in metres; null where that is unknown. */
export const away = (place) => (inspections.value.here ? metresBetween(inspections.value.here, place) : null);

/** The places that nobody has told of as they stand, the most urgent or the nearest first. */
export function shown() {
  const { places, told, waiting, byDistance, here } = inspections.value;
  const open = (places ?? []).filter(({ id }) => !told.has(id) && !waiting.has(id));
  return byDistance && here ? open.sort((one, other) => away(one) - away(other)) : open;
}
