// Which streets the map shows: by class and by district; and the street somebody looks for.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { get } from "../../pages/net.js";
import { stateGroups } from "../../pages/map/coverage.js";
import { named, t } from "../../pages/texts.js";
import { choice, council, districtName, filter, goTo, live, streets } from "../state.js";
import { stateName } from "../words.js";

const PAUSE_MS = 250;

function toggle(name) {
  const withoutClasses = new Set(choice.value.withoutClasses);
  if (!withoutClasses.delete(name)) withoutClasses.add(name);
  filter({ withoutClasses });
}

class Filter extends Part {
  static properties = { found: { state: true }, words: { state: true } };

  constructor() {
    super();
    this.found = null;
    this.words = "";
  }

  get stores() {
    return [choice, council];
  }

  look(words) {
    this.words = words;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(async () => {
      if (words.trim().length < 2) this.found = null;
      else this.found = await get(`/api/geocode?q=${encodeURIComponent(words)}`).catch(() => []);
    }, PAUSE_MS);
  }

  take(place) {
    this.found = null;
    this.words = "";
    goTo(place.segment_id);
  }

  search() {
    return html`<div class="find">
      <label for="find" class="unseen">${t("Find a street")}</label>
      <span class="icon icon-search" aria-hidden="true"></span>
      <input id="find" type="search" autocomplete="off" placeholder=${t("Find a street")} .value=${this.words}
        @input=${(event) => this.look(event.target.value)} @keydown=${(event) => event.key === "Escape" && this.look("")}>
      ${
        this.found
          ? html`<ul class="found">${
              this.found.length
                ? this.found.slice(0, 6).map(
                    (place) =>
                      html`<li><button class="quiet" type="button" @click=${() => this.take(place)}><bdi>${place.name}</bdi></button></li>`,
                  )
                : html`<li class="muted">${t("No street of this name was found.")}</li>`
            }</ul>`
          : ""
      }
    </div>`;
  }

  districts() {
    if (streets.districts.filter(Boolean).length === 0) return "";
    return html`<label class="inline">${t("District")}
      <select id="district" @change=${(event) => filter({ district: event.target.value === "*" ? null : event.target.value })}>
        <option value="*">${t("all")}</option>
        ${streets.districts.map((key) => html`<option value=${key} ?selected=${choice.value.district === key}>${districtName(key)}</option>`)}
      </select>
    </label>`;
  }

  render() {
    const { withoutClasses } = choice.value;
    return html`<div class="filters">
      ${this.search()}
      <div class="chips" role="group" aria-label=${t("Classes on the map")}>
        ${streets.classes.map(
          (name) => html`<button type="button" class="chip" aria-pressed=${!withoutClasses.has(name)} @click=${() => toggle(name)}>
            ${named("class", name)}
          </button>`,
        )}
      </div>
      ${this.districts()}
    </div>
    <ul class="legend-list" aria-label=${t("What the colors mean")}>
      ${stateGroups().map((name) => html`<li><span class="swatch state-${name}" aria-hidden="true"></span>${stateName(name, live())}</li>`)}
    </ul>`;
  }
}
customElements.define("council-filter", Filter);
