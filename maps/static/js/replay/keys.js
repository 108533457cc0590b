// The keyboard: space plays and holds, arrows step through time, brackets change the speed.
import { faster, jump, play, seek, storm, toggle } from "./state.js";

const STEP_S = 60;
const LONG_STEP_S = 600;

const typing = (target) => target.closest?.("input:not([type=range]), select, textarea, button, a");

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
};

/** Listen from now on; keys that a field or button of its own needs stay with it. */
export function listen() {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    if (event.target.closest?.("#map") && event.key !== " ") return; // arrows move the map there
    const order = ORDERS[event.key];
    if (!order) return;
    event.preventDefault();
    order(event);
  });
}
