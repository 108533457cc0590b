// The controls of the simulated truck on the driver's phone in a rehearsal: go, stop, lower and lift the blade.
import { html, nothing } from "lit";
import { Part, icon } from "../pages/element.js";
import { get, post } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { Store } from "../pages/store.js";
import { t } from "../pages/texts.js";
import { guide } from "../shifts/driver/guide/state.js";
import { wantsBladeDown } from "../shifts/driver/now.js";
import { drive } from "../shifts/driver/state.js";

const AGAIN_MS = 5000;

/** What the driver does with his truck; null until it is known. */
const truck = new Store({ controls: null });

let waiting = 0;
let before = Promise.resolve();

/** Send an order after those before it: a glove taps faster than the network answers, and the last tap counts. */
function send(path, body) {
  waiting += 1;
  before = before.then(async () => {
    const controls = await attempt(() => post(path, body));
    waiting -= 1;
    if (controls && waiting === 0) truck.set({ controls });
  });
}

function work(changes) {
  const controls = { ...truck.value.controls, ...changes };
  truck.set({ controls });
  send("/api/training/drive", { going: controls.going, blade: controls.blade });
}

async function follow() {
  try {
    const controls = await get("/api/training/drive");
    if (waiting === 0) truck.set({ controls });
  } catch {
    // The next question is soon.
  }
  setTimeout(follow, AGAIN_MS);
}

class Controls extends Part {
  get stores() {
    return [truck, drive, guide];
  }

  render() {
    const { controls } = truck.value;
    if (!controls || drive.value.shift?.state !== "driving") return nothing;
    const { seated, going, blade } = controls;
    const wanted = wantsBladeDown();
    const isWrong = going && wanted !== null && wanted !== blade;
    if (!seated)
      return html`<div class="truck-controls"><p>${t("The simulation drives this truck.")}</p>
        <button type="button" @click=${() => send("/api/training/drive", { going: false, blade: false })}>${icon("truck")}${t("Drive it yourself")}</button></div>`;
    return html`<div class="truck-controls" role="group" aria-label=${t("The simulated truck")}>
      <button type="button" class=${going ? "" : "primary"} aria-pressed=${going} @click=${() => work({ going: !going })}>${icon(going ? "square" : "play", going ? "" : "mirrored")}${going ? t("Stop the truck") : t("Let the truck go")}</button>
      <button type="button" class=${isWrong ? "primary" : ""} aria-pressed=${blade} @click=${() => work({ blade: !blade })}>${icon(blade ? "arrow-up-from-line" : "arrow-down-to-line")}${blade ? t("Lift the blade") : t("Lower the blade")}</button>
      <button type="button" class="quiet leave-truck" @click=${() => send("/api/training/drive/leave", {})}>${t("Leave it to the simulation")}</button>
    </div>`;
  }
}
customElements.define("training-drive", Controls);

await follow();
