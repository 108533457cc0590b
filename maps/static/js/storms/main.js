// Starts the page of storms: the list, or one of them.
import "../pages/theme.js";
import "../pages/notices.js";
import "./list.js";
import "./storm.js";
import { listen } from "../pages/stream.js";
import { refreshWeather } from "../weather/state.js";
import { refresh } from "./state.js";

const quiet = () => {};
const both = () => Promise.all([refresh(), refreshWeather()]);
await both();
listen({ storm: both, closures: refresh }, { heard: quiet, lost: quiet, resumed: both });
