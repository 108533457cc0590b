// Alerts put off for all boards: for half an hour, or until their cause gets worse.
import { now } from "../pages/boot.js";
import { get, post } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { t, time } from "../pages/texts.js";
import { personText } from "../accounts/people.js";
import { board, keyed, merge } from "../board/state.js";

const PATH = "/api/alerts/snoozes";

/** Ask which causes are put off. */
export async function reloadSnoozes() {
  board.set({ snoozes: keyed(await get(PATH)) });
}

/** The snooze of a row of the list while it holds; one with more alerts or streets than then is not put off any more. */
function snoozeOf({ cause, weight, severity }) {
  const then = [...board.value.snoozes.values()].find((one) => one.cause === cause);
  return then && Date.parse(then.until) > now() && weight <= then.weight && severity <= then.severity ? then : null;
}

export const snoozed = (row) => snoozeOf(row) !== null;

/** Who put a row of the list off, and until when; nothing where nobody did. */
export function snoozeWords(row) {
  const then = snoozeOf(row);
  return then ? t("snoozed by {who} until {time}", { who: personText(then.snoozed_by), time: time(then.until) }) : "";
}

async function change(path, body) {
  const changed = await attempt(() => post(path, body));
  if (changed) merge("snoozes", [changed]);
}

/** Put a row of the list off. */
export const snooze = ({ cause, weight, severity }) => change(`${PATH}/${cause}`, { weight, severity });

/** Show a row of the list again. */
export const wake = ({ cause }) => change(`${PATH}/${cause}/end`);
