// Starts the page of storms: the list, or one of them.
import "../core/theme.js";
import "../core/notices.js";
import "./list.js";
import "./desk.js";
import { listen } from "../core/stream.js";
import { refresh } from "./state.js";

const quiet = () => {};
await refresh();
listen({ storm: refresh, closures: refresh }, { heard: quiet, lost: quiet, resumed: refresh });
