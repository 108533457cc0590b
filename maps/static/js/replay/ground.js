// Ties the map to the moment that is played: colors follow it, trucks glide.
import { CoveragePainter } from "../map/coverage.js";
import { followTheme, makeMap, repaint } from "../map/ground.js";
import { StreetColors } from "./colors.js";
import { followHours, hourAt, hourBefore } from "./hours.js";
import { play, shown, storm, tick } from "./state.js";
import { PastTrucks } from "./trucks.js";

const LONGEST_FRAME_MS = 250; // a window that was hidden does not leap ahead

/** Draw the map and keep it at the moment that is played. */
export async function showMap() {
  const map = await makeMap(shown.value.hidden);
  globalThis.boardMap = map; // for tests and for the curious at the console
  const trucks = new PastTrucks(map);
  let colors = new StreetColors([]);
  const painter = new CoveragePainter(map, { get: (id) => colors.states.get(id) ?? [-1, -1] });
  let dirty = true;

  function show() {
    const { view } = storm.value;
    if (!view?.storm) return;
    if (colors.ids !== view.streets) colors = new StreetColors(view.streets);
    const { at } = play.value;
    const hour = hourAt(view, at);
    if (hour) painter.changed(colors.go(hour.colors, at));
    trucks.show(view.vehicles, hour, hourBefore(view, at), at, shown.value.trails);
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
  shown.follow(({ hidden, truck }, changes) => {
    if ("hidden" in changes) repaint(map, hidden);
    if ("truck" in changes) trucks.ring(truck);
    mark();
  });
  followTheme(map, () => shown.value.hidden);
  map.on("click", ({ point }) => shown.set({ truck: trucks.at(point)?.id ?? null }));
  requestAnimationFrame(frame);
}
