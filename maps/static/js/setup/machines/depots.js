// Depots and places to load salt: the list, the form, and what the streets say to it.
import "../../pages/theme.js";
import "../../pages/notices.js";
import "./undo.js";
import { html } from "lit";
import { boot } from "../../pages/boot.js";
import { Part } from "../../pages/element.js";
import { length, t } from "../../pages/texts.js";
import { field } from "../../pages/form-parts.js";
import { areaFields, areaOf, isArea } from "./areas.js";
import { numberField, numberIn } from "../../pages/number-fields.js";
import { pathOf, placed, placeInTheMiddle, same, showPins } from "./pins.js";
import { done, edit, fleet, follow, order, orderAtOnce, refresh } from "./state.js";

const NEW_SITE = { fill_min: 10, materials: ["salt"], polygon: [] };
const RADIUS_M = boot.machines.radius_m;

const warning = (text) =>
  html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span><span>${text}</span></p>`;


class Depots extends Part {
  get stores() {
    return [fleet];
  }

  updated() {
    const { editing } = fleet.value;
    const opened = editing && `${editing.kind} ${editing.id}`;
    if (opened && opened !== this.opened) {
      this.querySelector("form").scrollIntoView({ block: "nearest" });
      this.querySelector("#name").focus({ preventScroll: true });
    }
    if (!opened && this.opened) this.goBack(this.opened);
    this.opened = opened;
  }

  /** Leave a keyboard where it was before the form. */
  goBack(thing) {
    const [kind] = thing.split(" ");
    const row = this.querySelector(`[data-thing="${thing}"]`) ?? this.querySelector(`[data-add="${kind}"]`);
    row?.focus({ preventScroll: true });
  }

  async save(event) {
    event.preventDefault();
    const { editing } = fleet.value;
    const words = new FormData(event.target);
    const wanted = { ...editing, name: words.get("name"), materials: words.getAll("material") };
    if (editing.kind === "site") wanted.fill_min = numberIn(words.get("fill_min"));
    const area = areaOf(editing, numberIn(words.get("radius_m") ?? ""));
    if (await order(pathOf(editing), { ...placed(wanted), ...area }, editing.base)) done(editing);
  }

  async remove(event) {
    const { editing } = fleet.value;
    const heir = event.target.closest("form").elements.heir?.value;
    const body = heir ? { move_to: Number(heir) } : {};
    if (await order(`${pathOf(editing)}/remove`, body, editing.base)) done(editing);
  }

  heirs(depot) {
    const { view } = fleet.value;
    const others = view.depots.filter((other) => other.id !== depot.id);
    if (!depot.machines || others.length === 0) return "";
    return field(
      "heir",
      t("Before it goes, its machines move to"),
      html`<select id="heir" name="heir">${others.map((other) => html`<option value=${other.id}>${other.name}</option>`)}</select>`,
    );
  }

  place(thing) {
    const unplaced = thing.lon == null;
    return html`<div class="spot ${unplaced ? "wanted" : ""}">
      <span class="icon icon-map-pin" aria-hidden="true"></span>
      <p>${unplaced ? t("Click its place on the map.") : t("Drag the pin, or click another place on the map.")}</p>
      <button type="button" @click=${() => placeInTheMiddle(globalThis.boardMap)}>${t("In the middle of the map")}</button>
    </div>`;
  }

  site(thing) {
    if (thing.kind !== "site") return "";
    return html`${numberField("fill_min", t("field:fill_min"), thing.fill_min, { unit: t("min") })}
      <fieldset class="chips">
        <legend>${t("field:materials")}</legend>
        ${boot.machines.materials.map(
          (material) => html`<label class="chip"><input type="checkbox" name="material" value=${material} .checked=${thing.materials.includes(material)}><span>${t(`material:${material}`)}</span></label>`,
        )}
      </fieldset>`;
  }

  editor(thing) {
    const { fault, busy } = fleet.value;
    return html`<form class="card column" @submit=${this.save} aria-label=${t(thing.kind === "depot" ? "Depot" : "Reload site")}>
      ${fault ? warning(fault.message) : ""}
      ${field("name", t("field:name"), html`<input id="name" name="name" maxlength="80" required autocomplete="off" dir="auto" .value=${thing.name ?? ""}>`)}
      ${this.place(thing)} ${this.site(thing)} ${areaFields(thing)}
      <div class="ends">
        <button class="primary" ?disabled=${thing.lon == null || !isArea(thing) || busy}>${t("Save")}</button>
        <button type="button" @click=${() => edit(null)}>${t("Cancel")}</button>
      </div>
      ${
        thing.id
          ? html`<div class="leave">${this.heirs(thing)}<button type="button" @click=${this.remove} ?disabled=${busy}><span class="icon icon-trash-2" aria-hidden="true"></span>${t("Remove")}</button></div>`
          : ""
      }
    </form>`;
  }

  row(thing, sub) {
    const { editing } = fleet.value;
    if (same(thing, editing)) return html`<li>${this.editor(editing)}</li>`;
    return html`<li class="place">
      <button class="choose" data-thing="${thing.kind} ${thing.id}" @click=${() => edit({ ...thing, drawn: thing.polygon.length > 0 })}>
        <span class="icon icon-${thing.kind === "depot" ? "warehouse" : "salt"}" aria-hidden="true"></span>
        <span class="what"><bdi>${thing.name}</bdi><span class="muted small">${sub}</span></span>
        <span class="icon icon-pencil" aria-hidden="true"></span>
      </button>
      ${thing.assumed ? this.assumed(thing) : ""}
    </li>`;
  }

  assumed(depot) {
    return html`<div class="guess">
      <p class="small"><span class="icon icon-circle-help" aria-hidden="true"></span>${t("This place is only assumed. Drag its pin to where it really is.")}</p>
      <button @click=${() => orderAtOnce(pathOf(depot), placed(depot))}><span class="icon icon-check" aria-hidden="true"></span>${t("It is right")}</button>
    </div>`;
  }

  section(kind, heading, lead, list, add) {
    const { editing } = fleet.value;
    const adding = editing?.kind === kind && !editing.id;
    return html`<section aria-label=${heading}>
      <h2>${heading}</h2>
      <p class="muted small">${lead}</p>
      <ul class="places">${list}</ul>
      ${adding ? this.editor(editing) : html`<button class="add" data-add=${kind} @click=${() => edit({ kind, name: "", lon: null, lat: null, ...NEW_SITE, radius_m: RADIUS_M[kind] })}><span class="icon icon-plus" aria-hidden="true"></span>${add}</button>`}
    </section>`;
  }

  reach() {
    const { unreachable, unreachable_km: km } = fleet.value.view;
    if (!unreachable)
      return html`<p class="reach"><span class="icon icon-check" aria-hidden="true"></span>${t("Machines reach every street from these depots and come back.")}</p>`;
    return html`<p class="reach wrong"><span class="icon icon-triangle-alert" aria-hidden="true"></span><span>${t("unreached:{count}", { count: unreachable, length: length(km * 1000) })} <a href="/setup/streets">${t("Show them")}</a></span></p>`;
  }

  render() {
    const { view, broken } = fleet.value;
    if (broken) return html`${warning(broken)}<button @click=${refresh}>${t("Try again")}</button>`;
    if (!view) return html`<div class="skeleton" aria-hidden="true"></div>`;
    return html`${this.reach()}
      ${this.section(
        "depot",
        t("Depots"),
        t("Machines start and end their work here."),
        view.depots.map((depot) => this.row({ kind: "depot", ...depot }, depot.machines ? t("starts:{count}", { count: depot.machines }) : t("No machine is based here"))),
        t("Add a depot"),
      )}
      ${this.section(
        "site",
        t("Reload sites"),
        t("An empty spreader drives to the nearest one."),
        view.reload_sites.map((site) => this.row({ kind: "site", ...site }, t("{count} min to load", { count: site.fill_min }))),
        t("Add a reload site"),
      )}`;
  }
}
customElements.define("fleet-depots", Depots);

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && fleet.value.editing) edit(null);
});
follow();
await showPins();
