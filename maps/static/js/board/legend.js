// The legend of the board's map.
import { MapLegend } from "../map/legend.js";
import { selection } from "./state.js";

class Legend extends MapLegend {
  get choice() {
    return selection;
  }
}
customElements.define("board-legend", Legend);
