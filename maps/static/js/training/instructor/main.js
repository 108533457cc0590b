// Starts the instructor's page of a rehearsal.
import "../../pages/theme.js";
import "../../pages/notices.js";
import { listen } from "../../pages/stream.js";
import "./add.js";
import "./calls.js";
import "./clock.js";
import "./note.js";
import "./seats.js";
import "./timeline.js";
import { follow } from "./state.js";

listen();
await follow();
