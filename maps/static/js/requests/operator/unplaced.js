// Requests that nobody could place yet: choose one, then click the map.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { t } from "../../pages/texts.js";
import { listbox } from "../../pages/listbox.js";
import { requestRow } from "../../board/rows.js";
import { openPage } from "../page.js";
import { call } from "./state.js";

class Waiting extends Part {
  get stores() {
    return [call];
  }

  render() {
    const { waiting, placing } = call.value;
    if (waiting.length === 0) return "";
    return html`<section class="waiting-list">
      <h2>${t("Unlocated")}</h2>
      ${
        placing === null
          ? html`<p class="muted small">${t("Choose one, then click its place on the map.")}</p>`
          : html`<p class="hint">${t("Click the place on the map.")}</p>`
      }
      ${listbox({
        id: "waiting",
        label: t("Unlocated"),
        items: waiting,
        selected: placing ?? undefined,
        choose: (id) => call.set({ placing: id }),
        enter: openPage,
        row: requestRow,
      })}
    </section>`;
  }
}
customElements.define("operator-waiting", Waiting);
