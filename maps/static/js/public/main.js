// Starts the public map.
import "../pages/theme.js";
import "./panels.js";
import { showMap } from "./map.js";
import { follow, load } from "./state.js";

await Promise.all([showMap(), load()]);
follow();
