// The crew's map: its jobs with their numbers, and where it is; kept on the phone, so that it is there without a signal.
import { Marker } from "maplibre-gl";
import { openedAtFirstLook } from "../../pages/app/first-look.js";
import { fitPlaces, hereMarker, makeKeptMap } from "../../pages/app/kept-map.js";
import { number } from "../../pages/texts.js";
import { ahead, crew, jobs } from "./state.js";

let map = null;
let drawPlace = () => {}; // until the map is there
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

async function open() {
  map = await makeKeptMap();
  jobs.forEach(pin);
  drawPins();
  drawPlace = hereMarker(map);
  drawPlace(crew.value.place);
  fitPlaces(map, ahead().length > 0 ? ahead() : jobs);
}

/** Make the map when somebody first looks at it, and keep it up to date from then on. */
export function prepareMap() {
  const look = openedAtFirstLook(open);
  const follow = ({ view, place }, changes = {}) => {
    look(view === "map");
    if (map) {
      if ("states" in changes) drawPins();
      if ("place" in changes) drawPlace(place);
    }
  };
  crew.follow(follow);
  follow(crew.value);
}
