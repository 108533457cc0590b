// Keys that work anywhere on the board, unless one types or has switched them off.
import { keyOf } from "./shortcuts.js";

const OFF = "board-keys";

const typing = (target) => target.matches?.("input, textarea, select, [contenteditable]");

/** Whether single keys act; some who use a screen reader or dictate want them off. */
export const keysAct = () => localStorage.getItem(OFF) !== "off";

/** Switch single keys on or off, for this browser. */
export const letKeysAct = (on) => (on ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "off"));

/** Follow the keyboard from now on. */
export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    const key = keyOf(event);
    if (!key || (!key.always && (typing(event.target) || !keysAct()))) return;
    if (!key.always) event.preventDefault();
    key.act(event.target);
  });
}
