// The map around somebody's work, which this phone keeps: tiles by layer.
import { drop, keep, kept } from "./shelf.js";

const TILES = "tiles";

const tiles = {}; // an open map reads it at each tile

const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

function unpacked(layers) {
  const layer = ({ tiles, ...rest }) => ({
    ...rest,
    tiles: Object.fromEntries(Object.entries(tiles).map(([address, base64]) => [address, bytes(base64)])),
  });
  return Object.fromEntries(Object.entries(layers).map(([name, told]) => [name, layer(told)]));
}

/** The tiles by layer, also those that come later; no layer where none are kept. */
export const storedTiles = async () => Object.assign(tiles, await kept(TILES));

/** Keep the tiles that the server packed; whether the phone has space for them. */
export async function keepTiles(packed) {
  Object.assign(tiles, unpacked(packed));
  const isKept = await keep(TILES, tiles);
  navigator.storage?.persist?.(); // a phone short of space then asks before it drops this
  return isKept;
}

export const dropTiles = () => drop(TILES);
