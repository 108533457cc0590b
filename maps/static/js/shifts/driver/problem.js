// What is wrong: one of ten reasons, sent with that tap; a photo and a voice note may follow. Nobody has to type.
import { html, nothing } from "lit";
import { Part } from "../../pages/element.js";
import { t } from "../../pages/texts.js";
import { ending, leaving } from "./duty/ending.js";
import { report } from "./outbox.js";
import { impossible } from "./report/impossible.js";
import { current, drive } from "./state.js";
import { icon, where } from "./words.js";

const REASONS = [
  ["parked_cars", "car-front"],
  ["blocked", "construction"],
  ["impossible", "shrink"],
  ["already_clear", "sparkles"],
  ["machine_fault", "wrench"],
  ["ice", "snowflake"],
  ["accident", "car"],
  ["wires", "cable"],
  ["out_of_salt", "package-x"],
  ["other", "circle-ellipsis"],
];

const close = () => drive.set({ asking: "" });

class Problem extends Part {
  get stores() {
    return [drive];
  }

  willUpdate() {
    const asking = Boolean(drive.value.asking);
    if (asking && !this.asked) this.stage = current(); // what the driver saw when he asked
    this.asked = asking;
  }

  updated() {
    const sheet = this.querySelector("dialog");
    if (drive.value.asking && !sheet.open) sheet.showModal();
    if (!drive.value.asking && sheet.open) sheet.close();
  }

  choose(reason) {
    if (reason === "impossible") return drive.set({ asking: "impossible" });
    report(this.stage, reason);
    return close();
  }

  closed(event) {
    if (!event.target.open) close(); // the news of a closing may come after the next opening
  }

  reasons() {
    return html`<h2>${t("What is the problem?")}</h2>
      <p class="muted"><bdi>${this.stage ? where(this.stage) : ""}</bdi></p>
      <div class="reasons two">
        ${REASONS.map(
          ([reason, picture]) =>
            html`<button @click=${() => this.choose(reason)}>${icon(picture)}${t(`skip:${reason}`)}</button>`,
        )}
      </div>
      <button class="quiet ending" @click=${() => drive.set({ asking: "end" })}>${icon("flag")}${t("End the shift")}</button>`;
  }

  render() {
    const { asking } = drive.value;
    const bodies = {
      problem: () => this.reasons(),
      impossible: () => impossible(this.stage, close),
      end: ending,
      left: () => leaving(REASONS),
    };
    return html`<dialog class="sheet" aria-label=${t("Problem")} @close=${this.closed}>
      ${bodies[asking]?.() ?? nothing}
      <button @click=${close}>${t("Back")}</button>
    </dialog>`;
  }
}
customElements.define("drive-problem", Problem);
