// Starts the page of storms: the list, or one of them.
import "../pages/theme.js";
import "../pages/notices.js";
import "./list.js";
import "./storm.js";
import { listen } from "../pages/stream.js";
import { refresh } from "./state.js";

const quiet = () => {};
await refresh();
listen({ storm: refresh, closures: refresh }, { heard: quiet, lost: quiet, resumed: refresh });
