// Alerts in a panel: what each says, what ends it, and who sees to it.
import { html } from "lit";
import { t, time } from "../pages/texts.js";
import { personText } from "../accounts/people.js";
import { board, choose, mayDispatch } from "../board/state.js";
import { endsIt, putOff } from "./actions.js";
import { rowOfCause } from "./alerts.js";
import { causeOfAlert } from "./causes.js";
import { give } from "./hand-over.js";
import { alertText, alertTitle, awaitsUs, byWhom, close, lasting, see } from "./server-alerts.js";

/** Who sees to an alert, to be changed by those who dispatch; a call for help is over when they say so. */
function owned(alert) {
  if (!mayDispatch) return html`<span class="muted small">${byWhom(alert)}</span>`;
  const { owners } = board.value;
  return html`<div class="owned">
    ${alert.given_by ? html`<span class="muted small">${byWhom(alert)}</span>` : ""}
    <label><span>${t("Assigned to")}</span><select @change=${(event) => give(alert, event.target)}>
      ${[...new Set([...owners, alert.owner])].map((login) => html`<option value=${login} .selected=${login === alert.owner}>${personText(login)}</option>`)}
    </select></label>
    ${alert.kind === "sos" ? html`<button @click=${() => close(alert)}><span class="icon icon-check" aria-hidden="true"></span>${t("End this alert")}</button>` : ""}
  </div>`;
}

const acknowledge = (alert) =>
  mayDispatch && awaitsUs(alert)
    ? html`<button @click=${() => see(alert)}><span class="icon icon-check" aria-hidden="true"></span>${t("Acknowledge")}</button>`
    : "";

const trucksOf = ({ vehicle_id: truck }) => (truck === null ? [] : [truck]);
const requestsOf = ({ facts: { request } }) => (request === undefined ? [] : [request]);

const alertItem = (alert) => html`<li class="alert">
  <span class="icon icon-${alert.kind === "sos" ? "siren" : "triangle-alert"} danger" aria-hidden="true"></span>
  <span>${alertText(alert)} <span class="muted">${t("since {time}", { time: time(alert.since) })}</span></span>
  <div class="alert-orders">
    ${endsIt(alert.kind, trucksOf(alert), requestsOf(alert))} ${acknowledge(alert)} ${alert.acknowledged_by ? owned(alert) : ""}
    ${putOff(rowOfCause(causeOfAlert(alert)))}
  </div>
</li>`;

/** Alerts, for the panel of the truck or the request that they are about. */
export const alertList = (alerts) => (alerts.length === 0 ? "" : html`<ul class="alerts">${alerts.map(alertItem)}</ul>`);

/** The alerts of a truck, for its panel. */
export const alertFacts = (vehicleId) => alertList(lasting(vehicleId));

/** An alert of the whole fleet: it belongs to no truck, so it has a panel of its own. */
export function alertPanel(id) {
  const alert = board.value.alerts.get(id);
  if (!alert || alert.until) return html`<p class="muted">${t("This alert is over.")}</p>`;
  return html`<h2>${alertTitle(alert)}</h2>
    ${alertList([alert])}
    ${
      alert.segment_id === null
        ? ""
        : html`<button @click=${() => choose("street", alert.segment_id)}>
            <span class="icon icon-map-pin" aria-hidden="true"></span>${t("Show the first street")}
          </button>`
    }`;
}
