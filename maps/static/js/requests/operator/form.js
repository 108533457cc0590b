// The form: who calls, his words, guesses of where that is, and what is asked for.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { age, named, number, streetName, t } from "../../pages/texts.js";
import { listbox } from "../../pages/listbox.js";
import { kindIcon } from "../../board/rows.js";
import { certainty, marks } from "../guesses.js";
import { numberLink } from "../page.js";
import { DANGER_KEYS, decide, inWords, setKind, switchConsent, switchJoin, switchLanguage, switchSide, toggleDanger } from "./keys.js";
import { DANGERS, KINDS, askGuesses, askHistory, choose, call, isBehind, record } from "./state.js";

const WORDS_PAUSE_MS = 150;
const PHONE_PAUSE_MS = 400;

const key = (letter) => html`<kbd aria-hidden="true" dir="ltr">${letter}</kbd>`;

const NEW_CALL = "F2";

const guessRow = (guess) => html`<span class="nth" aria-hidden="true">${number(guess.id + 1)}</span>
  <span class="what">${guess.said || t("Unnamed street")}</span>
  <span class="when">${certainty(guess)}</span>
  <span class="sub">${marks(guess)}</span>`;

const historyRow = (asked) => html`<li>
  ${numberLink(asked)} ${named("kind", asked.kind)}${asked.street ? html` · <bdi>${streetName(asked.street)}</bdi>` : ""} ·
  ${named("request", asked.state)} · ${t("{span} ago", { span: age(asked.received_at) })}
</li>`;

/** What was asked before, newest first. */
export const askedBefore = (heading, list) =>
  list.length === 0 ? "" : html`<section class="before"><h3>${heading}</h3><ul>${list.map(historyRow)}</ul></section>`;

class Form extends Part {
  get stores() {
    return [call];
  }

  pauses = {};

  later(field, pause, order) {
    clearTimeout(this.pauses[field]);
    this.pauses[field] = setTimeout(order, pause);
  }

  words(event) {
    const text = event.target.value;
    call.set({ text, placing: null });
    this.later("text", WORDS_PAUSE_MS, () => askGuesses(call.value.text));
  }

  phone(event) {
    const caller_phone = event.target.value;
    call.set({ caller_phone, consent: call.value.consent && caller_phone !== "" });
    this.later("phone", PHONE_PAUSE_MS, () => askHistory(call.value.caller_phone));
  }

  async send(event) {
    event.preventDefault();
    this.saved(await record());
  }

  saved(done) {
    if (done) document.getElementById("caller_phone").focus();
  }

  intoWords(event) {
    if (event.key !== "Enter" || event.ctrlKey) return;
    event.preventDefault();
    document.getElementById("text").focus();
  }

  anywhere(event) {
    if (event.key === "Enter" && event.ctrlKey) this.send(event);
  }

  caller() {
    const { caller_name, caller_phone, history } = call.value;
    return html`<div class="twice">
        <div><label for="caller_phone">${t("Phone")}</label><input id="caller_phone" type="tel" maxlength="40" autocomplete="off" dir="ltr" .value=${caller_phone} @input=${this.phone} @keydown=${this.intoWords} /></div>
        <div><label for="caller_name">${t("Caller's name")}</label><input id="caller_name" maxlength="200" autocomplete="off" dir="auto" .value=${caller_name} @input=${(event) => call.set({ caller_name: event.target.value })} @keydown=${this.intoWords} /></div>
      </div>
      ${askedBefore(t("Called before"), history)}`;
  }

  guesses() {
    const { guesses, chosen, place, text } = call.value;
    if (guesses.length === 0)
      return text.trim().length > 2 && !place && !isBehind() ? html`<p class="muted small">${t("No matching street yet. Keep typing, or click the map.")}</p>` : "";
    const [{ question }] = guesses;
    const ask = question && chosen === null && !place ? html`<p class="ask"><strong>${t("Ask:")}</strong> <q>${question}</q></p>` : "";
    return html`${ask}<div class="guesses">
      ${listbox({ id: "guesses", label: t("Matching places"), items: guesses, selected: chosen ?? undefined, choose, row: guessRow })}
    </div>`;
  }

  kinds() {
    return html`<fieldset>
      <legend>${t("What is it about?")}</legend>
      <div class="chips">
        ${KINDS.map(
          (kind, at) =>
            html`<label><input type="radio" name="kind" value=${kind} .checked=${call.value.kind === kind} @change=${() => setKind(kind)} />${kindIcon(kind)}<span>${named("kind", kind)}</span>${key(number(at + 1))}</label>`,
        )}
      </div>
    </fieldset>`;
  }

  dangers() {
    return html`<fieldset>
      <legend>${t("Is anybody in danger?")}</legend>
      <div class="chips alarm">
        ${DANGERS.map(
          (danger, at) =>
            html`<label><input type="checkbox" .checked=${call.value.dangers.includes(danger)} @change=${() => toggleDanger(danger)} /><span>${named("danger", danger)}</span>${key(DANGER_KEYS[at])}</label>`,
        )}
      </div>
    </fieldset>`;
  }

  switches() {
    const { place, language, consent, join, caller_phone } = call.value;
    return html`<div class="switches">
      <button type="button" ?disabled=${!place} @click=${switchSide}>${t("Side:")} ${place?.side ? named("side", place.side) : "–"}${key("S")}</button>
      <button type="button" @click=${switchLanguage}>${t("Speaks:")} ${named("language", language)}${key("L")}</button>
      <button type="button" aria-pressed=${consent} ?disabled=${caller_phone === ""} @click=${switchConsent}><span class="icon ${consent ? "icon-check" : "icon-square"}" aria-hidden="true"></span>${t("Wants messages")}${key("C")}</button>
      <button type="button" aria-pressed=${!join} @click=${switchJoin}><span class="icon ${join ? "icon-square" : "icon-check"}" aria-hidden="true"></span>${t("Separate job")}${key("J")}</button>
    </div>`;
  }

  render() {
    const { text, saving } = call.value;
    return html`<form class="column" @submit=${this.send} @keydown=${this.anywhere}>
      ${this.caller()}
      <label for="text">${t("What the caller says, with street and number")}</label>
      <textarea id="text" required rows="2" maxlength="2000" dir="auto" autofocus .value=${text} @input=${this.words} @keydown=${inWords} aria-describedby="keys"></textarea>
      ${this.guesses()}
      <div id="decide" class="decide" role="group" tabindex="0" aria-label=${t("Choose by keyboard")} aria-describedby="keys" @keydown=${(event) => decide(event, this.saved)}>
        ${this.kinds()} ${this.dangers()} ${this.switches()}
        <button class="primary" ?disabled=${saving}>${saving ? t("Recording…") : t("Record the request")}${key("↵")}</button>
      </div>
      <p id="keys" class="muted small">${t("Enter moves from the text to the places and records there. Arrow keys choose a place; with Shift they move the pin. Escape returns to the text. {newCall} begins a new call from anywhere, M shows what else can be said.", { newCall: NEW_CALL })}</p>
    </form>`;
  }
}
customElements.define("operator-form", Form);
