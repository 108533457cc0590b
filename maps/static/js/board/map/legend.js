// The legend of the board's map, with the switch between its views.
import { html } from "lit";
import { t } from "../../pages/texts.js";
import { MapLegend } from "../../pages/map/legend.js";
import { view, viewStores } from "../views/shown.js";
import { chooseView, shownView, VIEWS, views } from "../views/views.js";
import { onlyWall, selection } from "../state.js";

class Legend extends MapLegend {
  get choice() {
    return selection;
  }

  get stores() {
    return [selection, views, ...viewStores];
  }

  /** Nobody unfolds anything on a wall. */
  get shut() {
    return this.folded && !views.value.wall;
  }

  /** Who chooses a view wants to read its colors. */
  willUpdate() {
    const { chosen } = views.value;
    if (this.chosen && this.chosen !== chosen) this.folded = false;
    this.chosen = chosen;
  }

  one(name, words) {
    return this.entry(name, words, !selection.value.hidden.has(name), () => this.toggle(name));
  }

  /** Closed streets lie over the colors, and are hidden and shown like a state; so are the signs of crew jobs. */
  more() {
    return [this.one("closed", t("Closed")), onlyWall ? "" : this.one("crew", t("Crew jobs"))];
  }

  /** The views, without which nobody would look for them in a legend. */
  always() {
    if (views.value.wall) return "";
    return html`<div class="views" role="group" aria-label=${t("What the map shows")}>
      ${VIEWS.map(
        ({ name, words, title }) =>
          html`<button type="button" aria-pressed=${name === shownView()} title=${title()} @click=${() => chooseView(name)}>${words()}</button>`,
      )}
    </div>`;
  }

  list() {
    const { legend } = view();
    return legend ? legend((name, words) => this.one(name, words)) : super.list();
  }
}
customElements.define("board-legend", Legend);
