// Around every view: whose route this is and how far, three tabs, and whether we are heard.
import { html, nothing } from "lit";
import { boot } from "../../pages/boot.js";
import { Part } from "../../pages/element.js";
import { number, t } from "../../pages/texts.js";
import { drive, progress } from "./state.js";
import { thread, unseen } from "../../messages/phone/state.js";
import { icon, PICTURES, share } from "./words.js";

const TABS = {
  now: ["navigation", () => t("Now")],
  list: ["list", () => t("List")],
  map: ["map", () => t("Map")],
  messages: ["message-square", () => t("Messages")],
};

class Title extends Part {
  get stores() {
    return [drive];
  }

  render() {
    const { shift, stages } = drive.value;
    const name = shift?.vehicle ?? t("Drive");
    return html`<div class="whose">
      <h1 dir="auto">${name}</h1>
      ${stages.length ? html`<p class="share">${share(progress())}</p>` : nothing}
    </div>`;
  }
}
customElements.define("drive-title", Title);

const TRACKING = {
  starting: () => t("Looking for your position…"),
  found: () => t("Your position is known."),
  sent: () => t("Your position is sent."),
  tracker: () => t("The machine's own tracker sends your position."),
  denied: () => t("Your position is not sent: allow location for this page in the browser's settings."),
  insecure: () =>
    t("Your position cannot be sent: this address is not secure (https). Everything else works."),
};
const UNTRACKED = ["denied", "insecure"];

function line() {
  const { connected, waiting, tracking, loaded } = drive.value;
  if (!loaded) return nothing;
  if (!connected) {
    const kept =
      waiting > 0
        ? t("No network. {count} taps are kept and sent later.", { count: waiting })
        : t("No network. Drive on: your taps are kept.");
    return html`<p class="line warning">${icon("wifi-off")}${kept}</p>`;
  }
  if (boot.training && tracking === "tracker") return nothing; // nobody's position is sent in a training
  const text = TRACKING[tracking]();
  return UNTRACKED.includes(tracking)
    ? html`<p class="line warning">${icon("triangle-alert")}${text}</p>`
    : html`<p class="line">${icon("satellite")}${text}</p>`;
}

const fresh = (name) => (name === "messages" && unseen().length > 0 ? html`<span class="fresh">${number(unseen().length)}</span>` : nothing);

/** Pictures that may be wanted without a network, where nothing else keeps them: to fetch all of them holds up the route. */
const stash = () =>
  navigator.serviceWorker?.controller ? nothing : html`<div class="stash" aria-hidden="true">${PICTURES.map((name) => icon(name))}</div>`;

class Tabs extends Part {
  get stores() {
    return [drive, thread];
  }

  updated() {
    document.getElementById("drive").dataset.view = drive.value.view;
  }

  render() {
    const { view } = drive.value;
    return html`<nav class="tabs" aria-label=${t("Parts of this page")}>
        ${Object.entries(TABS).map(
          ([name, [picture, word]]) => html`<button
            class="tab"
            aria-pressed=${name === view}
            @click=${() => drive.set({ view: name, looked: null })}
          >
            ${icon(picture)}<span>${word()}</span>${fresh(name)}
          </button>`,
        )}
      </nav>
      <div role="status">${line()}</div>
      ${stash()}`;
  }
}
customElements.define("drive-tabs", Tabs);
