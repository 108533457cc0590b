// Starts the council's page.
import "../pages/theme.js";
import "../pages/notices.js";
import "./figures.js";
import "./sections/restated.js";
import "./sections/ages.js";
import "./sections/classes.js";
import "./sections/attention.js";
import "./sections/fairness.js";
import "./sections/money.js";
import "./sections/machine-gain.js";
import "./sections/storms.js";
import "./map/filter.js";
import "./header.js";
import "./method.js";
import "./districts.js";
import "./sections/revisions.js";
import "./map/street.js";
import "./map/stale.js";
import "./table.js";
import { showMap } from "./map/map.js";
import { choice, enlarge, load } from "./state.js";
import { follow } from "./stream.js";

enlarge(choice.value.large);
const drawn = showMap();
await load();
follow();
await drawn;
