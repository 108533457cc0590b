// Starts the instructor's page of a rehearsal.
import "../../pages/theme.js";
import "../../pages/notices.js";
import "./add.js";
import "./calls.js";
import "./clock.js";
import "./note.js";
import "./seats.js";
import "./timeline.js";
import { follow } from "./state.js";

await follow();
