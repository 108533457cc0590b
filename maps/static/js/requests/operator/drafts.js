// Calls that were begun and not recorded: this tab keeps them for who took them, until they are recorded, discarded or signed out of, or a training is set back.
import { boot } from "../../pages/boot.js";

const KEPT = "barfrub-calls";
const MOST = 5;

/** Whether anything is known of a call. */
export const begun = ({ text, caller_phone, caller_name }) => [text, caller_phone, caller_name].some((each) => each.trim() !== "");

function stored() {
  const { login, epoch = 0, calls } = JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  return login === boot.login && epoch === boot.epoch ? calls : [];
}

const store = (calls) => (calls.length ? sessionStorage.setItem(KEPT, JSON.stringify({ login: boot.login, epoch: boot.epoch, calls: calls.slice(-MOST) })) : sessionStorage.removeItem(KEPT));

/** The calls that wait to be taken up again, besides the one with this key; the newest first. */
export const waitingCalls = (key) => stored().filter((each) => each.key !== key).reverse();

/** Forget a call. */
export const drop = (key) => store(stored().filter((each) => each.key !== key));

/** Keep a call as far as it has come, with how long it took until now; that replaces what was kept of it. */
export function keep({ key, rang, text, caller_name, caller_phone, language, consent, kind, dangers, join, place, startedAt }) {
  const leftAt = Date.now();
  const call = { key, rang, text, caller_name, caller_phone, language, consent, kind, dangers, join, place, leftAt, spentMs: leftAt - startedAt };
  const others = stored().filter((each) => each.key !== key);
  store(begun(call) ? [...others, call] : others);
}

store(stored()); // what somebody else left in this tab goes, and what was typed before a training was set back
