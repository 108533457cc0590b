// Starts the page of classes.
import "../../pages/theme.js";
import "../../pages/notices.js";
import "./side-panel.js";
import "./street.js";
import "./undo.js";
import { listen } from "../../pages/stream.js";
import { showMap } from "./map.js";
import { findStreets, loadClasses, refresh } from "./state.js";

const quiet = () => {};
await Promise.all([loadClasses(), findStreets()]);
await showMap();
listen({ city: refresh }, { heard: quiet, lost: quiet, resumed: refresh });
