// A new version of the page is taken between two stages, when no turn is near, nobody writes, reports or calls and the server has all taps.
import { takeUpdate, updateWaits } from "../../pages/app/installed.js";
import { writing } from "../../pages/app/writing.js";
import { help } from "../../messages/phone/sos.js";
import { turns } from "./guide/change.js";
import { idle } from "./outbox.js";
import { isAttaching } from "./report/sent.js";
import { current, drive } from "./state.js";

const FRESH_MS = 30000; // later the driver is busy with the next stage
const REPORT_MS = 30000; // whoever adds a photo or a note to a report begins sooner

let stage;
let changedAt = 0;

function isBetweenStages({ shift }) {
  const now = current()?.first;
  return shift.state !== "driving" || now === undefined || Date.now() - changedAt < FRESH_MS;
}

const calls = ({ asking, holding, waiting }) => asking || holding || waiting > 0;

const reports = ({ report }) => isAttaching() || (report !== null && Date.now() - report.at < REPORT_MS);

const suits = (value) =>
  value.loaded && isBetweenStages(value) && !turns() && idle() && !value.asking && !reports(value) && !calls(help.value) && !writing();

/** Whether this page may be loaded anew now. */
export const mayUpdate = () => suits(drive.value);

function decide() {
  if (!drive.value.loaded) return;
  const now = current()?.first;
  if (stage !== now && stage !== undefined) changedAt = Date.now();
  stage = now;
  if (updateWaits()) takeUpdate();
}

/** Take new versions from now on. */
export function takeUpdatesBetweenStages() {
  drive.follow(decide);
  help.follow(decide);
}
