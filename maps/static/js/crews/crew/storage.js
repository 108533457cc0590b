// The map around the crew's jobs, kept on the phone as soon as there is a list.
import { keep, kept } from "../../pages/app/shelf.js";
import { keepTiles } from "../../pages/app/stored-map.js";
import { get } from "../../pages/net.js";
import { mapMark } from "./state.js";

const MARK = "crew-map"; // which places the kept map is around

/** Keep the map of this list's places, unless it is here; where nobody answers, the next visit asks again. */
export async function storeAround() {
  if (!mapMark || (await kept(MARK)) === mapMark) return;
  try {
    const { tiles } = await get("/api/crew/stored");
    if (await keepTiles(tiles)) await keep(MARK, mapMark);
  } catch {
    addEventListener("online", storeAround, { once: true });
  }
}
