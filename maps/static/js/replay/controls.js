// The time line: a curve of how the streets stood, marks where something happened, and the buttons of a player.
import { html, svg } from "lit";
import { Part } from "../pages/element.js";
import { day, duration, number, t, time } from "../pages/texts.js";
import { play, faster, jump, momentAt, seek, SPEEDS, storm, toggle } from "./state.js";
import { momentName } from "./words.js";

const WIDE = 1000;
const HIGH = 40;
const STEP_S = 60;
const MOVE_MS = 200; // between two places of the slider while a storm is played
const UNMARKED = new Set(["storm_started", "storm_ended", "request_done", "free_again"]); // ends, and too many

const across = (view, at) => ((at / Math.max(1, view.lasts_s)) * WIDE).toFixed(1);

/** The shares of groups one on another, from the floor up. */
function bands(view) {
  const floor = view.curve_s.map(() => 0);
  return ["late", "partly", "progress", "clear"].map((group) => {
    const lower = [...floor];
    view.curve[group].forEach((share, i) => (floor[i] += share));
    const corner = (share, i) => `${across(view, view.curve_s[i])},${((1 - share) * HIGH).toFixed(1)}`;
    const points = [...floor.map(corner), ...lower.map(corner).reverse()].join(" ");
    return svg`<polygon class="band ${group}" points=${points} />`;
  });
}

const marks = (view) =>
  view.moments
    .filter(({ kind }) => !UNMARKED.has(kind))
    .map(({ at_s: at, kind }) => svg`<path class="mark ${kind}" d="M${across(view, at)} 0V${HIGH}" />`);

class Controls extends Part {
  static properties = { listed: { state: true } };

  constructor() {
    super();
    this.listed = false;
    this.movedAt = 0;
  }

  get stores() {
    return [storm];
  }

  connectedCallback() {
    super.connectedCallback();
    this.leavePlay = play.follow((value, changes) => {
      if ("running" in changes || "speed" in changes) this.requestUpdate();
      else this.move();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.leavePlay();
  }

  updated() {
    this.move();
  }

  /** Only the slider moves while a storm is played, five times a second: nothing else is drawn anew. */
  move() {
    const slider = this.querySelector("#at");
    const { at, running } = play.value;
    const moment = performance.now();
    if (!slider || (running && moment - this.movedAt < MOVE_MS)) return;
    this.movedAt = moment;
    if (slider.valueAsNumber !== Math.floor(at)) slider.value = Math.floor(at);
    const minute = Math.floor(at / 60);
    if (this.minute === minute) return;
    this.minute = minute;
    slider.setAttribute("aria-valuetext", time(momentAt(at)));
  }

  button(icon, words, order, rest = "") {
    return html`<button class="quiet ${rest}" type="button" title=${words} aria-label=${words} @click=${order}>
      <span class="icon icon-${icon}" aria-hidden="true"></span>
    </button>`;
  }

  buttons() {
    const { running, speed } = play.value;
    return html`<div class="buttons" dir="ltr" role="group" aria-label=${t("Player")}>
      ${this.button("skip-back", t("Previous event (P)"), () => jump(-1))}
      ${this.button("rewind", t("A minute back (←)"), () => seek(play.value.at - STEP_S))}
      <button class="primary" type="button" id="play" title=${running ? t("Pause (space)") : t("Play (space)")} aria-label=${running ? t("Pause (space)") : t("Play (space)")} @click=${toggle}>
        <span class="icon icon-${running ? "pause" : "play"}" aria-hidden="true"></span>
      </button>
      ${this.button("fast-forward", t("A minute forward (→)"), () => seek(play.value.at + STEP_S))}
      ${this.button("skip-forward", t("Next event (N)"), () => jump(1))}
      <label class="speed"><span class="unseen">${t("Speed")}</span>
        <select id="speed" title=${t("Speed (↑ ↓)")} @change=${(event) => faster(SPEEDS.indexOf(Number(event.target.value)) - SPEEDS.indexOf(play.value.speed))}>
          ${SPEEDS.map((one) => html`<option value=${one} .selected=${one === speed}>${number(one)}×</option>`)}
        </select>
      </label>
    </div>`;
  }

  list(view) {
    return html`<ul class="moments" id="moments">
      ${view.moments.map(
        (one) => html`<li><button class="quiet" type="button" @click=${() => seek(one.at_s)}>
          <time>${t("{day}, {time}", { day: day(one.at), time: time(one.at) })}</time><span class="what">${momentName(one)}</span>
        </button></li>`,
      )}
    </ul>`;
  }

  render() {
    const { view } = storm.value;
    if (!view?.storm) return "";
    return html`<section class="controls" aria-label=${t("Time line")}>
      <div class="line" dir="ltr">
        <svg viewBox="0 0 ${WIDE} ${HIGH}" preserveAspectRatio="none" aria-hidden="true">${bands(view)}${marks(view)}</svg>
        <input id="at" type="range" min="0" max=${view.lasts_s} step="1" aria-label=${t("Moment of the storm")} @input=${(event) => seek(event.target.valueAsNumber)}>
        <div class="ends"><time>${time(momentAt(0))}</time><span dir="auto">${duration(view.lasts_s * 1000)}</span><time>${time(momentAt(view.lasts_s))}</time></div>
      </div>
      <div class="below">
        ${this.buttons()}
        <ul class="key-list">
          <li><i class="band-mark clear"></i>${t("clear")}</li>
          <li><i class="band-mark progress"></i>${t("being cleared")}</li>
          <li><i class="band-mark partly"></i>${t("partly plowed")}</li>
          <li><i class="band-mark late"></i>${t("due or overdue")}</li>
        </ul>
        <button class="quiet events" type="button" aria-expanded=${this.listed} aria-controls="moments" @click=${() => (this.listed = !this.listed)}>
          <span class="icon icon-list" aria-hidden="true"></span>${t("What happened")} (${number(view.moments.length)})
        </button>
      </div>
      ${this.listed ? this.list(view) : ""}
    </section>`;
  }
}
customElements.define("replay-controls", Controls);
