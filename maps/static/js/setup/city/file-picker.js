// Chooses a file that lies ready on the server, or sends one: a list, a button, and a place to drop it.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { t } from "../../pages/texts.js";
import { sendFile } from "./upload.js";

const MEGABYTE = 1_000_000;

const size = (bytes) => t("{value} MB", { value: Math.max(0.1, Math.round(bytes / (MEGABYTE / 10)) / 10) });

const listed = (file) => `${file.name} (${size(file.size_bytes)})`;

/**
 * `<setup-file>`: `name` is that of the form's field, `purpose` what the file is for, `address` takes it, `files` lie
 * ready, `also` are choices that are no files ({value, label}). Says `chosen` whenever another file is.
 */
class FileChoice extends Part {
  static properties = {
    name: {},
    purpose: {},
    address: {},
    label: {},
    hint: {},
    none: {},
    suffixes: { attribute: false },
    files: { attribute: false },
    also: { attribute: false },
    sent: { state: true },
    value: { state: true },
    share: { state: true },
    fault: { state: true },
    over: { state: true },
  };

  constructor() {
    super();
    this.files = [];
    this.also = [];
    this.sent = [];
    this.suffixes = [];
    this.value = "";
    this.share = null;
    this.fault = "";
  }

  choose(value) {
    this.value = value;
    this.fault = "";
    this.dispatchEvent(new Event("chosen"));
  }

  async send(file) {
    if (!file) return;
    this.share = 0;
    this.fault = "";
    try {
      const kept = await sendFile(this.address, file, this.purpose, (share) => (this.share = share));
      this.sent = [...this.sent.filter((one) => one.name !== kept.name), kept];
      this.choose(kept.name);
    } catch (error) {
      this.fault = error.message;
    } finally {
      this.share = null;
    }
  }

  updated() {
    // The options may come later than the choice.
    const list = this.querySelector("select");
    if (list && list.value !== this.value) list.value = this.value;
  }

  drop(event) {
    event.preventDefault();
    this.over = false;
    this.send(event.dataTransfer.files[0]);
  }

  describedBy() {
    return [this.hint ? `${this.name}-hint` : "", this.fault ? `${this.name}-fault` : ""].join(" ").trim();
  }

  /** The files that may be chosen: those that lay ready, and those sent since, which the page around does not know. */
  choices() {
    const sent = new Set(this.sent.map(({ name }) => name));
    return [...this.files.filter(({ name }) => !sent.has(name)), ...this.sent];
  }

  sending() {
    if (this.share === null) return "";
    return html`<div class="sending" role="status"><progress max="1" .value=${this.share} aria-label=${t("Sending the file")}></progress>
      <span class="small muted">${this.share < 1 ? t("{value} %", { value: Math.floor(this.share * 100) }) : t("Checking the file")}</span></div>`;
  }

  render() {
    const busy = this.share !== null;
    return html`<div
      class="field file-choice ${this.over ? "over" : ""}"
      @dragover=${(event) => (event.preventDefault(), (this.over = true))}
      @dragleave=${() => (this.over = false)}
      @drop=${this.drop}
    >
      <label for=${this.name}>${this.label}</label>
      <div class="pick">
        <select id=${this.name} name=${this.name} ?disabled=${busy} aria-describedby=${this.describedBy()} @change=${(event) => this.choose(event.target.value)}>
          <option value="">${this.none}</option>
          ${this.also.map((one) => html`<option value=${one.value}>${one.label}</option>`)}
          ${this.choices().map((file) => html`<option value=${file.name}>${listed(file)}</option>`)}
        </select>
        <label class="upload ${busy ? "busy" : ""}"><span class="icon icon-file-up" aria-hidden="true"></span>${t("Send a file")}<input
          type="file"
          class="unseen"
          accept=${this.suffixes.map((suffix) => `.${suffix.split(".").at(-1)}`).join(",")}
          aria-label="${t("Send a file")}: ${this.label}"
          ?disabled=${busy}
          @change=${(event) => this.send(event.target.files[0])}
        ></label>
      </div>
      ${this.sending()}
      ${this.fault ? html`<p class="problem" id="${this.name}-fault" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${this.fault}</p>` : ""}
      ${this.hint ? html`<p class="muted small" id="${this.name}-hint">${this.hint}</p>` : ""}
    </div>`;
  }
}
customElements.define("setup-file", FileChoice);
