// A route that was published is accepted, or declined with a reason; the work goes on meanwhile.
import { html, nothing } from "lit";
import { Part } from "../../pages/element.js";
import { t, time } from "../../pages/texts.js";
import { looking, wanted } from "./duty/check.js";
import { answerRoute } from "./outbox.js";
import { drive, isOver } from "./state.js";
import { icon } from "./words.js";

const REASONS = [
  ["machine_fault", "wrench"],
  ["hours", "coffee"],
  ["too_narrow", "shrink"],
  ["unwell", "octagon-alert"],
  ["not_my_machine", "car-front"],
];

/** Whether the driver still has to say something of his route; whoever is called back to the yard has not. */
const asked = ({ shift, stages }) =>
  shift && !isOver(shift) && !shift.called_back && shift.plan_id !== null && stages.some((stage) => stage.state === "open");

class Answer extends Part {
  static properties = { declining: { state: true } };

  get stores() {
    return [drive, looking];
  }

  updated() {
    const sheet = this.querySelector("dialog");
    if (sheet && !sheet.open) sheet.showModal();
  }

  decline(reason, text = "") {
    answerRoute("declined", reason, text);
    this.declining = false;
  }

  other(event) {
    event.preventDefault();
    const text = new FormData(event.target).get("text").trim();
    if (text) this.decline("other", text);
  }

  question({ shift, stages }) {
    const work = stages.filter((stage) => stage.kind === "work" && stage.state === "open");
    const what = t("{count} streets to plow, until {time}", { count: work.length, time: time(shift.ends_at) });
    return html`<section class="answer" aria-labelledby="answer-title">
      <h2 id="answer-title">${t("Do you accept this route?")}</h2>
      <p class="small">${t("New route, number {number}", { number: shift.revision })} · ${what}</p>
      <div class="choices">
        <button class="primary" @click=${() => answerRoute("accepted")}>${icon("check")}${t("I accept it")}</button>
        <button @click=${() => (this.declining = true)}>${icon("ban")}${t("I decline it")}</button>
      </div>
    </section>`;
  }

  declined({ reason }) {
    return html`<section class="answer declined" role="status">
      <p>${t("You declined this route: {reason}. The dispatcher sees it.", { reason: t(`decline:${reason}`) })}</p>
      <button @click=${() => answerRoute("accepted")}>${icon("check")}${t("I accept it after all")}</button>
    </section>`;
  }

  sheet() {
    return html`<dialog class="sheet" aria-labelledby="declining" @close=${() => (this.declining = false)}>
      <h2 id="declining">${t("Why do you decline it?")}</h2>
      <div class="reasons">
        ${REASONS.map(
          ([reason, picture]) =>
            html`<button @click=${() => this.decline(reason)}>${icon(picture)}${t(`decline:${reason}`)}</button>`,
        )}
      </div>
      <form class="column" @submit=${this.other}>
        <label><span>${t("In your words")}</span><textarea name="text" rows="2" maxlength="300" required dir="auto"></textarea></label>
        <button>${icon("circle-ellipsis")}${t("Report to dispatch")}</button>
      </form>
      <button @click=${() => (this.declining = false)}>${t("Back")}</button>
    </dialog>`;
  }

  render() {
    if (!drive.value.loaded || drive.value.change || !asked(drive.value) || wanted(drive.value)) return nothing;
    const { answer } = drive.value.shift;
    if (answer?.state === "accepted") return nothing;
    return html`${answer ? this.declined(answer) : this.question(drive.value)} ${this.declining ? this.sheet() : nothing}`;
  }
}
customElements.define("drive-answer", Answer);
