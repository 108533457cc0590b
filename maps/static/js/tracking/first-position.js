// A tracker just made: its token, a code for Traccar Client, and whether its first position has come.
import { html } from "lit";
import { age, number, t } from "../pages/texts.js";
import "../pages/copy-link.js";
import { choose } from "./positions-map.js";
import { trackers } from "./state.js";

const UNREACHABLE = /^(localhost|127\.|\[::1\])/;

/** The row of the tracker that was made last. */
const rowOf = ({ page, made }) => page?.trackers.find(({ id }) => id === made?.id);

/** Whether the tracker has sent nothing since its token was made. */
export function waits(value) {
  const row = rowOf(value);
  return Boolean(row) && (row.heard_at === null || row.heard_at === value.made.heard_before);
}

function progress() {
  const row = rowOf(trackers.value);
  if (waits(trackers.value))
    return html`<span class="icon icon-radio-tower waiting" aria-hidden="true"></span>${t("Waiting for the first position…")}`;
  if (!row?.location || row.located_at === trackers.value.made.located_before)
    return html`<span class="icon icon-circle-alert" aria-hidden="true"></span>${t("A message has come, but no position that can be believed yet.")}`;
  return html`<span class="icon icon-check" aria-hidden="true"></span>${t("A position has come, {span} ago.", { span: age(row.located_at) })}
    <button type="button" @click=${() => choose(row)}>${t("Show on the map")}</button>`;
}

/** The token, the code, and how far it is. */
export function firstPosition() {
  const { made } = trackers.value;
  const { size, path } = made.qr;
  return html`<setup-link
      .heading=${t("Token of {name}", { name: made.name })}
      .address=${made.token}
      .note=${t("It is shown only now. Enter it in the tracker as its identifier or as its password.")}
      @dismiss=${() => trackers.set({ made: null })}
    ></setup-link>
    <section class="card phone-setup" aria-labelledby="phone">
      <h2 id="phone">${t("Or set up a phone with Traccar Client")}</h2>
      <svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label=${t("QR code that sets Traccar Client up")}><path d=${path}></path></svg>
      <ol>
        <li>${t("Install the free app Traccar Client on the phone.")}</li>
        <li>${t("Open its settings, tap the QR sign and scan this code.")}</li>
        <li>${t("Switch its tracking on.")}</li>
      </ol>
      ${UNREACHABLE.test(location.host) ? html`<p class="small"><span class="icon icon-triangle-alert" aria-hidden="true"></span> ${t("A phone does not reach this address. Open this page by the server's own name first.")}</p>` : ""}
      <p class="standing first" role="status">${progress()}</p>
    </section>`;
}

/** The battery of a tracker, where its last position told it. */
export const battery = ({ battery: level }) =>
  level === null ? "" : html`<span class="battery${level <= 20 ? " low" : ""}"><span class="icon icon-battery${level <= 20 ? "-low" : ""}" aria-hidden="true"></span>${t("battery {value} %", { value: number(level) })}</span>`;
