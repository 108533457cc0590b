// The legend of the board's map.
import { t } from "../../pages/texts.js";
import { MapLegend } from "../../pages/map/legend.js";
import { onlyWall, selection } from "../state.js";

class Legend extends MapLegend {
  get choice() {
    return selection;
  }

  one(name, words) {
    return this.entry(name, words, !selection.value.hidden.has(name), () => this.toggle(name));
  }

  /** Closed streets lie over the colors, and are hidden and shown like a state; so are the signs of crew jobs. */
  more() {
    return [this.one("closed", t("Closed")), onlyWall ? "" : this.one("crew", t("Crew jobs"))];
  }
}
customElements.define("board-legend", Legend);
