// The buttons at the thumb: done, problem, undo; start and end of the shift.
import { html, nothing } from "lit";
import { now } from "../../pages/boot.js";
import { Part } from "../../pages/element.js";
import { t } from "../../pages/texts.js";
import { checkButton, looking } from "./duty/check.js";
import { isResting, restButton, restRow } from "./duty/rest.js";
import { turns } from "./guide/change.js";
import { complete, confirm, held, start, undo } from "./outbox.js";
import "./report/sent.js";
import { wholeQuarter } from "./guide/groups.js";
import { guide } from "./guide/state.js";
import { adopt, current, drive, isOver, last } from "./state.js";
import { icon, where } from "./words.js";

const UNDO_MS = 120000; // after that a street counts as cleared
const PROOF_MS = 60000; // so long evidence may take to show what was driven
const REST_MS = 1200; // a glove that trembles must not end the next street too

/** Whether the new route is shown that can be taken. */
const changes = () => drive.value.change && !turns();

const isFresh = (stage) => now() - Date.parse(stage.ended_at) <= UNDO_MS;

/** What the button at the thumb is for. */
function what() {
  const stage = current();
  if (changes()) return "change";
  return stage && `${stage.first} ${wholeQuarter(stage)?.first}`;
}

/** What is open of what the page shows as one thing: a stage, or a quarter with all its pieces. */
const shownStages = (stage) => wholeQuarter(stage)?.stages.filter(({ state }) => state === "open") ?? [stage];

class Actions extends Part {
  static properties = { resting: { state: true }, swapped: { state: true } };

  get stores() {
    return [drive, guide, looking];
  }

  minds(changes) {
    return !("fix" in changes) || changes.driven?.length !== this.asked || this.thumb !== what();
  }

  /** What comes into the place of another thing is not tapped by a glove that was on its way to that. */
  willUpdate() {
    const before = this.thumb;
    this.thumb = what();
    if (before === undefined || before === this.thumb) return;
    clearTimeout(this.settling);
    this.swapped = true;
    this.settling = setTimeout(() => (this.swapped = false), REST_MS);
  }

  connectedCallback() {
    super.connectedCallback();
    this.ticking = setInterval(() => this.requestUpdate(), 10000); // what may be taken back grows old
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.ticking);
  }

  once(order) {
    if (this.resting) return;
    this.resting = true;
    setTimeout(() => (this.resting = false), REST_MS);
    order();
    document.getElementById("drive").scrollTo?.({ top: 0 });
  }

  undo() {
    const confirmed = held().length;
    if (confirmed > 0) return this.undoRow("circle-check", t("confirmed:{count}", { count: confirmed }));
    const stage = last();
    if (!stage || (stage.state === "done" && !isFresh(stage))) return nothing;
    const text =
      stage.state === "done"
        ? t("{street} is done", { street: where(stage) })
        : t("{street} is left out", { street: where(stage) });
    return this.undoRow(stage.state === "done" ? "circle-check" : "ban", text);
  }

  undoRow(picture, text) {
    return html`<div class="undo">
      <span class="what">${icon(picture)}${text}</span>
      <button @click=${() => this.once(undo)}>${icon("undo-2", "mirrored")}${t("Undo")}</button>
    </div>`;
  }

  /** One row above the buttons: what was just tapped can be taken back; else what was driven is asked for. */
  row() {
    const driven = this.unproved();
    if (drive.value.report) return html`<drive-sent></drive-sent>`;
    const stage = last();
    return driven === nothing || held().length > 0 || (stage && isFresh(stage)) ? this.undo() : driven;
  }

  /** What was driven to its end and nothing proves: one tap says that the work was done on all of it. */
  unproved() {
    const driven = guide.value.driven.filter(({ at }) => now() - Date.parse(at) > PROOF_MS);
    this.asked = guide.value.driven.length;
    if (driven.length === 0) return nothing;
    return html`<div class="undo">
      <span class="what">${icon("circle-check")}${t("driven:{count}", { count: driven.length })}</span>
      <button @click=${() => this.once(() => confirm(driven))}>${icon("check")}${t("Yes, done")}</button>
    </div>`;
  }

  driving(stage) {
    if (changes())
      return html`<button class="primary" ?disabled=${this.resting || this.swapped} @click=${() => this.once(adopt)}>${icon("navigation")}${t("Go on with the new route")}</button>`;
    if (!stage)
      return html`<button class="primary" @click=${() => drive.set({ asking: "end" })}>${icon("flag")}${t("End the shift")}</button>`;
    return html`<button class="primary done" ?disabled=${this.resting || this.swapped} @click=${() => this.once(() => complete(...shownStages(stage)))}>
        ${icon("check")}${t("Done")}
      </button>
      <button class="trouble" @click=${() => drive.set({ asking: "problem" })}>${icon("octagon-alert")}${t("Problem")}</button>`;
  }

  render() {
    const { loaded, shift } = drive.value;
    if (!loaded || isOver(shift)) return nothing;
    if (shift.state === "planned") {
      const { picture, words, does } = checkButton(drive.value) ?? { picture: "play", words: t("Start the shift"), does: start };
      return html`<div class="actions">
        <button class="primary done" ?disabled=${this.resting} @click=${() => this.once(does)}>${icon(picture, picture === "play" ? "mirrored" : "")}${words}</button>
      </div>`;
    }
    if (isResting(drive.value)) return html`<drive-sent></drive-sent>${restButton((order) => this.once(order), this.resting)}`;
    return html`${restRow(drive.value, (order) => this.once(order))} ${this.row()}
      <div class="actions">${this.driving(current())}</div>`;
  }
}
customElements.define("drive-actions", Actions);
