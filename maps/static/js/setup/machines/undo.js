// The last change of the fleet, who made it, and the button that takes it back.
import { html } from "lit";
import { personText } from "../../accounts/people.js";
import { Part } from "../../pages/element.js";
import { day, t, time } from "../../pages/texts.js";
import { fleet, undo } from "./state.js";

class Undo extends Part {
  get stores() {
    return [fleet];
  }

  render() {
    const { view, busy } = fleet.value;
    const last = view?.last_change;
    if (!last) return "";
    const said = t(`change:${last.what}`, { name: last.name });
    return html`<div class="undo">
      <p role="status">${said}<span class="muted small">${t("{date}, {time}, by {login}", { date: day(last.at), time: time(last.at), login: personText(last.by) })}</span></p>
      <button @click=${undo} ?disabled=${busy}><span class="icon icon-undo-2 mirrored" aria-hidden="true"></span>${last.what === "undone" ? t("Redo this") : t("Undo")}</button>
    </div>`;
  }
}
customElements.define("fleet-undo", Undo);
