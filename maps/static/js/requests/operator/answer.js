// What to tell the caller: the sentence to read out in large letters, and what it rests on.
import { html } from "lit";
import { boot } from "../../pages/boot.js";
import { TickingPart } from "../../pages/element.js";
import { age, day, duration, named, streetName, t, time } from "../../pages/texts.js";
import { needsPin } from "../../board/rows.js";
import { numberLink } from "../page.js";
import { clockTime } from "./call-clock.js";
import { askedBefore } from "./form.js";
import { call, takeBack } from "./state.js";

const at = (moment) => t("{time}, {span} ago", { time: time(moment), span: age(moment) });
const fact = (name, text) => (text ? html`<div><dt>${name}</dt><dd>${text}</dd></div>` : "");

function cleared({ last_cleared_at, partly_cleared_at, driven_at, outlook }) {
  if (last_cleared_at) return at(last_cleared_at);
  if (partly_cleared_at) return t("Only a part, {when}", { when: at(partly_cleared_at) });
  if (driven_at) return t("Only driven through, {when}", { when: at(driven_at) });
  return outlook === "no_storm" ? "" : t("Not in this storm");
}

function truck({ truck: found }) {
  if (!found) return "";
  const late = found.late_s > 300 ? t("{span} behind plan", { span: duration(found.late_s * 1000) }) : "";
  const before = found.streets_before > 0 ? t("{count} streets before yours", { count: found.streets_before }) : t("Your street is its next one");
  return html`<bdi>${found.name}</bdi> · ${before}${late ? html` · <span class="danger">${late}</span>` : ""}`;
}

function joins({ joins: street, waiting }) {
  if (!call.value.join) return t("Not joined: this call makes a separate job");
  if (!street) return t("None: this call makes one");
  return html`<bdi>${streetName(street)}</bdi>${waiting > 0 ? html` · ${t("{count} waiting for it", { count: waiting })}` : ""}`;
}

/** What the answer rests on; a call that is recorded makes no work any more. */
const facts = (answer, recorded) => html`<dl class="facts">
  ${fact(t("Class"), named("class", answer.service_class))}
  ${fact(t("Last cleared"), cleared(answer))}
  ${fact(t("Open work that covers it"), answer.outlook === "no_storm" || (recorded && !answer.joins) ? "" : joins(answer))}
  ${fact(t("Truck"), truck(answer))}
  ${fact(t("Clear by"), answer.due_at ? t("{time} on {day}", { time: time(answer.due_at), day: day(answer.due_at) }) : "")}
</dl>`;

/** Kinds of places that are said by their streets, as the headline says where it is. */
const ON_STREETS = ["address", "crossing", "street"];

/** The house, crossing or street in the words in which it was chosen, else the street that is nearest to the place. */
function headline({ answer, guesses, chosen }) {
  const place = ON_STREETS.includes(guesses[chosen]?.kind) ? guesses[chosen].said : "";
  return place || answer.address[document.documentElement.lang] || streetName(answer.street);
}

const direction = (language) => boot.languages.find(({ code }) => code === language)?.direction ?? "auto";

const spoken = (language, text) => html`<p class="say" lang=${language} dir=${direction(language)}>${text}</p>`;

/** What else can be said, and what it rests on; folded until the caller asks. */
const besides = (language, answer, recorded, key = "") => html`<details class="besides" .open=${call.value.more} @toggle=${(event) => call.set({ more: event.target.open })}>
  <summary>${t("More to say")}${key}</summary>
  ${answer.more[language].map((text) => html`<p class="then" lang=${language} dir=${direction(language)}>${text}</p>`)}
  ${facts(answer, recorded)}
</details>`;

class Answer extends TickingPart {
  get stores() {
    return [call];
  }

  now({ answer, language, guesses, chosen }) {
    return html`<section class="answer" aria-live="polite" aria-label=${t("Tell the caller")}>
      <h2>${headline({ answer, guesses, chosen })}</h2>
      ${spoken(language, answer.say[language])} ${besides(language, answer, false, html`<kbd aria-hidden="true" dir="ltr">M</kbd>`)}
      ${askedBefore(t("Asked about this street before"), answer.asked_here)}
    </section>`;
  }

  recorded({ request, answer, language, tookMs }) {
    const withdrawn = request.state === "cancelled";
    return html`<section class="answer recorded" role="status" aria-label=${t("Answer to read out")}>
      <p class="number">${numberLink(request)} <span>${withdrawn ? t("taken back") : tookMs ? t("recorded, call of {span}", { span: clockTime(tookMs) }) : t("recorded")}</span></p>
      ${
        answer
          ? html`${spoken(language, answer.say[language])} ${besides(language, answer, true)}`
          : withdrawn
            ? ""
            : html`<p class="say">${t("Your number is {reference}.", { reference: request.reference })}</p>
              <p class="then">${needsPin(request) ? t("We do not know the place yet. Click it on the map, or a dispatcher will find it.") : ""}</p>`
      }
      ${withdrawn ? "" : html`<button type="button" class="quiet" @click=${takeBack}><span class="icon icon-undo-2 mirrored" aria-hidden="true"></span>${t("Take it back")}</button>`}
    </section>`;
  }

  render() {
    const { answer, saved } = call.value;
    if (answer) return this.now(call.value);
    if (saved) return this.recorded(saved);
    return html`<p class="muted empty">${t("The answer for the caller appears here once the place is known.")}</p>`;
  }
}
customElements.define("operator-answer", Answer);
