// A new version of the page is taken between two stages, when nothing that was tapped waits on the phone.
import { holdUpdate, takeUpdate } from "../../pages/app/installed.js";
import { idle } from "./outbox.js";
import { current, drive } from "./state.js";

const FRESH_MS = 30000; // later the driver is busy with the next stage

let stage;
let changedAt = 0;

function decide({ loaded, shift, asking }) {
  if (!loaded) return;
  const now = current()?.first;
  if (stage !== now && stage !== undefined) changedAt = Date.now();
  stage = now;
  const between = shift.state !== "driving" || now === undefined || Date.now() - changedAt < FRESH_MS;
  if (between && idle() && !asking) takeUpdate();
  else holdUpdate();
}

/** Take new versions from now on. */
export const takeUpdatesBetweenStages = () => drive.follow(decide);
