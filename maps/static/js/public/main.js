// Starts the public map.
import "../pages/theme.js";
import "./panels.js";
import { showMap } from "./map.js";
import { follow, load, shown } from "./state.js";

const drawn = showMap().catch(() => shown.set({ mapless: true }));
await Promise.all([drawn, load()]);
follow();
