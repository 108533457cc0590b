// The machines of the city as a table: find, add, change, copy, remove, and whole files.
import "../../pages/theme.js";
import "../../pages/notices.js";
import "./undo.js";
import "./editor.js";
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Part } from "../../pages/element.js";
import { latinDigits } from "../../pages/number-fields.js";
import { number, t } from "../../pages/texts.js";
import { NEW } from "./editor.js";
import { edit, fleet, follow, orderAtOnce, refresh } from "./state.js";
import { look } from "./upload.js";

const WIDE = matchMedia("(min-width: 901px)");
const TRAILING = /^(.*?)(\p{Nd}+)$/u;

const plain = (text) => text.toLocaleLowerCase().replaceAll("ي", "ی").replaceAll("ك", "ک");

/** A name that is free, from one that is taken: the next number at its end, in the same digits. */
function nextName(name, taken) {
  const [, stem, digits] = TRAILING.exec(name) ?? [null, `${name} `, "1"];
  const zero = digits.codePointAt(0) - Number(latinDigits(digits)[0]);
  for (let at = Number(latinDigits(digits)) + 1; ; at += 1) {
    const next = stem + String(at).replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
    if (!taken.has(next)) return next;
  }
}

const speed = (kmh, word) => (kmh == null ? "" : html`<span class="does">${word} <span class="muted">${t("{value} km/h", { value: kmh })}</span></span>`);

const metres = (value) => (value ? t("{value} m", { value }) : "—");

const COLUMNS = [
  ["name", () => t("field:name"), (machine) => html`<span class="name"><bdi>${machine.name}</bdi><span class="muted small">${t(`machine:${machine.type}`)}${machine.owner === "own" ? "" : html` · ${t(`owner:${machine.owner}`)}`}${machine.assumed ? html` · ${t("estimated")}` : ""}</span></span>`],
  ["works", () => t("Work"), (machine) => html`<span class="works">${speed(machine.plow_kmh, t("Plowing"))}${speed(machine.salt_kmh, t("Salting"))}</span>`],
  ["blade", () => t("Blade"), (machine) => metres(machine.blade_m)],
  ["hopper", () => t("Salt"), (machine) => (machine.hopper_kg ? t("{value} kg", { value: machine.hopper_kg }) : "—")],
  ["narrow", () => t("Narrowest street"), (machine) => metres(machine.min_street_m)],
  ["drive", () => t("field:drive_kmh"), (machine) => t("{value} km/h", { value: machine.drive_kmh })],
  ["shift", () => t("Shift"), (machine) => t("{count} h", { count: machine.shift_h })],
  ["depot", () => t("field:depot"), (machine) => html`<bdi>${machine.depot}</bdi>`],
];

const button = (icon, word, machine, act) => html`<button class="quiet" title=${word} aria-label=${`${word}: ${machine.name}`} @click=${act}><span class="icon icon-${icon}" aria-hidden="true"></span></button>`;

class Machines extends Part {
  static properties = { words: { state: true } };

  constructor() {
    super();
    this.words = "";
  }

  get stores() {
    return [fleet];
  }

  connectedCallback() {
    super.connectedCallback();
    WIDE.addEventListener("change", () => this.requestUpdate());
  }

  shown() {
    const words = plain(this.words.trim());
    return fleet.value.view.machines.filter((one) =>
      plain(`${one.name} ${t(`machine:${one.type}`)} ${one.depot} ${t(`owner:${one.owner}`)}`).includes(words),
    );
  }

  copy(machine) {
    const taken = new Set(fleet.value.view.machines.map((other) => other.name));
    edit({ ...machine, id: 0, name: nextName(machine.name, taken) });
  }

  async remove(machine) {
    if (!(await orderAtOnce(`machines/${machine.id}/remove`))) return;
    await this.updateComplete;
    this.querySelector(".undo button")?.focus(); // its own button is gone
  }

  orders(machine) {
    return html`${button("pencil", t("Change"), machine, () => edit(machine))}
      ${button("copy", t("Copy"), machine, () => this.copy(machine))}
      ${button("trash-2", t("Remove"), machine, () => this.remove(machine))}`;
  }

  table(list) {
    return html`<table class="fleet" aria-label=${t("Machines")}>
      <thead><tr>${COLUMNS.map(([name, head]) => html`<th scope="col" class=${name}>${head()}</th>`)}<th><span class="unseen">${t("Change")}</span></th></tr></thead>
      <tbody>
        ${repeat(
          list,
          (machine) => machine.id,
          (machine) => html`<tr>${COLUMNS.map(([name, , cell]) => html`<td class=${name}>${cell(machine)}</td>`)}<td class="orders">${this.orders(machine)}</td></tr>`,
        )}
      </tbody>
    </table>`;
  }

  cards(list) {
    return html`<ul class="fleet-cards" aria-label=${t("Machines")}>
      ${repeat(
        list,
        (machine) => machine.id,
        (machine) => html`<li>
          ${COLUMNS[0][2](machine)}
          <div class="orders">${this.orders(machine)}</div>
          <p class="small">${COLUMNS[1][2](machine)}</p>
          <p class="muted small"><bdi>${machine.depot}</bdi> · ${t("{count} h", { count: machine.shift_h })}${machine.blade_m ? html` · ${t("blade {value} m", { value: machine.blade_m })}` : ""}${machine.hopper_kg ? html` · ${t("salt {value} kg", { value: machine.hopper_kg })}` : ""}</p>
        </li>`,
      )}
    </ul>`;
  }

  files() {
    const choose = ({ target }) => {
      if (target.files[0]) look(target.files[0]);
      target.value = "";
    };
    return html`<div class="files">
      <label class="button"><input class="unseen" type="file" accept=".csv,.toml,.txt,text/csv" @change=${choose}><span class="icon icon-file-up" aria-hidden="true"></span>${t("Import")}</label>
      <a class="button" href="/setup/machines.csv" download><span class="icon icon-download" aria-hidden="true"></span>${t("Export")}</a>
      <a class="button" href="/setup/fleet.toml" download><span class="icon icon-download" aria-hidden="true"></span><span dir="ltr">${"fleet.toml"}</span></a>
    </div>`;
  }

  tools(view) {
    return html`<div class="tools">
      <button class="primary" @click=${() => edit({ ...NEW, id: 0, depot_id: view.depots[0]?.id })}><span class="icon icon-plus" aria-hidden="true"></span>${t("Add a machine")}</button>
      <div class="filter"><span class="icon icon-search" aria-hidden="true"></span><input type="search" aria-label=${t("Filter this list")} placeholder=${t("Filter")} .value=${this.words} @input=${({ target }) => (this.words = target.value)}></div>
      ${this.files()}
    </div>`;
  }

  list(view) {
    const list = this.shown();
    const said = list.length === view.machines.length ? t("machines:{count}", { count: list.length }) : t("{count} of {all} machines", { count: number(list.length), all: number(view.machines.length) });
    return html`<p class="muted small tally" role="status">${said}</p>
      ${list.length === 0 ? html`<p class="empty">${t("No matching machine.")}</p>` : WIDE.matches ? this.table(list) : this.cards(list)}`;
  }

  render() {
    const { view, broken } = fleet.value;
    if (broken)
      return html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${broken}</p><div><button @click=${refresh}>${t("Try again")}</button></div>`;
    if (!view) return html`<div class="skeleton" aria-hidden="true"></div>`;
    return html`${this.tools(view)}<fleet-upload></fleet-upload>${this.list(view)}<fleet-undo></fleet-undo><machine-editor></machine-editor>`;
  }
}
customElements.define("fleet-machines", Machines);
follow();
