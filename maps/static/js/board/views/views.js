// Which view the board's map shows, that is what the colors of streets say; this browser remembers it.
import { Store } from "../../pages/store.js";
import { t } from "../../pages/texts.js";
import { onlyWall } from "../state.js";

const KEPT = "board-view";

/** All views in the order of the switch and its key: a short name for the switch, and what it shows. */
export const VIEWS = [
  { name: "coverage", words: () => t("Coverage"), title: () => t("Coverage: how clear each street is") },
  { name: "plowed", words: () => t("Since plowed"), title: () => t("Time since each street was plowed") },
  { name: "routes", words: () => t("Routes"), title: () => t("Routes: the sections of each truck, and how much is done") },
];

const known = (name) => VIEWS.some((view) => view.name === name);

function remembered() {
  const name = localStorage.getItem(KEPT);
  return known(name) ? name : "coverage";
}

/** `chosen` is the view of the desk; a wall (`wall`) shows coverage whatever is chosen. */
export const views = new Store({ chosen: remembered(), wall: onlyWall });

/** The view that is shown now. */
export const shownView = () => (views.value.wall ? "coverage" : views.value.chosen);

/** Show a view, now and the next time. */
export function chooseView(name) {
  localStorage.setItem(KEPT, name);
  views.set({ chosen: name });
}

/** Show the next view of the switch, the first after the last. */
export function nextView() {
  const at = VIEWS.findIndex(({ name }) => name === views.value.chosen);
  chooseView(VIEWS[(at + 1) % VIEWS.length].name);
}
