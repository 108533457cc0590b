// Names of streets that are known by number only: asked for once each.
import { get } from "../pages/net.js";

const known = new Map();

/** The street of a number with its names, or null where the server does not say. */
export function nameOf(id) {
  if (!known.has(id)) known.set(id, get(`/api/segments/${id}`).catch(() => null));
  return known.get(id);
}
