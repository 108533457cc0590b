// A driver or a crew calls for help: above map and lists and with a tone, until somebody acknowledges it. What callers are in danger of sounds here too.
import { html } from "lit";
import { Part } from "../pages/element.js";
import { get } from "../pages/net.js";
import { worthAnotherTry } from "../pages/offline-queue.js";
import { streetName, t, time } from "../pages/texts.js";
import { board, choose, mayDispatch, onlyWall } from "../board/state.js";
import { play, wake } from "./tones.js";
import { unanswered } from "../alerts/dangers.js";
import { alertText, alertTitle, lasting, see } from "../alerts/server-alerts.js";

const AGAIN_MS = 2000;
const HIGH_HZ = 880;
const LOW_HZ = 660;
const DANGER_HZ = 520;
const DANGER_AGAIN_MS = 30000; // a request is no call that waits on the line

/** Calls for help that nobody has acknowledged. */
export const callsForHelp = () => lasting().filter((alert) => alert.kind === "sos" && !alert.acknowledged_at);

const callerOf = ({ vehicle_id: id, facts: { crew } }) => (id === null ? `crew:${crew}` : id);

async function phoneOf({ vehicle_id: id, facts: { crew } }) {
  if (id !== null) return (await get(`/api/board/trucks/${id}`)).phone;
  return (await get("/api/crews")).find((one) => one.id === crew)?.contact;
}

class Sos extends Part {
  static properties = { phones: { state: true }, mute: { state: true } };

  constructor() {
    super();
    this.phones = new Map();
    this.mute = true;
    this.heard = new Set();
    this.dangerAt = 0;
  }

  get stores() {
    return [board];
  }

  connectedCallback() {
    super.connectedCallback();
    const touched = () => {
      wake();
      this.mute = false;
    };
    for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, touched, { once: true });
    this.ringing = setInterval(() => this.ring(), AGAIN_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.ringing);
  }

  ring() {
    this.learnPhones();
    if (callsForHelp().length > 0) play(HIGH_HZ, LOW_HZ);
    else this.ringOfDanger();
  }

  /** A danger that a caller reported sounds once at first, and again now and then until somebody acknowledges it. */
  ringOfDanger() {
    const ids = unanswered().map(({ id }) => id);
    const again = performance.now() - this.dangerAt >= DANGER_AGAIN_MS;
    if (ids.length === 0 || !(again || ids.some((id) => !this.heard.has(id)))) return;
    if (!play(DANGER_HZ, DANGER_HZ)) return;
    this.heard = new Set(ids);
    this.dangerAt = performance.now();
  }

  updated() {
    this.learnPhones();
  }

  learnPhones() {
    if (onlyWall) return;
    for (const alert of callsForHelp()) if (!this.phones.has(callerOf(alert))) this.askPhone(alert);
  }

  /** Learn whom to call; where nobody answers, with the next tone again. */
  async askPhone(alert) {
    const caller = callerOf(alert);
    this.phones.set(caller, "");
    try {
      const phone = await phoneOf(alert);
      this.phones = new Map(this.phones).set(caller, phone ?? "");
    } catch (error) {
      if (worthAnotherTry(error)) this.phones.delete(caller);
    }
  }

  call(alert) {
    const phone = this.phones.get(callerOf(alert));
    if (!phone) return "";
    return html`<a class="button" href="tel:${phone.replace(/[^+\d]/g, "")}"><span class="icon icon-phone" aria-hidden="true"></span>${t("Call")} <bdi dir="ltr">${phone}</bdi></a>`;
  }

  /** Show where it is, on the map and in the panel. */
  show(alert) {
    if (alert.vehicle_id === null) choose("alert", alert.id);
    else choose("truck", alert.vehicle_id);
    if (alert.lon !== null) globalThis.boardMap?.easeTo({ center: [alert.lon, alert.lat], zoom: 16 });
  }

  item(alert) {
    const where = alert.street ? html` · <bdi>${streetName(alert.street)}</bdi>` : "";
    return html`<li>
      <span class="icon icon-siren" aria-hidden="true"></span>
      <p><strong>${t("SOS")} · <bdi>${alertTitle(alert)}</bdi></strong> ${alertText(alert)} <span>${time(alert.since)}${where}</span></p>
      <div class="ends">
        ${mayDispatch ? html`<button class="primary" @click=${() => see(alert)}><span class="icon icon-check" aria-hidden="true"></span>${t("Acknowledge")}</button>` : ""}
        ${onlyWall ? "" : html`<button @click=${() => this.show(alert)}><span class="icon icon-map-pin" aria-hidden="true"></span>${t("Show")}</button>`}
        ${this.call(alert)}
      </div>
    </li>`;
  }

  render() {
    const calls = callsForHelp();
    if (calls.length === 0) return "";
    return html`<section class="sos" role="alert" aria-label=${t("Calls for help")}>
      <ul>${calls.map((alert) => this.item(alert))}</ul>
      ${this.mute ? html`<p class="small">${t("Tap the page once to allow sound.")}</p>` : ""}
    </section>`;
  }
}
customElements.define("board-sos", Sos);
