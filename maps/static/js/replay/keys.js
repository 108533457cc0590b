// The keyboard: space plays and holds, arrows step through time, brackets change the speed.
import { faster, jump, play, seek, shown, storm, toggle } from "./state.js";

const STEP_S = 60;
const LONG_STEP_S = 600;

/** Whether a key belongs to the field or button that has the focus: a button needs only those that press it. */
const taken = (target, key) =>
  target.closest?.("input:not([type=range]), select, textarea") ||
  ([" ", "Enter"].includes(key) && target.closest?.("button, a"));

const ORDERS = {
  " ": toggle,
  ArrowLeft: ({ shiftKey }) => seek(play.value.at - (shiftKey ? LONG_STEP_S : STEP_S)),
  ArrowRight: ({ shiftKey }) => seek(play.value.at + (shiftKey ? LONG_STEP_S : STEP_S)),
  ArrowUp: () => faster(1),
  ArrowDown: () => faster(-1),
  Home: () => seek(0),
  End: () => seek(storm.value.view?.lasts_s ?? 0),
  n: () => jump(1),
  p: () => jump(-1),
  Escape: () => shown.set({ street: null, truck: null }),
};

/** Listen from now on; keys that a field or button of its own needs stay with it. */
export function listen() {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || taken(event.target, event.key)) return;
    if (event.target.closest?.("#map") && event.key.startsWith("Arrow")) return; // there they move the map
    const order = ORDERS[event.key];
    if (!order) return;
    event.preventDefault();
    order(event);
  });
}
