// The form: the caller's words, a guess of where they are while one types, and the answer to read out.
import { html } from "lit";
import { now } from "../core/boot.js";
import { Part } from "../core/element.js";
import { get, post } from "../core/net.js";
import { attempt } from "../core/notices.js";
import { deadline, named, t } from "../core/texts.js";
import { listbox } from "../board/listbox.js";
import { kindIcon, needsPin } from "../board/rows.js";
import { askWaiting, desk } from "./state.js";

const KINDS = ["plow", "ice", "sidewalk", "blocked"];
const PAUSE_MS = 200;

const numbered = (guesses) => guesses.map((guess, id) => ({ ...guess, id }));

const guessRow = (guess) => html`<span class="icon icon-map-pin" aria-hidden="true"></span>
  <span class="what" dir="auto">${guess.name || t("Street without a name")}</span>
  <span class="when"></span>
  <span class="sub">${named("place", guess.kind)}${guess.confident ? html` · ${t("a good match")}` : ""}</span>`;

function whatHappens(request) {
  if (needsPin(request))
    return t("We do not know the place yet. Click it on the map, or a dispatcher will find it.");
  if (request.state === "new") return t("We know the place. It is served when the next snow begins.");
  return t("Your street is on the list of the trucks.");
}

class Form extends Part {
  constructor() {
    super();
    this.key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  }

  get stores() {
    return [desk];
  }

  guess(event) {
    clearTimeout(this.pause);
    const words = event.target.value.trim();
    this.pause = setTimeout(() => this.ask(words), PAUSE_MS);
  }

  async ask(words) {
    if (words.length < 2) return void desk.set({ guesses: [], guess: null });
    this.asked = words;
    const guesses = await attempt(() => get(`/api/geocode?q=${encodeURIComponent(words)}`));
    if (guesses === undefined || this.asked !== words) return undefined;
    desk.set({ guesses: numbered(guesses.slice(0, 6)), guess: null });
    return undefined;
  }

  async send(event) {
    event.preventDefault();
    const form = event.target;
    const { guess } = desk.value;
    const words = Object.fromEntries(new FormData(form));
    const where = guess ? { segment_id: guess.segment_id, lon: guess.lon, lat: guess.lat } : {};
    const answer = await attempt(() => post("/requests", { ...words, ...where, idempotency_key: this.key }));
    if (answer === undefined) return; // what was typed stays, and the same key makes a second try safe
    this.key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    form.reset();
    desk.set({ answer, guesses: [], guess: null, placing: needsPin(answer) ? answer.id : null });
    form.elements.text.focus();
    await askWaiting();
  }

  answer() {
    const { answer } = desk.value;
    if (!answer) return "";
    const then = whatHappens(answer);
    return html`<section class="answer" role="status" aria-label=${t("Answer to read out")}>
      <p class="say">${t("Your number is {reference}.", { reference: `\u2068${answer.reference}\u2069` })}</p>
      <p class="then">${then}</p>
      ${answer.state === "open" && Date.parse(answer.due_at) > now() ? html`<p class="then">${t("It should be clear {when}.", { when: deadline(answer.due_at) })}</p>` : ""}
    </section>`;
  }

  guesses() {
    const { guesses, guess } = desk.value;
    if (guesses.length === 0) return "";
    return html`<div class="guesses">
      ${listbox({ id: "guesses", label: t("Places that fit these words"), items: guesses, selected: guess?.id, choose: (id) => desk.set({ guess: guesses[id] }), row: guessRow })}
    </div>`;
  }

  kinds() {
    return html`<fieldset>
      <legend>${t("What is it about?")}</legend>
      <div class="kinds">
        ${KINDS.map(
          (kind, at) =>
            html`<label><input type="radio" name="kind" value=${kind} ?checked=${at === 0} />${kindIcon(kind)}${named("kind", kind)}</label>`,
        )}
      </div>
    </fieldset>`;
  }

  render() {
    return html`${this.answer()}
      <form class="column" @submit=${this.send}>
        <label for="text">${t("What the caller says, with street and number")}</label>
        <textarea id="text" name="text" required rows="3" maxlength="2000" dir="auto" autofocus @input=${this.guess}></textarea>
        ${this.guesses()} ${this.kinds()}
        <div class="twice">
          <div><label for="caller_name">${t("Caller's name")}</label><input id="caller_name" name="caller_name" autocomplete="off" dir="auto" /></div>
          <div><label for="caller_phone">${t("Phone")}</label><input id="caller_phone" name="caller_phone" type="tel" autocomplete="off" dir="ltr" /></div>
        </div>
        <button class="primary">${t("Record the request")}</button>
      </form>`;
  }
}
customElements.define("operator-form", Form);
