// Alerts that one dispatcher gives to another: the order, and what is said to whoever is given one.
import { boot } from "../pages/boot.js";
import { attempt, echo, notify, withdraw } from "../pages/notices.js";
import { t } from "../pages/texts.js";
import { personText } from "../accounts/people.js";
import { change } from "../messages/presence.js";
import { board, mayDispatch, merge } from "../board/state.js";
import { alertText, alertTitle, awaitsUs, isHandedOver, lasting } from "./server-alerts.js";

const given = new Map(); // what was said of alerts that we gave, and to whom
const told = new Map(); // what was said of alerts that were given to us

/** Give an alert to who is chosen in a field; where that is refused, the field names its owner again. */
export async function give(alert, field) {
  const login = field.value;
  const now = await attempt(() => change(`alert:${alert.id}`, `/api/alerts/${alert.id}/owner`, { login }));
  if (!now) {
    field.value = alert.owner;
    return;
  }
  merge("alerts", [now]);
  if (!isHandedOver(now)) return;
  const text = t("Handed over to {who}; it waits until {who} acknowledges it.", { who: personText(login) });
  given.set(alert.id, { text, login });
  echo(text);
}

const waitsFor = (login, alert) => alert !== undefined && isHandedOver(alert) && alert.owner === login;

/** What waits no more, because it was acknowledged, given on or is over, need not be said any longer. */
function forget(said) {
  for (const [id, { text, login }] of said) {
    if (waitsFor(login, board.value.alerts.get(id))) continue;
    said.delete(id);
    withdraw(text);
  }
}

/** Say of an alert that was given to us that it was. */
function tell() {
  const ours = lasting().filter((one) => isHandedOver(one) && awaitsUs(one));
  for (const alert of ours.filter(({ id }) => !told.has(id))) {
    const giver = personText(alert.given_by || alert.acknowledged_by);
    const text = t("{giver} hands an alert over to you: {title}: {text}", { giver, title: alertTitle(alert), text: alertText(alert) });
    told.set(alert.id, { text, login: boot.login });
    notify(text);
  }
}

function follow() {
  for (const said of [given, told]) forget(said);
  tell();
}

if (mayDispatch) board.follow((_, changes) => changes.alerts && follow());
