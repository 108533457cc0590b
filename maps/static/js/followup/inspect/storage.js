// The map around the places to inspect, kept on the phone as soon as there is a list.
import { keep, kept } from "../../pages/app/shelf.js";
import { keepTiles } from "../../pages/app/stored-map.js";
import { get } from "../../pages/net.js";
import { inspections } from "./state.js";

const MARK = "inspections-map"; // which places the kept map is around

/** Keep the map of this list's places, unless it is here; where nobody answers, the next list asks again. */
export async function storeAround() {
  const { places } = inspections.value;
  const mark = places.map(({ lon, lat }) => `${lon} ${lat}`).join("\n");
  if (!mark || (await kept(MARK)) === mark) return;
  try {
    const { tiles } = await get("/api/inspections/stored");
    if (await keepTiles(tiles)) await keep(MARK, mark);
  } catch {
    // The list stays without its map until it comes anew.
  }
}
