// Starts the replay of a storm.
import "../pages/theme.js";
import "../pages/notices.js";
import "./clock.js";
import "./controls.js";
import "./head.js";
import "./legend.js";
import "./past.js";
import { showMap } from "./ground.js";
import { listen } from "./keys.js";
import { load } from "./state.js";

const drawn = showMap();
listen();
await load();
await drawn;
