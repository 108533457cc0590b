// Which storm is played.
import { html } from "lit";
import { Part } from "../pages/element.js";
import { day, isolated, t } from "../pages/texts.js";
import { load, storm } from "./state.js";

/** A storm by its name, with its day unless the name says it. */
const label = ({ name, started_at: at }) => (name.includes(day(at)) ? name : `${isolated(name)} · ${day(at)}`);

class Header extends Part {
  get stores() {
    return [storm];
  }

  render() {
    const { view, failed } = storm.value;
    if (failed) return html`<p class="problem" role="alert">${failed}</p>`;
    if (!view) return html`<span class="storm" aria-busy="true"></span>`;
    if (!view.storm) return html`<span class="storm">${t("Replay")}</span>`;
    return html`<label class="storm">
      <span class="unseen">${t("Storm")}</span>
      <select @change=${(event) => load(Number(event.target.value), 0)}>
        ${view.storms.map(
          (one) => html`<option value=${one.id} ?selected=${one.id === view.storm.id}>${label(one)}</option>`,
        )}
      </select>
    </label>`;
  }
}
customElements.define("replay-header", Header);
