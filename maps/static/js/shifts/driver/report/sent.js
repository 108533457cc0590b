// After a report, which is on its way by now: a photo and a voice note follow it with a tap each, while the driver drives on.
import { html, nothing } from "lit";
import { Part } from "../../../pages/element.js";
import { notify } from "../../../pages/notices.js";
import { smaller } from "../../../pages/photos/shrink.js";
import { t } from "../../../pages/texts.js";
import { attach, undo } from "../outbox.js";
import { drive, pending } from "../state.js";
import { icon } from "../words.js";
import { canRecord, LONGEST_S, record } from "./recorder.js";

const SHOWN_MS = 120000;

let underWay = 0; // photos and voice notes that are being made: the row stays for them

/** Whether something that follows a report is being made. */
export const isAttaching = () => underWay > 0;

function told({ key, reason }) {
  if (!drive.value.connected) return t("No network. It is kept and sent later.");
  if (pending.some(({ body }) => body.key === key)) return t("It is being sent…");
  return reason === "machine_fault" ? t("Dispatch sees it now. Call dispatch.") : t("Dispatch sees it now.");
}

/** What was reported last, for two minutes or until something is added and sent. */
class Sent extends Part {
  static properties = { photo: { state: true }, recording: { state: true }, spoken: { state: true } };

  get stores() {
    return [drive];
  }

  minds(changes) {
    return "connected" in changes || "report" in changes || "waiting" in changes;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.recording?.stop(); // nobody could stop it here any more
  }

  willUpdate() {
    const { report } = drive.value;
    if (this.of === report?.key) return;
    this.of = report?.key;
    this.photo = false;
    this.spoken = false;
    this.recording?.stop();
    this.endLater();
  }

  endLater() {
    const { report } = drive.value;
    clearTimeout(this.ending);
    if (report) this.ending = setTimeout(() => this.end(report.key), SHOWN_MS);
  }

  end(key) {
    if (drive.value.report?.key === key && underWay === 0) drive.set({ report: null });
  }

  /** Make something that follows the report, which stays until then. */
  async make(step) {
    underWay += 1;
    await step(drive.value.report.key);
    underWay -= 1;
    this.endLater();
  }

  take(event) {
    const [file] = event.target.files;
    if (file) this.make(async (key) => (this.photo = await attach(key, "photo", await smaller(file))));
  }

  speak() {
    if (!this.isAsking) this.make((key) => this.hear(key));
  }

  async hear(key) {
    let ticking = 0;
    this.isAsking = true; // the question whether the page may listen takes seconds
    try {
      const { stop, note } = await record();
      this.recording = { stop, left: LONGEST_S };
      if (this.of !== key || !this.isConnected) stop();
      ticking = setInterval(() => (this.recording = { stop, left: Math.max(0, this.recording.left - 1) }), 1000);
      const said = await note;
      if (drive.value.report?.key === key) this.spoken = await attach(key, "voice", said);
    } catch {
      notify(t("Nothing was recorded: allow the microphone for this page in the browser's settings."), "danger");
    }
    clearInterval(ticking);
    this.recording = null;
    this.isAsking = false;
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
      ${this.voice()}
      <button @click=${undo}>${icon("undo-2", "mirrored")}${t("Undo")}</button>`;
  }

  render() {
    const { report } = drive.value;
    if (!report) return nothing;
    return html`<section class="sent">
      <p role="status"><b>${t(`skip:${report.reason}`)}</b><span>${told(report)}</span></p>
      <div class="pair">${this.recording ? this.stop() : this.both()}</div>
    </section>`;
  }
}
customElements.define("drive-sent", Sent);
