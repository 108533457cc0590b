// What each list holds, which states it may be narrowed to, in which orders it may stand, and what is done with all of it.
import { html } from "lit";
import { boot, now } from "../pages/boot.js";
import { latinDigits } from "../pages/number-fields.js";
import { named, t } from "../pages/texts.js";
import { alerts, unassigned, wanted } from "../alerts/alerts.js";
import { dangerAlert } from "../alerts/dangers.js";
import { snoozed } from "../alerts/snooze.js";
import { chooseTrucks } from "../shifts/fleet-orders.js";
import { isPast, restDue, shiftOf, STATES, stateOf } from "../shifts/truck-states.js";
import { openPage } from "../requests/page.js";
import { alertRow, needsPin, requestRow, truckRow } from "./rows.js";
import { board, mayDispatch, openRequests, tellSeen, vehicles } from "./state.js";

const LATE_MIN = 10;

/** Times of the server are texts that sort; to parse ten thousand of them at every look would take long. */
const isLate = (request, moment) => request.due_at !== null && request.due_at < moment;
const behind = ({ id }) => (isPast(id) ? 0 : Math.round(board.value.checks.get(id)?.late_min ?? 0));
const all = () => true;

const by = (key) => (one, other) => {
  const [first, second] = [key(one), key(other)];
  return first < second ? -1 : first > second ? 1 : 0;
};

/** The way to orders for all trucks with a shift that a list shows. */
function ordersForAll(found) {
  const ids = found.map(({ id }) => id).filter((id) => shiftOf(id));
  if (!mayDispatch || !board.value.storm || ids.length === 0) return "";
  return html`<button class="together" @click=${() => chooseTrucks(ids)}>
    <span class="icon icon-truck" aria-hidden="true"></span>${t("orders for:{count}", { count: ids.length })}
  </button>`;
}

const NEVER = "9999";

/** Lists by name. `height` is that of each row; `null` where a list has one row a cause, as high as its words. `states` and `orders` are tried from the first, which is what a list begins with. */
export const LISTS = {
  requests: {
    title: () => t("Requests"),
    kind: "request",
    height: 57,
    items: openRequests,
    words: (request) => [request.reference, request.address, request.text].join(" "),
    request: ({ id }) => id,
    seen: tellSeen,
    row: requestRow,
    enter: ({ id }) => openPage(id),
    empty: () => [t("No open requests"), t("Callers' reports appear here at once.")],
    states: {
      all: { words: () => t("All"), fits: all },
      pin: { words: () => t("place unknown"), fits: needsPin },
      late: { words: () => t("past clear-by time"), fits: isLate },
      ice: { words: () => named("kind", "ice"), fits: ({ kind }) => kind === "ice" },
      blocked: { words: () => named("kind", "blocked"), fits: ({ kind }) => kind === "blocked" },
    },
    orders: {
      gravest: { words: () => t("most severe first"), compare: by(({ id }) => (dangerAlert(id) ? 0 : 1)) },
      oldest: { words: () => t("oldest first"), compare: null },
      newest: { words: () => t("newest first"), compare: (one, other) => by((each) => each.received_at)(other, one) },
      due: { words: () => t("earliest clear-by first"), compare: by((request) => request.due_at ?? NEVER) },
    },
  },
  trucks: {
    title: () => t("Trucks"),
    kind: "truck",
    height: 57,
    items: vehicles,
    words: (vehicle) =>
      [vehicle.name, vehicle.type, named("machine", vehicle.type), named("truck", stateOf(vehicle))].join(" "),
    row: truckRow,
    empty: () => [t("No trucks yet"), t("The fleet file of this city names no machines.")],
    states: {
      all: { words: () => t("All"), fits: all },
      ...Object.fromEntries(
        STATES.map((state) => [
          state,
          { words: () => named("truck", state), fits: (vehicle) => stateOf(vehicle) === state },
        ]),
      ),
      rest: { words: () => t("rest due"), fits: ({ id }) => restDue(id) !== null },
      behind: { words: () => t("late"), fits: (vehicle) => behind(vehicle) >= LATE_MIN },
    },
    orders: {
      name: { words: () => t("by name"), compare: null },
      late: { words: () => t("latest first"), compare: (one, other) => behind(other) - behind(one) },
    },
    together: ordersForAll,
  },
  alerts: {
    title: () => t("Alerts"),
    kind: null,
    height: null,
    items: alerts,
    counted: wanted,
    words: (alert) => [alert.title, alert.text].join(" "),
    request: (alert) => (alert.kind === "request" ? alert.target : null),
    row: alertRow,
    enter: ({ kind, target }) => kind === "request" && openPage(target),
    empty: () => [
      t("No open alerts"),
      t("Trucks without signal, late streets and shifts that are over appear here."),
    ],
    states: {
      all: { words: () => t("All"), fits: (row) => !snoozed(row) },
      nobody: { words: () => t("unassigned"), fits: (row) => unassigned(row) && !snoozed(row) },
      mine: { words: () => t("mine"), fits: ({ seenBy }) => seenBy === boot.login },
      snoozed: { words: () => t("snoozed"), fits: snoozed },
    },
    orders: {
      gravest: { words: () => t("most severe first"), compare: null },
      newest: { words: () => t("newest first"), compare: (one, other) => by((each) => each.since ?? "")(other, one) },
    },
  },
};

/** Letters as people mean them, whichever keyboard they have. */
export const folded = (text) =>
  latinDigits(text)
    .toLocaleLowerCase()
    .replace(/ي/g, "ی")
    .replace(/ك/g, "ک")
    .replace(/\u200c/g, " ");

/** What of a list has the words in it and is of the state, in the order; `told` are requests that the server found. */
export function narrowed(list, items, { sought, state, order, told }) {
  const words = folded(sought.trim());
  const { fits } = list.states[state];
  const moment = new Date(now()).toISOString();
  const found = items.filter(
    (item) => fits(item, moment) && (!words || folded(list.words(item)).includes(words) || told.has(list.request?.(item))),
  );
  const { compare } = list.orders[order];
  return compare ? found.sort(compare) : found;
}

/** How many of a list are in each state, by its name. */
export function counted(list, items) {
  const moment = new Date(now()).toISOString();
  return Object.entries(list.states).map(([name, { fits }]) => [
    name,
    items.reduce((sum, item) => sum + (fits(item, moment) ? 1 : 0), 0),
  ]);
}
