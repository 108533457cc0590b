// The legend of the replay's map: streets, and the trails of trucks.
import { t } from "../../pages/texts.js";
import { MapLegend } from "../../pages/map/legend.js";
import { shown } from "../state.js";

class Legend extends MapLegend {
  get choice() {
    return shown;
  }

  more() {
    const { trails } = shown.value;
    return this.entry("trail", t("The last ten minutes of each truck"), trails, () => shown.set({ trails: !trails }));
  }
}
customElements.define("replay-legend", Legend);
