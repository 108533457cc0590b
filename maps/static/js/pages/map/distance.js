// Distances within a city, as data/streets/projection.py has them.
const EARTH_M = 6371008.8;
const RAD = Math.PI / 180;

export const DEGREE_M = EARTH_M * RAD; // of latitude

/** How many metres two near places are apart. */
export function metresBetween(one, other) {
  const east = (one.lon - other.lon) * Math.cos(one.lat * RAD);
  return Math.hypot(east, one.lat - other.lat) * DEGREE_M;
}
