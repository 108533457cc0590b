// The top strip: storm, time and the four figures that a dispatcher lives by; each opens what it counts.
import { html } from "lit";
import { boot, now } from "../pages/boot.js";
import { TickingPart } from "../pages/element.js";
import { brief, date, duration, nameHere, named, number, percent, t, time } from "../pages/texts.js";
import { openSheet } from "./bottom-sheets.js";
import { stateOf } from "../shifts/truck-states.js";
import { board, choose, openRequests, vehicles } from "./state.js";

const MINUTE_MS = 60_000;

const lists = (tab) => {
  openSheet("lists");
  document.querySelector("board-lists").open(tab);
};
const classes = () => {
  choose(null);
  openSheet("side");
  document.getElementById("classes")?.scrollIntoView({ block: "nearest" });
};

/** The snow so far, as far as somebody entered it. */
function fallen({ snowfall }) {
  const told = snowfall.filter(({ at }) => Date.parse(at) <= now()).at(-1);
  return told ? t("{value} cm of snow", { value: number(told.fallen_cm, 1) }) : "";
}

function nextDeadline(moment) {
  if (!moment) return t("none");
  const left = Date.parse(moment) - now();
  if (Math.abs(left) < MINUTE_MS) return t("Now");
  return left >= 0 ? brief(left) : t("{span} late", { span: brief(-left) });
}

class Strip extends TickingPart {
  /** That the server was heard is no news here, and comes several times a second. */
  minds(changes) {
    return !("heardAt" in changes);
  }

  get stores() {
    return [board];
  }

  figure(value, word, title, open) {
    return html`<button class="figure quiet" title=${title} @click=${open}><strong>${value}</strong><span>${word}</span></button>`;
  }

  storm() {
    const { loaded, storm } = board.value;
    if (!loaded) return html`<span class="storm"></span>`;
    if (!storm) return html`<span class="storm muted">${t("No storm")}</span>`;
    const lasts = t("for {span}", { span: duration(now() - Date.parse(storm.started_at)) });
    const facts = [named("phase", storm.phase), fallen(storm), lasts].filter(Boolean).join(" · ");
    return html`<span class="storm"
      ><a class="plain" href="/storms/${storm.id}" dir="auto" title="${storm.name} · ${t("All about this storm")}">${nameHere(storm.name)}</a><span class="muted small">${facts}</span></span
    >`;
  }

  render() {
    const { figures, storm } = board.value;
    const share = figures.within_target;
    const first = named("short", figures.first_class || boot.classes[0].name);
    return html`${this.storm()}
      <time class="clock" datetime=${new Date(now()).toISOString()}><strong>${time(now())}</strong><span class="muted small">${date(now())}</span></time>
      <div class="figures">
        ${this.figure(share == null ? t("none") : percent(share), t("{name} within target", { name: first }), t("Share of the most important streets that are clear in time"), classes)}
        ${this.figure(number(openRequests().length), t("open requests"), t("Requests in this storm that are not done yet"), () => lists("requests"))}
        ${this.figure(number(vehicles().filter((vehicle) => stateOf(vehicle) === "working").length), t("trucks at work"), t("Trucks that are plowing or salting right now"), () => lists("trucks"))}
        ${this.figure(storm ? nextDeadline(figures.next_deadline) : t("none"), t("next deadline"), t("Time until the next street is due"), classes)}
      </div>`;
  }
}
customElements.define("board-strip", Strip);
