// Starts the operator's page.
import "../../pages/theme.js";
import "../../pages/notices.js";
import "./call-clock.js";
import "./form.js";
import "./answer.js";
import "./unplaced.js";
import { showMap } from "./map.js";
import { follow } from "./state.js";

follow();
await showMap();
