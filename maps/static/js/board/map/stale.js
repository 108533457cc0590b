// Says over the map, not in a corner, that what it shows is old.
import { html } from "lit";
import { TickingPart } from "../../pages/element.js";
import { duration, t } from "../../pages/texts.js";
import { board } from "../state.js";

const PATIENCE_MS = 10000;

class Stale extends TickingPart {
  get stores() {
    return [board];
  }

  render() {
    const { connected, heardAt, loaded } = board.value;
    const old = Date.now() - heardAt;
    if (connected || old < PATIENCE_MS) return "";
    return html`<p class="stale" role="alert">
      <span class="icon icon-wifi-off" aria-hidden="true"></span>${
        loaded
          ? t("No connection for {span}. The map shows how things were then; we keep trying.", {
              span: duration(old),
            })
          : t("The server does not answer. We keep trying.")
      }
    </p>`;
  }
}
customElements.define("board-stale", Stale);
