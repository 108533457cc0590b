// Ties the map to the moment that is played: colors follow it, trucks glide, a click chooses a truck or a street.
import { still } from "../../pages/boot.js";
import { tileName } from "../../pages/texts.js";
import { CoveragePainter } from "../../pages/map/coverage.js";
import { highlightSelected } from "../../pages/map/highlight.js";
import { followTheme, makeMap, repaint } from "../../pages/map/map.js";
import { around, makeTooltip } from "../../pages/map/hover.js";
import { StreetColors } from "./colors.js";
import { ChangedStreets } from "./changed-streets.js";
import { followHours, hourAt, hourBefore } from "../hours.js";
import { play, shown, storm, tellColors, tick } from "../state.js";
import { PastTrucks } from "./trucks.js";

const LONGEST_FRAME_MS = 250; // a window that was hidden does not leap ahead
const REST_MS = 100; // between two repaints of the map; what changes meanwhile is drawn as fresh paint
const RESTS_PER_PAINT = 20;
const LEAP = 400; // so many streets at once are not played: somebody has gone to another moment
/** Name what is under the pointer; a street only while nothing moves. */
function hover(map, trucks) {
  const tip = makeTooltip(map);
  map.on("mousemove", ({ point }) => {
    const { running } = play.value;
    const truck = trucks.at(point);
    const street = truck || running || map.isMoving() ? undefined : around(map, point)[0];
    map.getCanvas().style.cursor = truck || street || running ? "pointer" : "";
    tip(truck?.name || (street && tileName(street.properties)), point);
  });
  map.on("mouseout", () => tip(null));
}

/** On a phone the street's evidence covers the lower half: bring the place into the upper one. */
function makeRoom(map, place) {
  if (!matchMedia("(max-width: 720px)").matches) return;
  map.easeTo({ center: place, offset: [0, -map.getContainer().clientHeight / 4], duration: still ? 0 : 400 });
}

function choose(map, trucks, { point, lngLat }) {
  const truck = trucks.at(point)?.id ?? null;
  const street = truck === null ? (around(map, point)[0]?.id ?? null) : null;
  shown.set({ truck, street });
  if (street !== null) makeRoom(map, lngLat);
}

/** Draw the map and keep it at the moment that is played. */
export async function showMap() {
  const map = await makeMap(shown.value.hidden);
  globalThis.boardMap = map; // for tests and for the curious at the console
  let colors = new StreetColors([]);
  const statesOf = (id) => colors.states.get(id) ?? [-1, -1];
  const painter = new CoveragePainter(map, { get: statesOf }, {
    restMs: REST_MS,
    rests: RESTS_PER_PAINT,
  });
  const fresh = new ChangedStreets(map, statesOf, painter.waiting, () => shown.value.hidden);
  const hold = highlightSelected(map);
  const trucks = new PastTrucks(map); // above the fresh paint
  tellColors(statesOf);
  let dirty = true;

  function show() {
    const { view } = storm.value;
    if (!view?.storm) return;
    if (colors.ids !== view.streets) colors = new StreetColors(view.streets);
    const { at, running } = play.value;
    const hour = hourAt(view, at);
    if (!running && play.value.waits === Boolean(hour)) play.set({ waits: !hour });
    const changes = hour ? colors.go(hour.colors, at) : new Set();
    painter.changed(changes);
    if (running && changes.size <= LEAP) fresh.add(changes);
    else painter.hurry();
    trucks.show(view.vehicles, hour, hourBefore(view, at), at, { trails: shown.value.trails, running });
    dirty = false;
  }

  let last = null;
  function frame(moment) {
    if (last !== null) tick(Math.min(moment - last, LONGEST_FRAME_MS));
    last = moment;
    if (dirty) show();
    requestAnimationFrame(frame);
  }

  const mark = () => (dirty = true);
  play.follow(mark);
  storm.follow(mark);
  followHours(mark);
  shown.follow(({ hidden, street, truck }, changes) => {
    if ("hidden" in changes) repaint(map, hidden);
    if ("truck" in changes) trucks.ring(truck);
    if ("street" in changes) hold(street === null ? [] : [street]);
    mark();
  });
  followTheme(map, () => shown.value.hidden);
  map.on("click", (event) => choose(map, trucks, event));
  hover(map, trucks);
  requestAnimationFrame(frame);
}
