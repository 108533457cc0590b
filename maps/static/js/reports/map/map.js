// Ties the map to the page: colors and filter are drawn, a click shows a street's evidence.
import { still } from "../../pages/boot.js";
import { tileName } from "../../pages/texts.js";
import { CoveragePainter } from "../../pages/map/coverage.js";
import { highlightSelected } from "../../pages/map/highlight.js";
import { followTheme, makeMap, printable } from "../../pages/map/map.js";
import { around, makeTooltip } from "../../pages/map/hover.js";
import { choice, choose, followStreets, streets, visible } from "../state.js";

const NEAR_ZOOM = 15; // where a street that somebody looked for can be told from its neighbours
const NOTHING_HIDDEN = new Set();
const NEITHER_WAY = [-1, -1];

/** The street under a point of the screen that the filter lets be seen, or undefined. */
const under = (map, point) => around(map, point).find((street) => visible(street.id));

function hover(map) {
  const tip = makeTooltip(map);
  map.on("mousemove", ({ point }) => {
    const street = map.isMoving() ? undefined : under(map, point);
    map.getCanvas().style.cursor = street ? "pointer" : "";
    tip(street && tileName(street.properties), point);
  });
  map.on("mouseout", () => tip(null));
}

/** Draw the map and keep it so. */
export async function showMap() {
  const map = await makeMap(NOTHING_HIDDEN);
  globalThis.boardMap = map; // for tests and for the curious at the console
  map.cooperativeGestures.enable(); // the page itself scrolls: two fingers or Ctrl move the map
  const shown = { get: (id) => (visible(id) ? streets.states.get(id) : NEITHER_WAY) };
  const painter = new CoveragePainter(map, shown);
  followStreets((ids) => painter.changed(ids));
  painter.changed(streets.states.keys());
  followTheme(map, () => NOTHING_HIDDEN);
  const hold = highlightSelected(map);
  if (choice.value.street !== null) hold([choice.value.street]);
  const goTo = (center, duration) => center && map.easeTo({ center, zoom: Math.max(map.getZoom(), NEAR_ZOOM), duration });
  goTo(choice.value.reveal, 0);
  choice.follow(({ street, reveal: place }, changes) => {
    if ("street" in changes) hold(street === null ? [] : [street]);
    if (changes.reveal) goTo(place, still ? 0 : 600);
  });
  map.on("click", ({ point }) => choose(under(map, point)?.id ?? null));
  hover(map);
  printable(map);
}
