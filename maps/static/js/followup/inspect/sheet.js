// One place: a photo first, then whether it is in order, or what is not.
import { html, nothing } from "lit";
import { icon, TickingPart } from "../../pages/element.js";
import { smaller } from "../../pages/photos/shrink.js";
import { t } from "../../pages/texts.js";
import { placeName, what, why } from "./list.js";
import { say } from "./outbox.js";
import { freshPlace, locate } from "./place.js";
import { inspections } from "./state.js";

const FAULTS = ["not_plowed", "half_done", "ridge", "ice", "parked_cars", "other"];

class Sheet extends TickingPart {
  static properties = { photo: { state: true }, faults: { state: true }, isBad: { state: true }, fault: { state: true } };

  constructor() {
    super();
    this.clear();
  }

  get stores() {
    return [inspections];
  }

  minds(changes) {
    return "opened" in changes;
  }

  clear() {
    URL.revokeObjectURL(this.address);
    Object.assign(this, { photo: null, place: null, address: undefined, faults: [], isBad: false, fault: "", keeping: false });
  }

  updated() {
    const sheet = this.querySelector("dialog");
    if (sheet && !sheet.open) sheet.showModal();
  }

  close() {
    this.clear();
    inspections.set({ opened: null });
  }

  async take({ target }) {
    const [file] = target.files;
    if (!file) return;
    this.place = freshPlace();
    locate().then((place) => (this.place = place ?? this.place));
    this.photo = await smaller(file);
    this.fault = "";
    URL.revokeObjectURL(this.address);
    this.address = URL.createObjectURL(this.photo);
  }

  /** The sheet stays until the phone has kept the answer. */
  async tell(isClear, found = {}) {
    if (this.keeping) return;
    this.keeping = true;
    const { opened } = inspections.value;
    const place = this.place ? { lon: this.place.lon, lat: this.place.lat } : {};
    try {
      await say(opened.id, { clear: isClear, ...found, ...place }, this.photo);
      if (inspections.value.opened === opened) this.close();
    } catch {
      Object.assign(this, { photo: null, fault: t("The photo could not be read. Take it again.") });
    }
    this.keeping = false;
  }

  toggle(fault) {
    this.faults = this.faults.includes(fault) ? this.faults.filter((one) => one !== fault) : [...this.faults, fault];
  }

  tellBad(event) {
    event.preventDefault();
    const words = new FormData(event.target).get("words").trim();
    const faults = this.faults.filter((fault) => fault !== "other");
    this.tell(false, { faults, text: words });
  }

  answers() {
    if (!this.photo) return html`<p class="muted">${t("Take a photo first: it is the proof.")}</p>`;
    if (!this.isBad)
      return html`<button class="primary good" @click=${() => this.tell(true)}>${icon("circle-check")}${t("In order")}</button>
        <button class="bad" @click=${() => (this.isBad = true)}>${icon("octagon-alert")}${t("Not in order")}</button>`;
    const isOther = this.faults.includes("other");
    return html`<h3>${t("What is not in order?")}</h3>
      <div class="faults">${FAULTS.map((fault) => html`<button aria-pressed=${this.faults.includes(fault)} @click=${() => this.toggle(fault)}>${t(`inspection:${fault}`)}</button>`)}</div>
      <form @submit=${this.tellBad}>
        <label><span>${t("In your words")}</span><input type="text" name="words" maxlength="300" ?required=${isOther} dir="auto" autocomplete="off"></label>
        <button class="primary bad" ?disabled=${this.faults.length === 0}>${t("Send")}</button>
      </form>`;
  }

  render() {
    const { opened } = inspections.value;
    if (!opened) return nothing;
    const at = `${opened.lat.toFixed(6)},${opened.lon.toFixed(6)}`;
    return html`<dialog class="sheet" aria-labelledby="place-name" @close=${this.close}>
      <h2 id="place-name" dir="auto">${placeName(opened)}</h2>
      <p class="sub">${what(opened)} · ${opened.reference ? html`<bdi class="code">${opened.reference}</bdi> · ` : nothing}${why(opened)}</p>
      ${opened.text && opened.address ? html`<p class="words" dir="auto">${opened.text}</p>` : nothing}
      <a class="button" href=${`geo:${at}?q=${at}`}>${icon("map-pin")}${t("Show on the map")}</a>
      ${this.address ? html`<img src=${this.address} alt=${t("Your photo")}>` : nothing}
      <label class="button ${this.photo ? "" : "primary"}">${icon("camera")}${this.photo ? t("Take another photo") : t("Take a photo")}<input class="unseen" type="file" accept="image/*" capture="environment" @change=${this.take}></label>
      ${this.fault ? html`<p class="problem" role="alert">${this.fault}</p>` : nothing}
      ${this.answers()}
      <button @click=${this.close}>${t("Back")}</button>
    </dialog>`;
  }
}
customElements.define("inspect-sheet", Sheet);
