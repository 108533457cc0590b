// The streets on the map: by state, or by the time since they were cleared.
import { CoveragePainter } from "../pages/map/coverage.js";
import { highlightSelected } from "../pages/map/highlight.js";
import { around } from "../pages/map/hover.js";
import { followTheme, makeMap, repaint } from "../pages/map/map.js";
import { ageClass, oldest, PALETTE } from "../streets/plowed-ages.js";
import { tileName } from "../pages/texts.js";
import { followStreets, shown, streets } from "./state.js";

const NOTHING_HIDDEN = new Set();
const NEITHER_WAY = [-1, -1];

/** Classes of the directions of a street by hours since they were cleared, at the moment of the map. */
const ages = {
  get(id) {
    const atS = Date.parse(shown.value.view.at) / 1000;
    const cleared = streets.cleared.get(id);
    return (streets.states.get(id) ?? NEITHER_WAY).map((state, i) => (state === -1 ? -1 : ageClass(cleared[i], atS)));
  },
};
const states = { get: (id) => streets.states.get(id) ?? NEITHER_WAY };

const palette = () => (shown.value.ages ? PALETTE : undefined);

/** Draw the map and keep it so. */
export async function showMap() {
  const map = await makeMap(NOTHING_HIDDEN);
  globalThis.boardMap = map; // for tests and for the curious at the console
  map.cooperativeGestures.enable(); // the page itself scrolls: two fingers or Ctrl move the map
  const painter = new CoveragePainter(map, states);
  const paint = () => {
    repaint(map, NOTHING_HIDDEN, palette());
    painter.use(shown.value.ages ? ages : states, shown.value.ages ? oldest : undefined, streets.states.keys());
  };
  followStreets(paint);
  if (shown.value.view) paint();
  followTheme(map, () => NOTHING_HIDDEN, palette);
  const hold = highlightSelected(map);
  shown.follow((_, changes) => {
    if ("ages" in changes) paint();
    if ("street" in changes) hold(shown.value.street ? [shown.value.street.id] : []);
  });
  map.on("click", ({ point }) => {
    const [found] = around(map, point);
    shown.set({ street: found ? { id: found.id, name: tileName(found.properties) } : null });
  });
}
