// After a report, which is on its way by now: a photo and a voice note follow it with a tap each, while the driver drives on.
import { html, nothing } from "lit";
import { Part } from "../../../pages/element.js";
import { notify } from "../../../pages/notices.js";
import { smaller } from "../../../pages/photos/shrink.js";
import { t } from "../../../pages/texts.js";
import { attach } from "../outbox.js";
import { drive } from "../state.js";
import { icon } from "../words.js";
import { canRecord, LONGEST_S, record } from "./recorder.js";

const SHOWN_MS = 120000;

function told(reason) {
  if (!drive.value.connected) return t("No network. It is kept and sent later.");
  return reason === "machine_fault" ? t("Dispatch sees it now. Call dispatch.") : t("Dispatch sees it now.");
}

/** What was reported last, for two minutes or until something is added and sent. */
class Sent extends Part {
  static properties = { photo: { state: true }, recording: { state: true }, spoken: { state: true } };

  get stores() {
    return [drive];
  }

  minds(changes) {
    return "connected" in changes || "report" in changes;
  }

  willUpdate() {
    const { report } = drive.value;
    if (this.of === report?.key) return;
    this.of = report?.key;
    this.photo = false;
    this.spoken = false;
    clearTimeout(this.ending);
    if (report) this.ending = setTimeout(() => this.end(report.key), SHOWN_MS);
  }

  end(key) {
    if (drive.value.report?.key === key && !this.recording) drive.set({ report: null });
  }

  async take(event) {
    const [file] = event.target.files;
    const { key } = drive.value.report;
    if (!file) return;
    this.photo = true;
    attach(key, "photo", await smaller(file));
  }

  async speak() {
    const { key } = drive.value.report;
    try {
      const recording = await record();
      this.recording = { ...recording, left: LONGEST_S };
      this.ticking = setInterval(() => (this.recording = { ...this.recording, left: Math.max(0, this.recording.left - 1) }), 1000);
      const note = await recording.note;
      this.spoken = true;
      attach(key, "voice", note);
    } catch {
      notify(t("Nothing was recorded: allow the microphone for this page in the browser's settings."), "danger");
    }
    clearInterval(this.ticking);
    this.recording = null;
  }

  voice() {
    if (!canRecord()) return nothing;
    return html`<button @click=${this.speak}>${icon(this.spoken ? "check" : "mic")}${t("Voice note")}</button>`;
  }

  stop() {
    const { left, stop } = this.recording;
    return html`<button class="stop" @click=${stop}>${icon("square")}${t("Stop and send: {count} s left", { count: left })}</button>`;
  }

  both() {
    return html`<label class="button">
        ${icon(this.photo ? "check" : "camera")}${t("Photo")}
        <input class="unseen" type="file" accept="image/*" capture="environment" @change=${this.take} />
      </label>
      ${this.voice()}`;
  }

  render() {
    const { report } = drive.value;
    if (!report) return nothing;
    return html`<section class="sent">
      <p role="status"><b>${t(`skip:${report.reason}`)}</b><span>${told(report.reason)}</span></p>
      <div class="pair">${this.recording ? this.stop() : this.both()}</div>
    </section>`;
  }
}
customElements.define("drive-sent", Sent);
