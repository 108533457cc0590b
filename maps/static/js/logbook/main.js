// A vehicle's day: its track on the map, tied to the bar and to the lines of the log.
import { printPage } from "../pages/theme.js";
import "../pages/notices.js";
import { get } from "../pages/net.js";
import { showDayMap } from "./day-map.js";
import { followMoment } from "./moment.js";

const box = document.getElementById("day-map");

document.getElementById("print")?.addEventListener("click", printPage);
if (box) {
  const [map, track] = await Promise.all([showDayMap(), get(box.dataset.track)]);
  map.show(track);
  followMoment(map, track);
}
