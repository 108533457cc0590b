// The map itself: MapLibre with the city's own tiles, nothing from elsewhere.
import * as maplibregl from "maplibre-gl";
import { PMTiles, Protocol } from "pmtiles";
import { storedFirst } from "../app/stored-tiles.js";
import { boot, still } from "../boot.js";
import { t } from "../texts.js";
import { onTheme, waitBeforePrint } from "../theme.js";
import { addArrowIcon } from "./icons.js";
import { mapStyle, paints } from "./style.js";

const FONT_SAMPLE = "سلام ab 12";

const TRUCK_PX = 24;

const REPAINTED_MS = 5000; // nobody waits longer for paper, even if tiles do not come

const words = () => ({
  "NavigationControl.ZoomIn": t("Zoom in"),
  "NavigationControl.ZoomOut": t("Zoom out"),
  "AttributionControl.ToggleAttribution": t("Who made this map"),
  "Map.Title": t("Map"),
  "CooperativeGesturesHandler.WindowsHelpText": t("Hold Ctrl and scroll to zoom the map"),
  "CooperativeGesturesHandler.MacHelpText": t("Hold ⌘ and scroll to zoom the map"),
  "CooperativeGesturesHandler.MobileHelpText": t("Move the map with two fingers"),
});

const corner = (side) => ((document.dir === "rtl") === (side === "start") ? "right" : "left");

const WORKER = "/static/vendor/maplibre-gl/maplibre-gl-worker.mjs";

/** Have the map's own worker come through the page's service worker, which sees only what the page itself begins. */
function keepWorker() {
  const begin = new Blob([`import "${location.origin}${WORKER}";`], { type: "text/javascript" });
  maplibregl.setWorkerUrl(URL.createObjectURL(begin));
}

function serveTiles(stored) {
  const protocol = new Protocol();
  maplibregl.addProtocol("pmtiles", stored ? storedFirst(stored, protocol.tile) : protocol.tile);
  for (const tiles of [boot.city.tiles, boot.city.water, boot.city.places].filter(Boolean))
    protocol.add(new PMTiles(`${location.origin}${tiles}`));
}

/** Make the map in `#map` and wait until its style is there; `hidden` are the states not to show, `options` as in `mapStyle`, and the tiles `stored` on this phone. */
export async function makeMap(hidden, options) {
  if (options?.stored) keepWorker();
  serveTiles(options?.stored);
  await document.fonts.load("16px Vazirmatn", FONT_SAMPLE);
  const map = new maplibregl.Map({
    container: "map",
    style: mapStyle(hidden, options),
    bounds: boot.city.bounds,
    fitBoundsOptions: { padding: 24 },
    minZoom: 10, // the tiles begin there
    maxZoom: 19,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: still ? 0 : 150,
    attributionControl: false,
    locale: words(),
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), `top-${corner("end")}`);
  map.addControl(
    new maplibregl.AttributionControl({ compact: false, customAttribution: boot.city.attribution }),
    `bottom-${corner("start")}`,
  );
  await new Promise((done) => map.once("style.load", done));
  addArrowIcon(map);
  return map;
}

/** Repaint for another theme, another choice in the legend or another view. */
export function repaint(map, hidden, palette) {
  for (const [layer, property, value] of paints(hidden, palette)) map.setPaintProperty(layer, property, value);
}

/** Follow the theme until the function that this returns is called; `hidden` and `palette` say what is shown then. */
export const followTheme = (map, hidden, palette = () => undefined) =>
  onTheme(() => {
    addArrowIcon(map);
    repaint(map, hidden(), palette());
  });

/** Whether the legend lies over a place of the map, or so near that it hides a truck there. */
function underLegend(map, lngLat) {
  const legend = map.getContainer().parentElement.querySelector(".legend")?.getBoundingClientRect();
  if (!legend) return false;
  const box = map.getContainer().getBoundingClientRect();
  const { x, y } = map.project(lngLat);
  const [left, top] = [x + box.left, y + box.top];
  const beside = left < legend.left - TRUCK_PX || left > legend.right + TRUCK_PX;
  return !beside && top > legend.top - TRUCK_PX && top < legend.bottom + TRUCK_PX;
}

/** How much of the map's height a sheet hides that is open over its lower part, as on a phone. */
function hiddenBelow(map) {
  const box = map.getContainer().getBoundingClientRect();
  const over = ({ left, right, top, bottom }) => left < box.right && right > box.left && top < box.bottom && bottom > box.top;
  const tops = [...document.querySelectorAll(".side")].map((side) => side.getBoundingClientRect()).filter(over);
  return box.bottom - Math.min(box.bottom, ...tops.map(({ top }) => top));
}

/** Go to a place, only if it is out of sight, to the middle of what is seen of the map. */
export function reveal(map, lngLat) {
  const hidden = hiddenBelow(map);
  const above = map.project(lngLat).y < map.getContainer().clientHeight - hidden - TRUCK_PX;
  if (map.getBounds().contains(lngLat) && (above || !hidden) && !underLegend(map, lngLat)) return;
  map.easeTo({ center: lngLat, offset: [0, -hidden / 2], duration: still ? 0 : 600 });
}

/** Whether a map was painted since the theme changed last. */
function paintedSinceTheme(map) {
  let painted = true;
  onTheme(() => {
    painted = false;
    map.once("idle", () => (painted = true));
  });
  return () => painted;
}

/** What stands on paper in place of a map that is still dark. */
function unprinted(paper) {
  const words = document.createElement("p");
  words.className = "unprinted";
  words.textContent = t("The map was still dark and was left out. Print with the page's own button: then it is light.");
  paper.after(words);
  return words;
}

/**
 * Copy the map to the canvas `.printed` before the page is printed, with the streets that are held: a browser prints no map.
 * A browser's own command does not wait until a dark map is light: then words say what to do.
 */
export function printable(map) {
  const paper = document.querySelector("canvas.printed");
  const painted = paintedSinceTheme(map);
  const words = unprinted(paper);
  waitBeforePrint(
    () =>
      new Promise((done) => {
        map.once("idle", done);
        setTimeout(done, REPAINTED_MS);
      }),
  );
  addEventListener("beforeprint", () => {
    paper.hidden = !painted();
    words.hidden = painted();
    if (paper.hidden) return;
    map.redraw();
    const drawn = map.getCanvas();
    paper.width = drawn.width;
    paper.height = drawn.height;
    const pen = paper.getContext("2d");
    pen.drawImage(drawn, 0, 0);
    const held = document.querySelector("canvas.held:not([hidden])");
    if (!held) return;
    pen.globalAlpha = Number(held.style.opacity);
    pen.drawImage(held, 0, 0);
  });
}
