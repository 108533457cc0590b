// Says over the map, not in a corner, that what it shows is old.
import { html } from "lit";
import { TickingPart } from "../../pages/element.js";
import { duration, t } from "../../pages/texts.js";
import { council, live } from "../state.js";

const PATIENCE_MS = 10000;

class Stale extends TickingPart {
  get stores() {
    return [council];
  }

  render() {
    const { connected, heardAt } = council.value;
    const old = Date.now() - heardAt;
    if (connected || !live() || old < PATIENCE_MS) return "";
    return html`<p class="stale" role="alert">
      <span class="icon icon-wifi-off" aria-hidden="true"></span>${t("No connection for {span}. The map shows how things were then; we keep trying.", { span: duration(old) })}
    </p>`;
  }
}
customElements.define("council-stale", Stale);
