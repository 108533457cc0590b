// What is wrong: one of ten reasons; a blocked street may be photographed. Nobody has to type.
import { html, nothing } from "lit";
import { Part } from "../../pages/element.js";
import { t } from "../../pages/texts.js";
import { notify } from "../../pages/notices.js";
import { smaller } from "../../pages/photos/shrink.js";
import { end, reportBlocked, skip } from "./outbox.js";
import { current, drive } from "./state.js";
import { icon, where } from "./words.js";

const REASONS = [
  ["parked_cars", "car-front"],
  ["blocked", "construction"],
  ["too_narrow", "shrink"],
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
  static properties = { photo: { state: true } };

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
    if (reason === "blocked") return drive.set({ asking: "blocked" });
    skip(this.stage, reason);
    if (reason === "machine_fault") notify(t("The dispatcher sees that your machine is broken. Call dispatch."));
    return close();
  }

  closed(event) {
    if (!event.target.open) close(); // the news of a closing may come after the next opening
  }

  async take(event) {
    const [file] = event.target.files;
    if (!file) return;
    this.forget();
    const blob = await smaller(file);
    this.photo = { blob, url: URL.createObjectURL(blob) };
  }

  forget() {
    if (this.photo) URL.revokeObjectURL(this.photo.url);
    this.photo = null;
  }

  send() {
    reportBlocked(this.stage, this.photo?.blob);
    this.forget();
    close();
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

  blocked() {
    return html`<h2>${t("Blocked street")}</h2>
      ${this.photo ? html`<img class="photo" src=${this.photo.url} alt=${t("Your photo")} />` : nothing}
      <label class="button ${this.photo ? "" : "primary"}">
        ${icon("camera")}${this.photo ? t("Take another photo") : t("Take a photo")}
        <input class="unseen" type="file" accept="image/*" capture="environment" @change=${this.take} />
      </label>
      <button class=${this.photo ? "primary" : ""} @click=${this.send}>
        ${icon("construction")}${this.photo ? t("Report with this photo") : t("Report without a photo")}
      </button>`;
  }

  ending() {
    return html`<h2>${t("End the shift?")}</h2>
      <p class="lead">${t("What is left of the route goes back to the dispatcher. This cannot be undone.")}</p>
      <button
        class="primary"
        @click=${() => {
          end();
          close();
        }}
      >
        ${icon("flag")}${t("End the shift")}
      </button>`;
  }

  render() {
    const { asking } = drive.value;
    const bodies = { problem: () => this.reasons(), blocked: () => this.blocked(), end: () => this.ending() };
    return html`<dialog class="sheet" aria-label=${t("Problem")} @close=${this.closed}>
      ${bodies[asking]?.() ?? nothing}
      <button @click=${close}>${t("Back")}</button>
    </dialog>`;
  }
}
customElements.define("drive-problem", Problem);
