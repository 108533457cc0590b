// Keeps the screen on while the page is in sight: nobody unlocks a phone with gloves. While the driver rests it may go dark.
import { isResting } from "./duty/rest.js";
import { drive } from "./state.js";

let lock = null;

async function hold() {
  if (isResting(drive.value) || document.visibilityState !== "visible" || lock?.released === false) return;
  try {
    lock = await navigator.wakeLock?.request("screen");
  } catch {
    // A phone that saves its battery says no; the page works all the same.
  }
}

/** Hold the screen now, whenever the page comes back into sight, and once a rest is over. */
export function stayAwake() {
  document.addEventListener("visibilitychange", hold);
  drive.follow((value, changes) => {
    if (!("shift" in changes)) return;
    if (isResting(value)) lock?.release();
    else hold();
  });
  return hold();
}
