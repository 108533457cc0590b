// Starts the dispatcher's board.
import "../pages/theme.js";
import "../pages/notices.js";
import "../messages/handover-notes.js";
import "../edits/bar.js";
import "./keys/help.js";
import "./lists.js";
import "./map/legend.js";
import "../alerts/next-action.js";
import "../messages/who-is-here.js";
import "./bottom-sheets.js";
import "./side-panel.js";
import "../messages/sos.js";
import "./map/stale.js";
import "./strip.js";
import "./timeline/timeline.js";
import "./wall.js";
import { attempt } from "../pages/notices.js";
import { listen } from "./keys/keys.js";
import { startPresence } from "../messages/presence.js";
import { choose, onlyWall, reload } from "./state.js";
import { follow } from "./stream.js";
import { showMap } from "./map/map.js";

if (!onlyWall) listen();
const drawn = showMap();
await attempt(reload);
follow();
if (!onlyWall) startPresence();
const asked = Number(new URLSearchParams(location.search).get("request")); // the page of a request leads here
if (asked > 0) choose("request", asked);
await drawn;
document.querySelector("board-wall").mapIsThere();
