// Messages to and from drivers: the thread of a truck in its panel, and words to one truck, some or all.
import { html } from "lit";
import { Part } from "../pages/element.js";
import { get, post } from "../pages/net.js";
import { attempt, echo, notify, once } from "../pages/notices.js";
import { withNews } from "../pages/stream.js";
import { inLanguage, isolated, t, time } from "../pages/texts.js";
import { person } from "../accounts/people.js";
import { unread } from "../board/rows.js";
import { board, keyed, mayDispatch, merge, vehicles } from "../board/state.js";

const MOST_LETTERS = 200;

/** Ask for the messages of the storm: at the start, after a break, with a new storm. */
export const reloadMessages = withNews(async () => {
  const { messages, canned } = await get("/api/messages");
  board.set({ messages: keyed(messages), canned });
});

/** Once, however often the button is pressed. */
const sendWords = once((text, ids) => post("/api/messages", { text, vehicle_ids: ids }));

const ofTruck = (vehicleId) =>
  [...board.value.messages.values()].filter((one) => one.vehicle_id === vehicleId).sort((one, other) => one.id - other.id);

function became({ from_driver: fromDriver, by_tracker: byTracker, delivered_at: came, seen_at: seen }) {
  if (fromDriver) return "";
  if (seen) return t("read {time}", { time: time(seen) });
  if (came) return byTracker ? t("shown by the tracker {time}", { time: time(came) }) : t("on the phone {time}", { time: time(came) });
  return byTracker ? t("waits for the tracker") : t("not on the phone yet");
}

const item = (one) => html`<li class=${one.from_driver ? "" : "mine"}>
  <p dir="auto">${inLanguage(one.text)}</p>
  <p class="muted small">${person(one.sent_by)} · ${time(one.sent_at)} ${became(one)}</p>
</li>`;

class TruckMessages extends Part {
  static properties = { vehicle: { type: Number }, to: { state: true } };

  constructor() {
    super();
    this.to = "one";
  }

  get stores() {
    return [board];
  }

  updated() {
    if (mayDispatch && unread(this.vehicle) > 0 && document.visibilityState === "visible") this.see();
    const { length } = ofTruck(this.vehicle);
    if (this.shown === `${this.vehicle}:${length}`) return;
    this.shown = `${this.vehicle}:${length}`;
    const thread = this.querySelector(".thread");
    thread?.scrollTo({ top: thread.scrollHeight });
  }

  async see() {
    if (this.seeing) return;
    this.seeing = true;
    const seen = await attempt(() => post("/api/messages/seen", { vehicle_id: this.vehicle }));
    this.seeing = false;
    if (seen) merge("messages", seen);
  }

  receivers(form) {
    if (this.to === "all") return [];
    if (this.to === "one") return [this.vehicle];
    return form.getAll("truck").map(Number);
  }

  async write(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    const ids = this.receivers(form);
    if (this.to === "some" && ids.length === 0) return notify(t("Choose at least one truck."), "danger");
    const sent = await attempt(() => sendWords(form.get("text"), ids));
    if (!sent) return undefined;
    merge("messages", sent.messages);
    const missed = sent.unreached.map((id) => isolated(board.value.vehicles.get(id)?.name ?? id));
    if (missed.length > 0) notify(t("Not reached: {trucks}", { trucks: missed.join(t(", ")) }), "danger");
    if (this.to !== "one") echo(t("sent to:{count}", { count: sent.messages.length }));
    this.querySelector("form").reset();
    this.to = "one";
    return undefined;
  }

  take(event) {
    if (event.target.value) this.querySelector('[name="text"]').value = event.target.value;
    event.target.value = "";
  }

  some() {
    return html`<fieldset class="trucks"><legend class="unseen">${t("Trucks")}</legend>${vehicles().map(
      (one) => html`<label class="tick"><input type="checkbox" name="truck" value=${one.id} ?checked=${one.id === this.vehicle}><bdi>${one.name}</bdi></label>`,
    )}</fieldset>`;
  }

  form() {
    const to = { one: t("this truck"), some: t("some trucks"), all: t("all trucks with a shift") };
    return html`<form class="column" @submit=${this.write}>
      <div class="pair">
        <label><span>${t("Write to")}</span><select name="to" @change=${(event) => (this.to = event.target.value)}>
          ${Object.entries(to).map(([name, words]) => html`<option value=${name} ?selected=${name === this.to}>${words}</option>`)}
        </select></label>
        <label><span>${t("Ready text")}</span><select name="canned" @change=${this.take}>
          <option value="">${t("choose…")}</option>
          ${board.value.canned.map((text) => html`<option value=${inLanguage(text)}>${inLanguage(text)}</option>`)}
        </select></label>
      </div>
      ${this.to === "some" ? this.some() : ""}
      <div class="own">
        <label><span class="unseen">${t("Message")}</span><input name="text" required maxlength=${MOST_LETTERS} dir="auto" autocomplete="off" placeholder=${t("Message")}></label>
        <button><span class="icon icon-send mirrored" aria-hidden="true"></span>${t("Send")}</button>
      </div>
    </form>`;
  }

  render() {
    if (!board.value.storm) return "";
    const thread = ofTruck(this.vehicle);
    return html`<h3>${t("Messages")}</h3>
      ${thread.length > 0 ? html`<ol class="thread">${thread.map(item)}</ol>` : html`<p class="muted small">${t("Nothing was written yet.")}</p>`}
      ${mayDispatch ? this.form() : ""}`;
  }
}
customElements.define("truck-messages", TruckMessages);
