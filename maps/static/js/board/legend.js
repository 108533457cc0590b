// The legend of the board's map.
import { t } from "../core/texts.js";
import { MapLegend } from "../map/legend.js";
import { selection } from "./state.js";

class Legend extends MapLegend {
  get choice() {
    return selection;
  }

  /** Closed streets lie over the colors, and are hidden and shown like a state. */
  more() {
    return this.entry("closed", t("Closed"), !selection.value.hidden.has("closed"), () => this.toggle("closed"));
  }
}
customElements.define("board-legend", Legend);
