// Starts the page of requests: its tabs, and keys that work anywhere on it.
import "../../pages/theme.js";
import "../../pages/notices.js";
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { number, t } from "../../pages/texts.js";
import "./bulk.js";
import { askCalls, calls } from "../../followup/callbacks.js";
import "./spreadsheet.js";
import "./filters.js";
import { showMap } from "./map.js";
import "../../followup/referrals.js";
import "./list.js";
import { follow, open, queue } from "./state.js";

const TABS = { requests: () => t("Requests"), calls: () => t("Call back"), given: () => t("Referred") };

class Tabs extends Part {
  get stores() {
    return [queue, calls];
  }

  take(name) {
    open(name);
    if (name === "calls") askCalls();
  }

  walk(event) {
    const names = Object.keys(TABS);
    const towards = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!towards) return;
    const forward = document.dir === "rtl" ? -towards : towards;
    this.take(names[(names.indexOf(queue.value.tab) + forward + names.length) % names.length]);
    this.updateComplete.then(() => this.querySelector('[aria-selected="true"]').focus());
  }

  updated() {
    document.body.dataset.tab = queue.value.tab;
  }

  render() {
    const { tab } = queue.value;
    const waiting = calls.value.list?.total ?? 0;
    return html`<div class="tabs" role="tablist" aria-label=${t("Parts of this page")} @keydown=${this.walk}>
      ${Object.entries(TABS).map(
        ([name, title]) => html`<button class="tab" role="tab" id="tab-${name}" aria-selected=${name === tab} aria-controls="panel" tabindex=${name === tab ? 0 : -1} @click=${() => this.take(name)}>${title()}${name === "calls" && waiting ? html`<span class="count">${number(waiting)}</span>` : ""}</button>`,
      )}
    </div>`;
  }
}
customElements.define("requests-tabs", Tabs);

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input, textarea, select, dialog")) return;
  event.preventDefault();
  document.getElementById("words")?.focus();
});

follow();
await showMap();
