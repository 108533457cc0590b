// Starts the council's page.
import "../pages/theme.js";
import "../pages/notices.js";
import "./figures.js";
import "./filter.js";
import "./head.js";
import "./method.js";
import "./parts.js";
import "./revisions.js";
import "./side.js";
import "./stale.js";
import "./table.js";
import { showMap } from "./ground.js";
import { keepAddress, load } from "./state.js";
import { follow } from "./stream.js";

keepAddress();
const drawn = showMap();
await load();
follow();
await drawn;
