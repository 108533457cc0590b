// The timeline: what came and comes of the scenario, what was added, done and noted, and the marks.
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { now } from "../../pages/boot.js";
import { TickingPart, icon } from "../../pages/element.js";
import { t, time } from "../../pages/texts.js";
import { stormTime, training } from "./state.js";

const KINDS = ["scenario", "added", "act", "note", "mark"];

/** Whether a moment is over, goes on, or is still to come. */
function standing({ at, until }) {
  if (Date.parse(at) > now()) return "coming";
  return until && Date.parse(until) > now() ? "going" : "gone";
}

const key = ({ kind, at, words }) => `${kind} ${at} ${words}`;

class Timeline extends TickingPart {
  static properties = { left_out: { state: true } };

  constructor() {
    super();
    this.left_out = [];
  }

  get stores() {
    return [training];
  }

  toggle(kind) {
    this.left_out = this.left_out.includes(kind) ? this.left_out.filter((one) => one !== kind) : [...this.left_out, kind];
  }

  filters(moments) {
    const known = KINDS.filter((kind) => moments.some((one) => one.kind === kind));
    return html`<div class="chips" role="group" aria-label=${t("What is shown")}>
      ${known.map((kind) => html`<button type="button" class="chip" aria-pressed=${!this.left_out.includes(kind)} @click=${() => this.toggle(kind)}>${t(`training_moment:${kind}`)}</button>`)}
    </div>`;
  }

  row(one) {
    const state = standing(one);
    return html`<li class="moment ${one.kind} ${state}">
      <span class="when">${one.until ? t("{from}–{until}", { from: stormTime(one.at), until: stormTime(one.until) }) : stormTime(one.at)}</span>
      ${icon(one.icon)}
      <span class="what">${one.kind === "note" ? html`<bdi>${one.words}</bdi>` : one.words}${one.by ? html` <span class="muted small"><bdi>${one.by}</bdi></span>` : ""}</span>
      <span class="muted small state">${one.kind === "scenario" || one.kind === "added" ? t(`moment_state:${state}`) : t(`training_moment:${one.kind}`)}</span>
    </li>`;
  }

  nowLine() {
    return html`<li class="now-line" aria-current="time"><span class="when">${time(now())}</span><span>${t("Now")}</span></li>`;
  }

  render() {
    const { stands } = training.value;
    if (!stands) return "";
    const moments = stands.moments.filter(({ kind }) => !this.left_out.includes(kind));
    const coming = moments.filter((one) => standing(one) === "coming");
    const come = moments.filter((one) => standing(one) !== "coming").reverse();
    return html`${this.filters(stands.moments)}
      <ol class="moments">
        ${repeat(coming.reverse(), key, (one) => this.row(one))}
        ${this.nowLine()}
        ${repeat(come, key, (one) => this.row(one))}
      </ol>`;
  }
}
customElements.define("training-timeline", Timeline);
