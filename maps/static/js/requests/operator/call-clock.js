// How long the call takes, the key that begins a new one, and calls that were not recorded.
import { html } from "lit";
import { TickingPart } from "../../pages/element.js";
import { dangerousChoice } from "../../pages/form-parts.js";
import { duration, isolated, number, t } from "../../pages/texts.js";
import { call, discard, startCall, takeUp } from "./state.js";

const SECONDS = 60;
const WORDS_SHOWN = 60;

const two = (value) => `${value < 10 ? number(0) : ""}${number(value)}`;

/** A span in minutes and seconds, as clocks of calls show it. */
export function clockTime(ms) {
  const seconds = Math.max(Math.floor(ms / 1000), 0);
  return isolated(`${number(Math.floor(seconds / SECONDS))}:${two(seconds % SECONDS)}`);
}

/** Begin a new call, with the hands where its first field is. */
export function newCall() {
  if (startCall()) document.getElementById("caller_phone").focus();
}

const shortened = (text) => (text.length > WORDS_SHOWN ? `${text.slice(0, WORDS_SHOWN)}…` : text);

async function resume(draft) {
  if (await takeUp(draft)) document.getElementById("text").focus();
}

const discardId = ({ key }) => `discard-${key}`;

class CallClock extends TickingPart {
  static properties = { asking: { state: true } };

  get stores() {
    return [call];
  }

  /** Take the answer to the question, and set the keyboard where the reader was. */
  async answered(draft, { gone }) {
    if (gone) discard(draft);
    this.asking = null;
    await this.updateComplete;
    (document.getElementById(discardId(draft)) ?? this.querySelector(".call-head button")).focus();
  }

  question(draft) {
    return html`<div class="column question">
      <p>${t("Discard this call? What was typed is lost.")}</p>
      ${dangerousChoice({ act: () => this.answered(draft, { gone: true }), acts: t("Discard"), keep: () => this.answered(draft, { gone: false }) })}
    </div>`;
  }

  orders(draft, words) {
    return html`<button type="button" aria-label=${`${t("Continue")}: ${words}`} @click=${() => resume(draft)}>${t("Continue")}</button>
      <button type="button" class="quiet" id=${discardId(draft)} aria-label=${`${t("Discard")}: ${words}`} @click=${() => (this.asking = draft.key)}>${t("Discard")}</button>`;
  }

  draft(draft) {
    const words = shortened(draft.text || draft.caller_name || draft.caller_phone);
    return html`<li>
      <span><bdi>${words}</bdi> <span class="muted small">${t("{span} ago", { span: duration(Date.now() - draft.leftAt) })}</span></span>
      ${this.asking === draft.key ? this.question(draft) : this.orders(draft, words)}
    </li>`;
  }

  render() {
    const { startedAt, drafts } = call.value;
    return html`<div class="call-head">
        <p class="call-clock">${startedAt === null ? t("No call") : html`<span>${t("This call")}</span> <span class="figure" role="timer">${clockTime(Date.now() - startedAt)}</span>`}</p>
        <button type="button" @click=${newCall}><span class="icon icon-phone" aria-hidden="true"></span>${t("New call")}<kbd aria-hidden="true" dir="ltr">F2</kbd></button>
      </div>
      ${drafts.length ? html`<section class="drafts" aria-label=${t("Not recorded")}><h2>${t("Not recorded")}</h2><ul>${drafts.map((each) => this.draft(each))}</ul></section>` : ""}`;
  }
}
customElements.define("operator-call", CallClock);

document.addEventListener("keydown", (event) => {
  if (event.key !== "F2" || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  newCall();
});
