// Several alerts of one cause: what is done about all of them at once, then each by itself.
import { html } from "lit";
import { age, isolated, t } from "../pages/texts.js";
import { choose, mayDispatch } from "../board/state.js";
import { endsIt, putOff } from "./actions.js";
import { rowOfCause } from "./alerts.js";
import { causeOf } from "./causes.js";
import { awaitsUs, see } from "./server-alerts.js";
import { thumbnail } from "../shifts/blockage.js";

async function seeAll(alerts) {
  for (const alert of alerts) await see(alert);
}

const item = (one) => html`<li class="alert">
  <span class="icon icon-${one.icon ?? "triangle-alert"} ${one.seenBy && !one.waits ? "" : "danger"}" aria-hidden="true"></span>
  <div>
    <p><button class="link" @click=${() => choose(one.kind, one.target)}>${isolated(one.title)}</button> <span class="muted small">${one.since ? age(one.since) : ""}</span></p>
    <p>${one.text}</p>
    ${thumbnail(one.blockage)}
  </div>
</li>`;

/** The panel of a cause, by its number. */
export function causePanel(number) {
  const cause = causeOf(number);
  const row = rowOfCause(cause);
  if (!row) return html`<p class="muted">${t("This alert is over.")}</p>`;
  const told = row.items.flatMap(({ alert }) => (alert ? [alert] : []));
  const open = told.filter(awaitsUs);
  const [trucks, requests] = [told.map((alert) => alert.vehicle_id), told.map((alert) => alert.facts.request)];
  return html`<h2>${row.title}</h2>
    <div class="alert-orders">
      ${endsIt(told[0]?.kind, trucks, requests)}
      ${
        mayDispatch && open.length > 0
          ? html`<button @click=${() => seeAll(open)}>
              <span class="icon icon-check" aria-hidden="true"></span>${t("acknowledge:{count}", { count: open.length })}
            </button>`
          : ""
      }
      ${putOff(row)}
    </div>
    <ul class="alerts">${row.items.map(item)}</ul>`;
}
