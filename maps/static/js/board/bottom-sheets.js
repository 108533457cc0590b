// On a phone the side panels are sheets over the map, opened from a bar at the bottom.
import { html } from "lit";
import { Part } from "../pages/element.js";
import { Store } from "../pages/store.js";
import { t } from "../pages/texts.js";
import { selection } from "./state.js";

const sheets = new Store({ open: "none" });

/** Open "lists" or "side", or show the map alone ("none"); wide screens show all three. */
export function openSheet(name) {
  document.getElementById("table").dataset.sheet = name;
  sheets.set({ open: name });
}

const narrow = matchMedia("(max-width: 900px)");

// What somebody chooses, in a list or on the map, is shown: the panel would stay behind the list.
selection.follow(({ chosen }, changes) => {
  if ("chosen" in changes && chosen && narrow.matches) openSheet("side");
});

const BAR = [
  ["none", "map", "Map"],
  ["lists", "list", "Lists"],
  ["side", "route", "Plan"],
];

class Sheets extends Part {
  get stores() {
    return [sheets];
  }

  render() {
    return html`<nav class="bar" aria-label=${t("Parts of this page")}>
      ${BAR.map(
        ([
          name,
          icon,
          word,
        ]) => html`<button class="quiet" aria-pressed=${sheets.value.open === name} @click=${() => openSheet(name)}>
          <span class="icon icon-${icon}" aria-hidden="true"></span>${t(word)}
        </button>`,
      )}
    </nav>`;
  }
}
customElements.define("board-sheets", Sheets);
