// The one thing to do next, as the server's rules say, with the button that does it; beside it two counts.
import { html } from "lit";
import { now } from "../pages/boot.js";
import { Part } from "../pages/element.js";
import { duration, length, named, number, t, time } from "../pages/texts.js";
import { openSheet } from "../board/bottom-sheets.js";
import { board, choose, mayDispatch, openRequests, vehicles } from "../board/state.js";
import { isValid, planAgain, waitingRuns } from "../planning/drafts.js";
import { newest, timeUsed, unfinished } from "../planning/run.js";
import { stateOf } from "../shifts/truck-states.js";
import { look, ordersFor, plan } from "./actions.js";
import { alerts } from "./alerts.js";
import { dangerTitle, unanswered } from "./dangers.js";

const lists = (tab, state) => {
  openSheet("lists");
  document.querySelector("board-lists").narrow(tab, state);
};

const show = ([id]) => {
  choose("truck", id);
  openSheet("side");
};

const rowOf = (name) => board.value.classes.find((each) => each.service_class === name);

/** What is known of the class that an action is about; `left` is the part of its length to speak of. */
function about({ count, service_class: name }, left = "open_m") {
  return { count, name: named("short", name ?? ""), length: length(rowOf(name)?.finish?.[left] ?? 0) };
}

/** What is being done meanwhile; a wall is told of no run. */
function searching() {
  const run = newest();
  if (!unfinished(run)) return t("New routes are being looked for");
  return run.state === "queued" ? t("A plan waits for a free planner") : t("A plan is being made");
}

/** How much of its time the search has used, which nobody is told at every step. */
function searched() {
  const run = newest();
  return run?.state === "running" ? timeUsed(run) : "";
}

const showPlan = () => {
  choose(null);
  openSheet("side");
};

/** Whether no truck is on its way to a part of the class; else what is on the way comes too late. */
const unplanned = ({ service_class: name }) => rowOf(name)?.finish?.unplanned_m > 0;

/** Snow is on its way: how much of it, where a forecast says so, and from when. */
function snowWords({ snow_at: at, snow_mm: depth }) {
  const words = { time: time(at), value: number((depth ?? 0) / 10) };
  return depth === null ? t("next:snow_expected", words) : t("next:snow", words);
}

/** Machines have nothing to do, and streets no machine: now, or when the first flake falls. */
function planWords(action) {
  if (action.snow_at) return t("next:plan_ahead", { ...about(action, "unplanned_m"), time: time(action.snow_at) });
  return unplanned(action) ? t("next:plan:{count}", about(action, "unplanned_m")) : t("next:behind:{count}", about(action));
}

/** Who is in danger and where, of one request; of several how many they are. */
function dangerWords({ count }) {
  const [alert] = unanswered();
  return html`<span class="danger">${alert && count === 1 ? dangerTitle(alert) : t("next:danger:{count}", { count })}</span>`;
}

function showDanger({ count }) {
  const [alert] = unanswered();
  if (!alert || count > 1) return lists("alerts", "nobody");
  choose("request", alert.facts.request);
  openSheet("side");
}

/** A draft waits that is worse than the plan in force, in the most urgent class in which they differ. */
function worseWords({ service_class: code, later_s: seconds }) {
  const name = named("short", code);
  return seconds === null ? t("next:worse_never", { name }) : t("next:worse", { name, span: duration(seconds * 1000) });
}

/** What each action says, and the button that does it. */
const ACTIONS = {
  help: { words: ({ count }) => t("next:help:{count}", { count }), button: () => t("Show"), act: ({ vehicle_ids: ids }) => (ids.length > 0 ? show(ids) : lists("alerts", "nobody")) },
  danger: { words: dangerWords, button: () => t("Show"), act: showDanger },
  snow: { words: snowWords, button: () => t("Prepare"), act: ({ storm_id: id }) => location.assign(`/storms/${id}`) },
  plan: { words: planWords, button: () => t("Make a plan"), act: plan },
  extend: {
    words: (action) => t("next:extend", about(action)),
    button: ({ count }) => t("extend shifts:{count}", { count }),
    act: ({ vehicle_ids: ids }) => ordersFor(ids),
  },
  roster: { words: (action) => t("next:roster", about(action)), button: () => t("Plan shifts"), act: () => location.assign("/roster") },
  publish: {
    words: ({ next_cycle: cycle }) => (cycle ? t("next:cycle") : t("next:publish")),
    button: () => t("Look and publish"),
    act: ({ plan_id: id }) => look(id),
  },
  worse: { words: worseWords, button: () => t("See what changes"), act: ({ plan_id: id }) => look(id) },
  renew: { words: () => t("next:renew"), button: () => t("Plan again from now"), act: ({ plan_id: id }) => planAgain(id) },
  alerts: { words: ({ count }) => t("next:alerts:{count}", { count }), button: () => t("Show"), act: () => lists("alerts", "nobody") },
  searching: { words: searching, more: searched, button: () => t("Show"), act: showPlan },
};

