// What the inspections page knows: the places, kept on this phone for where no server answers, and where the phone is.
import { keep, kept } from "../../pages/app/shelf.js";
import { boot } from "../../pages/boot.js";
import { metresBetween } from "../../pages/map/distance.js";
import { get } from "../../pages/net.js";
import { Store } from "../../pages/store.js";

const SHELF = "inspections";

export const inspections = new Store({ places: null, opened: null, here: null, byDistance: false, connected: true, told: new Set() });

/** Show what an earlier visit kept; that of somebody else is not shown. */
export async function restore() {
  const before = await kept(SHELF);
  if (before?.login === boot.login && inspections.value.places === null) inspections.set({ places: before.places });
}

/** Ask for the places, and keep them. */
export async function reload() {
  try {
    const places = await get("/api/inspections");
    inspections.set({ places, connected: true });
    keep(SHELF, { login: boot.login, places });
  } catch (error) {
    inspections.set({ connected: error.status !== undefined });
  }
}

/** How far a place is from the phone, in metres; null where that is unknown. */
export const away = (place) => (inspections.value.here ? metresBetween(inspections.value.here, place) : null);

/** The places that nobody has told of yet, the most urgent or the nearest first. */
export function shown() {
  const { places, told, byDistance, here } = inspections.value;
  const open = (places ?? []).filter(({ id }) => !told.has(id));
  return byDistance && here ? open.sort((one, other) => away(one) - away(other)) : open;
}
