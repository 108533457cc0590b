// Keeps the screen on while the page is in sight: nobody unlocks a phone with gloves.

async function hold() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // A phone that saves its battery says no; the page works all the same.
  }
}

/** Hold the screen now and whenever the page comes back into sight. */
export function stayAwake() {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") hold();
  });
  return hold();
}
