// The form of one machine, in a dialog: new, a copy of another one, or a change.
import { html } from "lit";
import { boot } from "../../pages/boot.js";
import { Part } from "../../pages/element.js";
import { t } from "../../pages/texts.js";
import { field } from "../../pages/form-parts.js";
import { numberField, numberIn } from "../../pages/number-fields.js";
import { done, edit, fleet, order } from "./state.js";

const { limits, owners, types } = boot.machines;
const NUMBERS = ["drive_kmh", "blade_m", "hopper_kg", "min_street_m", "shift_h", "rate_h"];

/** A machine to begin with. */
export const NEW = {
  name: "",
  type: "dump_truck",
  owner: "own",
  plow_kmh: 30,
  salt_kmh: null,
  drive_kmh: 40,
  blade_m: 3,
  hopper_kg: 0,
  min_street_m: 3.5,
  shift_h: 8,
  assumed: true,
  company: "",
  contact: "",
  arrive_min: 0,
  rate_h: 0,
};

const options = (codes, chosen, word) =>
  codes.map((code) => html`<option value=${code} ?selected=${code === chosen}>${word(code)}</option>`);

const numberOr = (text) => (text?.trim() ? numberIn(text) : 0);

class Editor extends Part {
  get stores() {
    return [fleet];
  }

  updated() {
    const dialog = this.querySelector("dialog");
    const { editing, fault } = fleet.value;
    if (!dialog || !editing) {
      this.machine = null;
      this.opener?.focus();
      this.opener = null;
      return;
    }
    if (!dialog.open) {
      this.opener = document.activeElement;
      dialog.showModal();
      dialog.querySelector("#name").select();
    }
    if (fault && fault !== this.shownFault) this.showFault(fault);
    this.shownFault = fault;
  }

  showFault(fault) {
    const name = String(fault.values?.field ?? "").split(".").at(-1);
    const control = this.querySelector("form").elements[name];
    if (control?.focus) control.focus();
    else this.querySelector(".problem")?.scrollIntoView({ block: "nearest" });
  }

  async save(event) {
    event.preventDefault();
    const { editing } = fleet.value;
    const words = new FormData(event.target);
    const wanted = {
      name: words.get("name").trim(),
      type: words.get("type"),
      owner: words.get("owner"),
      depot_id: Number(words.get("depot_id")),
      assumed: words.has("assumed"),
      plow_kmh: words.has("plow") ? numberIn(words.get("plow_kmh")) : null,
      company: words.get("company")?.trim() ?? "",
      contact: words.get("contact")?.trim() ?? "",
      arrive_min: numberOr(words.get("arrive_min")),
      salt_kmh: words.has("salt") ? numberIn(words.get("salt_kmh")) : null,
      ...Object.fromEntries(NUMBERS.map((name) => [name, numberOr(words.get(name))])),
    };
    const path = editing.id ? `machines/${editing.id}` : "machines";
    if (await order(path, wanted, editing.base)) done(editing);
  }

  set(changes) {
    this.machine = { ...this.machine, ...changes };
    this.requestUpdate();
  }

  work(name, word, speed, size, sizeLabel, unit) {
    const { machine } = this;
    const does = machine[speed] != null;
    return html`<fieldset class="work">
      <label class="tick"><input type="checkbox" name=${name} .checked=${does} @change=${({ target }) => this.set({ [speed]: target.checked ? 20 : null })}><span>${word}</span></label>
      ${
        does
          ? html`<div class="fields">
              ${numberField(speed, t("Speed at work"), machine[speed], { unit: t("km/h") })}
              ${numberField(size, sizeLabel, machine[size] || null, { unit, limits: [0.1, limits[size][1]] })}
            </div>`
          : ""
      }
    </fieldset>`;
  }

  hire(machine) {
    return html`<div class="fields">
      ${field("company", t("field:company"), html`<input id="company" name="company" maxlength="80" autocomplete="off" dir="auto" .value=${machine.company}>`)}
      ${field("contact", t("How to reach them"), html`<input id="contact" name="contact" maxlength="80" autocomplete="off" dir="auto" .value=${machine.contact}>`)}
      ${numberField("arrive_min", t("field:arrive_min"), machine.arrive_min || null, { unit: t("min"), required: false })}
    </div>`;
  }

  fields(machine) {
    const { view } = fleet.value;
    return html`<div class="fields">
        ${field("name", t("field:name"), html`<input id="name" name="name" maxlength="80" required autocomplete="off" dir="auto" .value=${machine.name}>`)}
        ${field("type", t("field:type"), html`<select id="type" name="type">${options(types, machine.type, (code) => t(`machine:${code}`))}</select>`)}
      </div>
      ${this.work("plow", t("It plows"), "plow_kmh", "blade_m", t("field:blade_m"), t("m"))}
      ${this.work("salt", t("It salts"), "salt_kmh", "hopper_kg", t("field:hopper_kg"), t("kg"))}
      <div class="fields">
        ${numberField("drive_kmh", t("Driving speed in snow, between jobs"), machine.drive_kmh, { unit: t("km/h") })}
        ${numberField("min_street_m", t("Narrowest street that it fits"), machine.min_street_m, { unit: t("m") })}
        ${numberField("shift_h", t("field:shift_h"), machine.shift_h, { unit: t("h") })}
        ${field("depot_id", t("field:depot"), html`<select id="depot_id" name="depot_id">${view.depots.map((depot) => html`<option value=${depot.id} ?selected=${depot.id === machine.depot_id}>${depot.name}</option>`)}</select>`)}
        ${field("owner", t("field:owner"), html`<select id="owner" name="owner" @change=${({ target }) => this.set({ owner: target.value })}>${options(owners, machine.owner, (code) => t(`owner:${code}`))}</select>`)}
        ${numberField("rate_h", t("field:rate_h"), machine.rate_h || null, { required: false })}
      </div>
      ${machine.owner === "own" ? "" : this.hire(machine)}
      <label class="tick"><input type="checkbox" name="assumed" .checked=${machine.assumed}><span>${t("These figures are estimates")}<span class="muted small">${t("They will be corrected from the tracks of real work.")}</span></span></label>`;
  }

  render() {
    const { editing, fault, busy } = fleet.value;
    if (!editing) return "";
    this.machine ??= { ...editing };
    const heading = editing.id ? editing.name : t("New machine");
    return html`<dialog aria-labelledby="editor-heading" @close=${(event) => event.target.open || edit(null)}>
      <form class="column" @submit=${this.save}>
        <header><h2 id="editor-heading"><bdi>${heading}</bdi></h2>
          <button class="quiet" type="button" aria-label=${t("Close (Esc)")} title=${t("Close (Esc)")} @click=${() => edit(null)}><span class="icon icon-x" aria-hidden="true"></span></button></header>
        <div class="scroll">
          ${fault ? html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span><span>${fault.message}</span></p>` : ""}
          ${this.fields(this.machine)}
        </div>
        <footer class="ends">
          <button class="primary" ?disabled=${busy}>${t("Save")}</button>
          <button type="button" @click=${() => edit(null)}>${t("Cancel")}</button>
        </footer>
      </form>
    </dialog>`;
  }
}
customElements.define("machine-editor", Editor);

