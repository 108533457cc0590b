// Every key of the board, in one table: what the help sheet lists is what works. Keys are places on the keyboard
// (`event.code`), so that they are the same with Persian and Latin letters on them.
import { t } from "../../pages/texts.js";
import { beginEditing, editing, leaveEditing } from "../../edits/draft.js";
import { openSheet } from "../bottom-sheets.js";
import { board, choose, mayDispatch, selection } from "../state.js";
import { nextView, views } from "../views/views.js";
import { dangerAlert } from "../../alerts/dangers.js";
import { awaitsUs, lasting, see } from "../../alerts/server-alerts.js";

const lists = () => document.querySelector("board-lists");
const timeline = () => document.querySelector("board-timeline");

function list(tab) {
  openSheet("lists");
  lists().open(tab);
  lists().updateComplete.then(() => document.getElementById(`list-${tab}`)?.focus());
}

function plan() {
  choose(null);
  openSheet("side");
  document.querySelector("board-side .panel")?.focus();
}

function filter() {
  openSheet("lists");
  document.getElementById("filter")?.focus();
}

/** See to the first alert of what is chosen, else to the first that nobody sees to. */
function seeTo() {
  const { chosen } = selection.value;
  const own = { alert: (id) => board.value.alerts.get(id), request: dangerAlert }[chosen?.kind]?.(chosen.id);
  const mine = own ? [own] : lasting(chosen?.kind === "truck" ? chosen.id : undefined);
  const alert = mine.find((one) => one && awaitsUs(one));
  if (alert && mayDispatch) see(alert);
}

/** Let go: of placing a pin, else of the field that is typed into, else of what is selected. */
export function letGo(target) {
  if (selection.value.placing !== null) selection.set({ placing: null });
  else if (target.matches("input, textarea, select")) target.blur();
  else choose(null);
}

/** Groups of keys: `shown` is what is printed on the key, `words` say what it does. Each does one thing, without Ctrl or Alt. */
export const GROUPS = [
  {
    title: () => t("Lists"),
    keys: [
      { code: "KeyR", shown: "R", words: () => t("Go to requests"), act: () => list("requests") },
      { code: "KeyT", shown: "T", words: () => t("Go to trucks"), act: () => list("trucks") },
      { code: "KeyA", shown: "A", words: () => t("Go to alerts"), act: () => list("alerts") },
      { code: "Slash", shown: "/", words: () => t("Search the list"), act: filter },
      { code: "KeyJ", shown: "J", words: () => t("Next in the list"), act: () => lists().walk(1) },
      { code: "KeyK", shown: "K", words: () => t("Previous in the list"), act: () => lists().walk(-1) },
      { code: "KeyI", shown: "I", words: () => t("Acknowledge this alert"), act: seeTo },
    ],
  },
  {
    title: () => t("Map and panels"),
    keys: [
      { code: "KeyM", shown: "M", words: () => t("Go to the map: arrows move it"), act: () => document.querySelector("#map canvas")?.focus() },
      { code: "KeyV", shown: "V", words: () => t("Next view of the map"), act: () => !views.value.wall && nextView() },
      { code: "KeyP", shown: "P", words: () => t("Show the plan"), act: plan },
      { code: "KeyE", shown: "E", words: () => t("Edit the plan by hand"), act: () => (editing() ? leaveEditing() : beginEditing()) },
      { code: "KeyG", shown: "G", words: () => t("Assign the selected street to a truck"), act: () => document.querySelector("#takers button:not(:disabled)")?.focus() },
      { code: "KeyD", shown: "D", words: () => t("Light or dark"), act: () => document.getElementById("theme")?.click() },
      { code: "KeyW", shown: "W", words: () => t("Wall screen, and back"), act: () => document.querySelector("board-wall")?.toggle() },
      { code: "Escape", shown: "Esc", words: () => t("Deselect"), act: letGo, always: true },
    ],
  },
  {
    title: () => t("Timeline"),
    keys: [
      { code: "KeyL", shown: "L", words: () => t("Open and close the timeline"), act: () => timeline().toggle() },
      { code: "KeyN", shown: "N", words: () => t("Show now on the timeline"), act: () => timeline().goToNow() },
    ],
    within: [
      ["↑ ↓", () => t("another truck")],
      [", .", () => t("leg before, leg after")],
      ["← →", () => t("earlier, later")],
      ["+ −", () => t("nearer, farther")],
      ["0", () => t("the whole plan")],
      ["Enter", () => t("the next leg")],
    ],
  },
  {
    title: () => t("Help"),
    keys: [{ code: "Slash", shift: true, shown: "?", words: () => t("This sheet"), act: () => document.querySelector("board-help")?.toggle() }],
  },
];

const KEYS = GROUPS.flatMap(({ keys }) => keys);

/** The key of the table that an event is, or undefined. */
export const keyOf = (event) =>
  event.ctrlKey || event.altKey || event.metaKey
    ? undefined
    : KEYS.find(({ code, shift = false }) => code === event.code && shift === event.shiftKey);
