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
  static properties = { shift: { type: Number }, list: { state: true }, canned: { state: true }, fault: { state: true } };

  constructor() {
    super();
    this.list = [];
    this.canned = [];
    this.fault = "";
  }

  get path() {
    return `/api/crew-shifts/${this.shift}/messages`;
  }

  /** Ask for what was written, and tell that it was read. */
  async reload() {
    const { messages, canned } = await get(this.path);
    Object.assign(this, { list: messages, canned });
    if (messages.some((one) => one.from_driver && !one.seen_at)) await post(`${this.path}/seen`);
  }

  async write(event) {
    event.preventDefault();
    const form = event.target;
    try {
      await post(this.path, { key: newKey(), text: new FormData(form).get("text") });
      this.fault = "";
      form.reset();
      await this.reload();
    } catch (error) {
      this.fault = error.message;
    }
  }

  take(event) {
    if (event.target.value) this.querySelector('[name="text"]').value = event.target.value;
    event.target.value = "";
  }

  render() {
    return html`${this.list.length > 0 ? "" : html`<p class="muted small">${t("Nothing was written yet.")}</p>`}
      <ol class="thread">${this.list.map(
        (one) => html`<li class=${one.from_driver ? "" : "mine"}><p dir="auto">${inLanguage(one.text)}</p>
          <p class="muted small">${person(one.sent_by)} · ${time(one.sent_at)} ${became(one)}</p></li>`,
      )}</ol>
      ${this.fault ? html`<p class="problem" role="alert">${this.fault}</p>` : ""}
      <form class="fields" @submit=${this.write}>
        <label><span>${t("Ready text")}</span><select @change=${this.take}><option value="">${t("choose…")}</option>${this.canned.map((text) => html`<option value=${inLanguage(text)}>${inLanguage(text)}</option>`)}</select></label>
        <label class="wide"><span>${t("Message")}</span><input name="text" required maxlength=${MOST_LETTERS} dir="auto" autocomplete="off"></label>
        <button>${t("Send")}</button>
      </form>`;
  }
}
customElements.define("crew-thread", Thread);

/** Read a crew's words when its thread is opened. */
document.addEventListener("toggle", ({ target }) => target.open && target.querySelector("crew-thread")?.reload(), true);

/** Show what is new: in the threads that are open, else as a count that stands beside them. */
export function heardOfMessages(list) {
  for (const box of document.querySelectorAll("details:has(crew-thread)")) {
    const thread = box.querySelector("crew-thread");
    const fresh = list.filter((one) => one.crew_shift_id === thread.shift);
    if (fresh.length > 0 && box.open) thread.reload();
    else if (fresh.some((one) => one.from_driver && !one.seen_at)) box.querySelector(".fresh").hidden = false;
  }
}
