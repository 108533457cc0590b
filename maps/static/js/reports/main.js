// Starts the council's page.
import "../pages/theme.js";
import "../pages/notices.js";
import "./figures.js";
import "./restated.js";
import "./ages.js";
import "./map/filter.js";
import "./header.js";
import "./method.js";
import "./districts.js";
import "./revisions.js";
import "./map/street.js";
import "./map/stale.js";
import "./table.js";
import { showMap } from "./map/map.js";
import { keepChoice, load } from "./state.js";
import { follow } from "./stream.js";

keepChoice();
const drawn = showMap();
await load();
follow();
await drawn;
