// What a crew and the dispatchers write to each other, on the page of crews.
import { html } from "lit";
import { person } from "../../accounts/people.js";
import { Part } from "../../pages/element.js";
import { get, post } from "../../pages/net.js";
import { newKey } from "../../pages/offline-queue.js";
import { inLanguage, t, time } from "../../pages/texts.js";

const MOST_LETTERS = 200;

function became({ from_driver: fromCrew, delivered_at: came, seen_at: seen }) {
  if (fromCrew) return "";
  if (seen) return t("read {time}", { time: time(seen) });
  return came ? t("on the phone {time}", { time: time(came) }) : t("not on the phone yet");
}

class Thread extends Part {
  static properties = {
    shift: { type: Number },
    list: { state: true },
    canned: { state: true },
    broken: { state: true },
    fault: { state: true },
    sending: { state: true },
  };

  constructor() {
    super();
    Object.assign(this, { list: null, canned: [], broken: "", fault: "", sending: false });
    this.unsent = null;
  }

  get path() {
    return `/api/crew-shifts/${this.shift}/messages`;
  }

  /** Ask for what was written, and tell that it was read where somebody looks. */
  async reload() {
    try {
      const { messages, canned } = await get(this.path);
      Object.assign(this, { list: messages, canned, broken: "" });
      const isNew = messages.some((one) => one.from_driver && !one.seen_at);
      if (isNew && document.visibilityState === "visible") await post(`${this.path}/seen`);
    } catch (error) {
      this.broken = error.message;
    }
  }

  /** The key of a text, the same until the server has taken it: sent again it is no second message. */
  keyOf(text) {
    if (this.unsent?.text !== text) this.unsent = { key: newKey(), text };
    return this.unsent.key;
  }

  async write(event) {
    event.preventDefault();
    if (this.sending) return;
    this.sending = true;
    const form = event.target;
    const text = new FormData(form).get("text");
    try {
      await post(this.path, { key: this.keyOf(text), text });
      this.unsent = null;
      this.fault = "";
      form.reset();
      await this.reload();
    } catch (error) {
      this.fault = error.message;
    }
    this.sending = false;
  }

  take(event) {
    if (event.target.value) this.querySelector('[name="text"]').value = event.target.value;
    event.target.value = "";
  }

  empty() {
    if (this.broken) return html`<p class="problem" role="alert">${this.broken}</p>`;
    if (this.list?.length > 0) return "";
    return html`<p class="muted small">${this.list ? t("Nothing was written yet.") : t("Loading…")}</p>`;
  }

  render() {
    return html`${this.empty()}
      <ol class="thread">${(this.list ?? []).map(
        (one) => html`<li class=${one.from_driver ? "" : "mine"}><p dir="auto">${inLanguage(one.text)}</p>
          <p class="muted small">${person(one.sent_by)} · ${time(one.sent_at)} ${became(one)}</p></li>`,
      )}</ol>
      ${this.fault ? html`<p class="problem" role="alert">${this.fault}</p>` : ""}
      <form class="fields" @submit=${this.write}>
        <label><span>${t("Ready text")}</span><select @change=${this.take}><option value="">${t("choose…")}</option>${this.canned.map((text) => html`<option value=${inLanguage(text)}>${inLanguage(text)}</option>`)}</select></label>
        <label class="wide"><span>${t("Message")}</span><input name="text" required maxlength=${MOST_LETTERS} dir="auto" autocomplete="off"></label>
        <button ?disabled=${this.sending}>${t("Send")}</button>
      </form>`;
  }
}
customElements.define("crew-thread", Thread);

/** Read a crew's words when its thread is opened. */
document.addEventListener("toggle", ({ target }) => target.open && target.querySelector("crew-thread")?.reload(), true);

/** What came while nobody looked is read when somebody looks again. */
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") return;
  for (const thread of document.querySelectorAll("details[open] crew-thread")) thread.reload();
});

/** Show what is new: in the threads that are open, else as a count that stands beside them. */
export function heardOfMessages(list) {
  for (const box of document.querySelectorAll("details:has(crew-thread)")) {
    const thread = box.querySelector("crew-thread");
    const fresh = list.filter((one) => one.crew_shift_id === thread.shift);
    if (fresh.length > 0 && box.open) thread.reload();
    else if (fresh.some((one) => one.from_driver && !one.seen_at)) box.querySelector(".fresh").hidden = false;
  }
}