/** What the server said some seconds ago, where the draft that it was about has grown too old meanwhile. */
function present(action) {
  const run = ["publish", "worse"].includes(action.kind) && waitingRuns().find(({ draft }) => draft.plan_id === action.plan_id);
  if (!run || isValid(run.draft)) return action;
  return { ...action, kind: action.next_cycle ? "renew" : "none" };
}

/** Why nobody need act on a class that is late. */
function lateWords({ service_class: name, late_m: late, finish }) {
  const words = { name: named("short", name), length: length(late) };
  if (!finish) return t("late:no_work", words);
  if (finish.unplanned_m > 0) return t("late:no_truck", { ...words, left: length(finish.unplanned_m) });
  if (!finish.ends_at) return t("late:unproved", words);
  const ends = { ...words, time: time(Math.max(Date.parse(finish.ends_at), now())) };
  return finish.unproved_m > 0 ? t("late:partly_unproved", { ...ends, unproved: length(finish.unproved_m) }) : t("late:coming", ends);
}

/** Why nobody need act though streets of a class have no truck on the way: only a new plan, or other machines, can do more. */
function leftWords({ service_class: name, finish: { unplanned_m: none, impossible_m: never } }) {
  const words = (left) => ({ name: named("short", name), left: length(left) });
  return none > never ? t("left:no_truck", words(none - never)) : t("left:impossible", words(never));
}

/** Nothing to do is not nothing wrong: streets may be late or have no truck, and alerts open that somebody looks after. */
export function quiet() {
  const late = board.value.classes.find(({ late_m: length_m }) => length_m > 0);
  if (late) return lateWords(late);
  const left = board.value.classes.find(({ finish }) => finish?.unplanned_m > 0);
  if (left) return leftWords(left);
  const count = alerts().length;
  return count > 0 ? t("Nothing urgent is new. Open alerts: {count}", { count }) : t("Nothing needs you now");
}

const figure = (count, word, title, open) =>
  html`<button class="count-of quiet" title=${title} @click=${open}><strong>${number(count)}</strong> ${word}</button>`;

class NextAction extends Part {
  /** That the server was heard is no news here, and comes several times a second. */
  minds(changes) {
    return !("heardAt" in changes);
  }

  get stores() {
    return [board];
  }

  todo() {
    const { figures, loaded, storm } = board.value;
    if (!loaded) return html`<p></p><span></span>`;
    const action = present(figures.next_action);
    const known = ACTIONS[action.kind];
    if (!known) return html`<p class="muted" role="status">${storm ? quiet() : t("No storm")}</p><span></span>`;
    const says = known.more
      ? html`<span role="status">${known.words(action)}</span> <span class="muted">${known.more()}</span>`
      : html`<span role="status"><strong>${t("next:label")}:</strong> ${known.words(action)}</span>`;
    return html`<p>${says}</p>
      <span>${mayDispatch ? html`<button class="primary" @click=${() => known.act(action)}>${known.button(action)}</button>` : ""}</span>`;
  }

  render() {
    const working = vehicles().filter((vehicle) => stateOf(vehicle) === "working").length;
    const open = openRequests().length;
    return html`<section class="next-action" aria-label=${t("What to do next")}>
      ${this.todo()}
      <div class="counts-of">
        ${figure(working, t("trucks at work:{count}", { count: working }), t("Trucks that are plowing or salting right now"), () => lists("trucks", "all"))}
        ${figure(open, t("open requests:{count}", { count: open }), t("Requests in this storm that are not done yet"), () => lists("requests", "all"))}
      </div>
    </section>`;
  }
}
customElements.define("board-next", NextAction);
