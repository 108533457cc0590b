// The crew's map: its jobs with their numbers, and where it is; kept on the phone, so that it is there without a signal.
import { Marker } from "maplibre-gl";
import { storedTiles } from "../../pages/app/stored-map.js";
import { followTheme, makeMap } from "../../pages/map/map.js";
import { number } from "../../pages/texts.js";
import { ahead, crew, jobs } from "./state.js";

const NOTHING_HIDDEN = new Set();
const CLOSE_ZOOM = 17;
const FIT = { padding: 64, maxZoom: CLOSE_ZOOM, duration: 0 };

let map = null;
let here = null;
const pins = new Map();

function pin(job) {
  const element = document.createElement("span");
  element.textContent = number(jobs.indexOf(job) + 1);
  element.title = job.place;
  pins.set(job.id, element);
  new Marker({ element }).setLngLat([job.lon, job.lat]).addTo(map);
}

function drawPins() {
  const open = ahead();
  for (const { id } of jobs) {
    const mine = open.findIndex((job) => job.id === id);
    pins.get(id).className = `maplibregl-marker job-pin ${mine < 0 ? "over" : mine === 0 ? "first" : ""}`;
  }
}

function drawPlace(place) {
  if (!place) return;
  if (!here) {
    const element = document.createElement("span");
    element.className = "icon icon-locate-fixed here";
    here = new Marker({ element });
  }
  here.setLngLat([place.lon, place.lat]).addTo(map);
}

function fit() {
  const shown = ahead().length > 0 ? ahead() : jobs;
  if (shown.length === 0) return;
  const [lons, lats] = [shown.map(({ lon }) => lon), shown.map(({ lat }) => lat)];
  map.fitBounds([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)], FIT);
}

async function open() {
  map = await makeMap(NOTHING_HIDDEN, { stored: await storedTiles() });
  globalThis.boardMap = map; // for tests and for the curious at the console
  followTheme(map, () => NOTHING_HIDDEN);
  jobs.forEach(pin);
  drawPins();
  drawPlace(crew.value.place);
  fit();
}

/** Make the map when somebody first looks at it, and keep it up to date from then on. */
export function prepareMap() {
  let opened = false;
  const follow = ({ view, place }, changes = {}) => {
    if (view === "map" && !opened) {
      opened = true;
      requestAnimationFrame(open);
    } else if (map) {
      if ("states" in changes) drawPins();
      if ("place" in changes) drawPlace(place);
    }
  };
  crew.follow(follow);
  follow(crew.value);
}
