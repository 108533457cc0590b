// Starts the replay of a storm.
import "../pages/theme.js";
import "../pages/notices.js";
import "./clock.js";
import "./controls.js";
import "./header.js";
import "./map/legend.js";
import "./street.js";
import { showMap } from "./map/map.js";
import { listen } from "./keys.js";
import { load } from "./state.js";

const drawn = showMap();
listen();
await load();
await drawn;
