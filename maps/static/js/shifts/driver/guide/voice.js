// Keeps the voice of the route on a phone that has none of the driver's language.
import { drive, isOver } from "../state.js";
import { speaksByItself, voice, voicesKnown } from "./speech.js";
import { storeVoice } from "./stored-voice.js";

const AGAIN_MS = 20000; // phrases are being spoken meanwhile, or nobody answered

let asked = ""; // the route whose voice is here as far as there is one
let busy = false;
let restsUntil = 0;

const routeOf = ({ shift_id: shiftId, plan_id: planId }) => `${shiftId} ${planId}`;

async function store(shift) {
  busy = true;
  restsUntil = Date.now() + AGAIN_MS;
  try {
    await voicesKnown();
    const { missing, speaks } = voice() ? { missing: 0, speaks: true } : await storeVoice(routeOf(shift));
    if (missing === 0) asked = routeOf(shift);
    drive.set({ voiceless: missing === 0 && !speaks && !speaksByItself() });
  } catch {
    // asked again: until then tones lead
  }
  busy = false;
}

/** Streets and map come first: without them nothing leads. */
function follow({ shift, connected, stored }) {
  if (!shift || isOver(shift) || !connected || !stored || busy || shift.plan_id === null) return;
  if (routeOf(shift) !== asked && Date.now() > restsUntil) store(shift);
}

/** Keep the voice of each route from now on. */
export const keepVoice = () => drive.follow(follow);
