// The top strip: storm, time and how far each class of service is; a class opens the table of all.
import { html } from "lit";
import { now } from "../pages/boot.js";
import { TickingPart } from "../pages/element.js";
import { date, duration, length, nameHere, named, number, percent, t, time } from "../pages/texts.js";
import { openSheet } from "./bottom-sheets.js";
import { board, choose } from "./state.js";

const classes = async () => {
  choose(null);
  openSheet("side");
  await document.querySelector("board-side").updateComplete; // whatever was chosen before gives way first
  document.getElementById("classes")?.scrollIntoView({ block: "start" });
};

/** The snow so far, as far as somebody entered it. */
function fallen({ snowfall }) {
  const told = snowfall.filter(({ at }) => Date.parse(at) <= now()).at(-1);
  return told ? t("{value} cm of snow", { value: number(told.fallen_cm, 1) }) : "";
}

const withoutTruck = ({ unplanned_m: left }) => t("{length}: no truck", { length: length(left) });

const withoutProof = ({ unproved_m: left }) => t("{length} not proved", { length: length(left) });

/** What is wrong with a class, the worst first: how much of it is late, has no truck on its way, or was driven without proof. */
const troubles = (late, finish) =>
  [
    late > 0 && { words: t("{length} late", { length: length(late) }), grave: true },
    finish?.unplanned_m > 0 && { words: withoutTruck(finish), grave: true },
    finish?.unproved_m > 0 && { words: withoutProof(finish), grave: false },
  ].filter(Boolean);

/** When a class is done by the present routes, or the part of it that has a truck. */
function finishWords(finish) {
  if (!finish) return t("no open work");
  if (!finish.ends_at) return "";
  const ends = { time: time(Math.max(Date.parse(finish.ends_at), now())) };
  return finish.unplanned_m > 0 ? t("rest ends {time}", ends) : t("ends {time}", ends);
}

/** What the words of a class count, and by which rule. */
function finishTitle(late, finish) {
  const due = late > 0 ? t("{length} of its streets are due again, by snow or time.", { length: length(late) }) : "";
  if (!finish) return [due, t("No work of this class is open.")].filter(Boolean).join(" ");
  const left = t("{length} of streets are not yet cleared in all directions and passes.", { length: length(finish.open_m) });
  const none = finish.unplanned_m > 0 ? t("No truck is on its way to {length} of that.", { length: length(finish.unplanned_m) }) : "";
  const unproved =
    finish.unproved_m > 0 ? t("{length} of that was driven, and nothing proves the work so far.", { length: length(finish.unproved_m) }) : "";
  const rest = finish.ends_at ? t("By the present routes the last truck is done at {time}.", { time: time(finish.ends_at) }) : "";
  return [due, left, none, unproved, rest].filter(Boolean).join(" ");
}

const HEADED = 4;

/** That nothing is wrong with a class, or of one that is idle, whether it is due at all. */
function fineWords(idle, onRequest) {
  if (idle) return onRequest ? t("on request only") : "";
  return t("none late");
}

/** A class: what is clear, what is wrong, and when it will be done, of which two things wrong take the place. */
const headOf = ({ service_class: name, length_m: all, done_m: done, late_m: late, finish, idle, on_request: onRequest }) => {
  const [first, second] = troubles(late, finish);
  return html`<button class="class-head quiet" title="${named("class", name)}: ${finishTitle(late, finish)}" @click=${classes}>
    <strong><bdi class="muted">${named("short", name)}</bdi> ${idle ? "" : html`${percent(all > 0 ? done / all : 0)} <small>${t("clear")}</small>`}</strong>
    <span class=${first?.grave ? "danger" : ""}>${first?.words ?? fineWords(idle, onRequest)}</span>
    <span class=${second?.grave ? "danger" : ""}>${second?.words ?? finishWords(finish)}</span>
  </button>`;
};

class Strip extends TickingPart {
  /** That the server was heard is no news here, and comes several times a second. */
  minds(changes) {
    return !("heardAt" in changes);
  }

  get stores() {
    return [board];
  }

  storm() {
    const { loaded, storm } = board.value;
    if (!loaded) return html`<span class="storm"></span>`;
    if (!storm) return html`<span class="storm muted">${t("No storm")}</span>`;
    const ahead = storm.snow_at && Date.parse(storm.snow_at) > now();
    const lasts = t("for {span}", { span: duration(now() - Date.parse(storm.started_at)) });
    const facts = [named("phase", storm.phase), fallen(storm), ahead ? t("first flake at {time}", { time: time(storm.snow_at) }) : lasts].filter(Boolean).join(" · ");
    return html`<span class="storm"
      ><a class="plain" href="/storms/${storm.id}" dir="auto" title="${storm.name} · ${t("All about this storm")}">${nameHere(storm.name)}</a><span class="muted small">${facts}</span></span
    >`;
  }

  render() {
    return html`${this.storm()}
      <time class="clock" datetime=${new Date(now()).toISOString()}><strong>${time(now())}</strong><span class="muted small">${date(now())}</span></time>
      <div class="figures">${board.value.classes.slice(0, HEADED).map(headOf)}</div>`;
  }
}
customElements.define("board-strip", Strip);
