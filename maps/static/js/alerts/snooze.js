// Alerts put off at this board: for half an hour, or until their cause gets worse. Nobody else's board hides them.
import { boot, now } from "../pages/boot.js";
import { Store } from "../pages/store.js";

const KEY = `barfrub-snoozed:${boot.login}`;
const LASTS_MS = 30 * 60_000;

function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

/** By cause: until when it is put off, and how much it was then. */
export const snoozes = new Store({ of: stored() });

function keep(of) {
  localStorage.setItem(KEY, JSON.stringify(of));
  snoozes.set({ of });
}

/** Whether a row of the list is put off; one with more alerts or streets than then is not any more. */
export function snoozed({ cause, weight, severity }) {
  const then = snoozes.value.of[cause];
  return then !== undefined && then.until > now() && weight <= then.weight && severity <= then.severity;
}

/** Put a row of the list off. */
export function snooze({ cause, weight, severity }) {
  const lasting = Object.entries(snoozes.value.of).filter(([, { until }]) => until > now());
  keep({ ...Object.fromEntries(lasting), [cause]: { until: now() + LASTS_MS, weight, severity } });
}

/** Show a row of the list again. */
export function wake({ cause }) {
  const { [cause]: _, ...others } = snoozes.value.of;
  keep(others);
}
