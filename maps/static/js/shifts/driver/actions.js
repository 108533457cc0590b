// The buttons at the thumb: done, problem, undo; start and end of the shift.
import { html, nothing } from "lit";
import { now } from "../../pages/boot.js";
import { Part } from "../../pages/element.js";
import { t } from "../../pages/texts.js";
import { complete, start, undo } from "./outbox.js";
import { current, drive, isOver, last } from "./state.js";
import { icon, where } from "./words.js";

const UNDO_MS = 120000; // after that a street counts as cleared
const REST_MS = 1200; // a glove that trembles must not end the next street too

class Actions extends Part {
  static properties = { resting: { state: true } };

  get stores() {
    return [drive];
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
    const stage = last();
    if (!stage || (stage.state === "done" && now() - Date.parse(stage.ended_at) > UNDO_MS)) return nothing;
    const text =
      stage.state === "done"
        ? t("{street} is done", { street: where(stage) })
        : t("{street} is left out", { street: where(stage) });
    return html`<div class="undo">
      <span class="what">${icon(stage.state === "done" ? "circle-check" : "ban")}${text}</span>
      <button @click=${() => this.once(undo)}>${icon("undo-2", "mirrored")}${t("Undo")}</button>
    </div>`;
  }

  driving(stage) {
    if (!stage)
      return html`<button class="primary" @click=${() => drive.set({ asking: "end" })}>${icon("flag")}${t("End the shift")}</button>`;
    return html`<button class="primary done" ?disabled=${this.resting} @click=${() => this.once(() => complete(stage))}>
        ${icon("check")}${t("Done")}
      </button>
      <button class="trouble" @click=${() => drive.set({ asking: "problem" })}>${icon("octagon-alert")}${t("Problem")}</button>`;
  }

  render() {
    const { loaded, shift, stages } = drive.value;
    if (!loaded || isOver(shift)) return nothing;
    if (shift.state === "planned") {
      return html`<div class="actions">
        <button class="primary done" ?disabled=${this.resting} @click=${() => this.once(start)}>${icon("play", "mirrored")}${t("Start the shift")}</button>
      </div>`;
    }
    return html`${stages.length ? this.undo() : nothing}
      <div class="actions">${this.driving(current())}</div>`;
  }
}
customElements.define("drive-actions", Actions);
