// Keeps the screen on while the page is in sight and wants it; a browser forgets that whenever the page was hidden.
const TRIES = 3; // what is wanted may change while the browser answers

/** What is to be called whenever that may have changed which `isWanted` tells; the screen is held once, however often. */
export function screenKeeper(isWanted) {
  let lock = null;
  let busy = false;
  const wanted = () => isWanted() && document.visibilityState === "visible";
  const held = () => lock?.released === false;
  const change = async () => {
    if (held()) await lock.release();
    else lock = await navigator.wakeLock.request("screen");
  };
  const follow = async () => {
    if (busy || !navigator.wakeLock) return;
    busy = true;
    try {
      for (let tries = 0; tries < TRIES && wanted() !== held(); tries += 1) await change();
    } catch {
      // A phone that saves its battery says no; the page works all the same.
    }
    busy = false;
  };
  document.addEventListener("visibilitychange", follow);
  return follow;
}
