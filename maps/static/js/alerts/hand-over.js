// Alerts that one dispatcher gives to another: the order, and what is said to whoever is given one.
import { attempt, echo, notify } from "../pages/notices.js";
import { t } from "../pages/texts.js";
import { personText } from "../accounts/people.js";
import { change } from "../messages/presence.js";
import { board, mayDispatch, merge } from "../board/state.js";
import { alertText, alertTitle, awaitsUs, isHandedOver, lasting } from "./server-alerts.js";

/** Give an alert to who is chosen in a field; where that is refused, the field names its owner again. */
export async function give(alert, field) {
  const login = field.value;
  const given = await attempt(() => change(`alert:${alert.id}`, `/api/alerts/${alert.id}/owner`, { login }));
  if (!given) {
    field.value = alert.owner;
    return;
  }
  merge("alerts", [given]);
  if (isHandedOver(given)) echo(t("Handed over to {who}; it waits until {who} acknowledges it.", { who: personText(login) }));
}

let told = new Set();

/** Say of an alert that was given to us that it was. */
function tell() {
  const ours = lasting().filter((one) => isHandedOver(one) && awaitsUs(one));
  for (const alert of ours.filter(({ id }) => !told.has(id))) {
    const giver = personText(alert.given_by || alert.acknowledged_by);
    notify(t("{giver} hands an alert over to you: {title}: {text}", { giver, title: alertTitle(alert), text: alertText(alert) }));
  }
  told = new Set(ours.map(({ id }) => id));
}

if (mayDispatch) board.follow((_, changes) => changes.alerts && tell());
