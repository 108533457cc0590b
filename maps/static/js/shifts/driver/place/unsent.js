// Positions that the server has not taken yet: in order, and on the phone's shelf so that a dead battery loses none.
import { drop, keep, kept } from "../../../pages/app/shelf.js";
import { boot } from "../../../pages/boot.js";
import { post } from "../../../pages/net.js";
import { worthAnotherTry } from "../../../pages/offline-queue.js";
import { drive } from "../state.js";

const SHELF = `unsent-positions-${boot.login}`; // those of another driver wait for him
const SHELF_MS = 10000; // between two writes: a disk costs power too
const AGAIN_MS = 10000; // where nobody answered
const MOST_KEPT = 5000;
const BATCH = 300;

const queue = []; // each with the shift that it belongs to

let sending = false;
let waiting = 0;
let writing = 0;
let pauseMs = AGAIN_MS;
let isOnShelf = false;

let after = () => undefined;

/** Have something done whenever positions were sent: the radio is awake then. */
export const afterSending = (step) => {
  after = step;
};

/** Write to the shelf what waits. */
export async function shelvePositions() {
  writing = 0;
  if (queue.length > 0) isOnShelf = await keep(SHELF, queue);
  else if (isOnShelf) await drop(SHELF);
  isOnShelf &&= queue.length > 0;
}

function changed() {
  if (queue.length > 0 || isOnShelf) writing ||= setTimeout(shelvePositions, SHELF_MS);
}

function sendIn(waitMs) {
  waiting ||= setTimeout(sendPositions, waitMs);
}

/** Take a fix, which may wait for others for some time. */
export function addPosition(shift, entry, waitMs) {
  queue.push({ shift, entry });
  if (queue.length > MOST_KEPT) queue.shift();
  pauseMs = waitMs || AGAIN_MS;
  changed();
  sendIn(waitMs);
}

/** The oldest positions, of one shift. */
function batch() {
  const [{ shift }] = queue;
  const other = queue.findIndex((one) => one.shift !== shift);
  return queue.slice(0, Math.min(BATCH, other < 0 ? queue.length : other));
}

async function sendBatch(positions) {
  const [{ shift }] = positions;
  const told = await post(`/api/shifts/${shift}/positions`, { positions: positions.map(({ entry }) => entry) });
  return { tracking: told.needed ? "sent" : "tracker", connected: true };
}

function sent(positions) {
  while (queue.length > 0 && positions.includes(queue[0])) queue.shift();
  changed();
}

/** Send batch after batch without a pause; whether the server answered. */
async function sendAll() {
  while (queue.length > 0) {
    const positions = batch();
    const isLast = positions.length === queue.length;
    try {
      const told = await sendBatch(positions);
      sent(positions);
      drive.set(told);
    } catch (error) {
      if (worthAnotherTry(error)) return false;
      sent(positions);
    }
    if (isLast) break; // what came meanwhile waits for more
  }
  return true;
}

/** Send what waits now; where nobody answers, try again soon. */
async function sendPositions() {
  clearTimeout(waiting);
  waiting = 0;
  if (sending || queue.length === 0) return;
  sending = true;
  const answered = await sendAll();
  sending = false;
  if (answered) after();
  else drive.set({ connected: false });
  if (queue.length > 0) sendIn(answered ? pauseMs : AGAIN_MS);
}

/** Take up what an earlier visit to this page left unsent. */
export async function resumePositions() {
  const before = (await kept(SHELF)) ?? [];
  isOnShelf = before.length > 0;
  queue.unshift(...before);
  if (isOnShelf) sendPositions();
}
