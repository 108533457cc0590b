// Keys that work anywhere on the board.
import { choose, selection } from "./state.js";

const typing = (target) => target.matches("input, textarea, select");

/** "/" goes to the filter, Escape lets go of whatever is held. */
export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !typing(event.target)) {
      event.preventDefault();
      document.getElementById("filter")?.focus();
    }
    if (event.key !== "Escape") return;
    if (selection.value.placing !== null) selection.set({ placing: null });
    else if (typing(event.target)) event.target.blur();
    else choose(null);
  });
}
