// Names of streets that are known by number only: asked for once each.
import { get } from "../pages/net.js";

const known = new Map();

/** The names of the street of a number by language, or null where the server does not say. */
export function nameOf(id) {
  if (!known.has(id)) known.set(id, get(`/api/segments/${id}`).then(({ names }) => names, () => null));
  return known.get(id);
}
