// SOS: held for two seconds, or tapped and confirmed; it is sent before all else and until the server has heard it.
import { html, nothing } from "lit";
import { boot, now } from "../../pages/boot.js";
import { icon, Part } from "../../pages/element.js";
import { notify } from "../../pages/notices.js";
import { OfflineQueue } from "../../pages/offline-queue.js";
import { Store } from "../../pages/store.js";
import { t } from "../../pages/texts.js";
import { caller, freshPlace } from "./caller.js";

const HOLD_MS = 2000;

/** `unplaced` is when one called without a place, until one is known; `placed` whether the call that was heard had one. */
export const help = new Store({ asking: false, waiting: 0, heard: false, holding: false, placed: false, unplaced: "" });

let queue = null;

/** Be ready to call, with what an earlier visit to this page left unsent. */
export function startSos() {
  if (!caller.value.base) return;
  queue = new OfflineQueue(`sos-${caller.value.id}`, {
    changed: (waiting) => help.set({ waiting: waiting.length }),
    sent: ({ body }) => help.set({ heard: true, asking: true, placed: "lon" in body }),
    refused: (error) => notify(error.message, "danger"),
  });
}

const sendCall = (at, here) => queue.send(`${caller.value.base}/sos`, { tapped_at: at, ...here });

function call() {
  navigator.vibrate?.(400);
  const at = new Date(now()).toISOString();
  const here = freshPlace();
  help.set({ asking: true, heard: false, unplaced: "lon" in here ? "" : at });
  sendCall(at, here);
}

/** The place is known now: a call that went out without one gets it. */
export function placeCall() {
  const { unplaced } = help.value;
  if (!unplaced) return;
  help.set({ unplaced: "" });
  sendCall(unplaced, freshPlace());
}

class Sos extends Part {
  get stores() {
    return [help, caller];
  }

  press() {
    this.held = false; // the sheet that a held call opens takes its click, so that this is not forgotten there
    help.set({ holding: true });
    this.timer = setTimeout(() => {
      this.held = true;
      help.set({ holding: false });
      call();
    }, HOLD_MS);
  }

  release() {
    clearTimeout(this.timer);
    if (help.value.holding) help.set({ holding: false });
  }

  tap() {
    if (!this.held) help.set({ asking: true, heard: false });
    this.held = false;
  }

  updated() {
    const sheet = this.querySelector("dialog");
    if (!sheet) return;
    if (help.value.asking && !sheet.open) sheet.showModal();
    if (!help.value.asking && sheet.open) sheet.close();
  }

  state({ heard, waiting, placed }) {
    if (waiting > 0) return html`<p class="lead" role="alert">${t("Calling for help… The call is repeated until dispatch has it.")}</p>`;
    if (heard) return html`<p class="lead" role="alert">${icon("circle-check")}${placed ? t("Dispatch has your call and sees where you are.") : t("Dispatch has your call. Say where you are.")}</p>`;
    return html`<p class="lead">${t("Dispatch is alerted at once.")}</p>
      <button class="alarm" @click=${call}>${icon("siren")}${t("Call for help now")}</button>`;
  }

  render() {
    if (!caller.value.base) return nothing;
    const { holding } = help.value;
    return html`<button
        class="sos ${holding ? "holding" : ""}"
        title=${t("Hold for two seconds, or tap and confirm")}
        @pointerdown=${this.press}
        @pointerup=${this.release}
        @pointerleave=${this.release}
        @pointercancel=${this.release}
        @contextmenu=${(event) => event.preventDefault()}
        @click=${this.tap}
      >
        ${icon("siren")}<span>${t("SOS")}</span>
      </button>
      <dialog class="sheet" aria-label=${t("Call for help")} @close=${() => help.set({ asking: false })}>
        <h2>${t("Call for help")}</h2>
        ${this.state(help.value)}
        <p class="muted">${t("If you can, call the emergency services too.")}</p>
        ${boot.emergency.map((number) => html`<a class="button" href=${`tel:${number.replaceAll(" ", "")}`}>${icon("phone")}${t("Call {number}", { number })}</a>`)}
        <button @click=${() => help.set({ asking: false })}>${t("Back")}</button>
      </dialog>`;
  }
}
customElements.define("drive-sos", Sos);
