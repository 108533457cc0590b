// Starts the dispatcher's board.
import "../core/theme.js";
import "../core/notices.js";
import "./lists.js";
import "./legend.js";
import "./sheets.js";
import "./side.js";
import "./stale.js";
import "./strip.js";
import { attempt } from "../core/notices.js";
import { reloadClosures } from "./closures.js";
import { reloadDrivers } from "./drivers.js";
import { listen } from "./keys.js";
import { reload } from "./state.js";
import { follow } from "./stream.js";
import { showMap } from "./ground.js";
import { reloadWatch } from "./watch.js";

listen();
const drawn = showMap();
await attempt(reload);
attempt(reloadDrivers);
attempt(reloadClosures);
attempt(reloadWatch);
follow();
await drawn;
