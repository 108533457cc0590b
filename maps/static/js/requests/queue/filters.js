// What the queue shows: words to search, and choices with the number of requests that each would leave.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { boot } from "../../pages/boot.js";
import { named, number, t } from "../../pages/texts.js";
import { openPage } from "../page.js";
import { WAITING, choose, queue } from "./state.js";

const STAGES = ["unplaced", "placed", "open", "handed_over", "closed"];
const CLASSES = boot.classes.map(({ name }) => name);
const AGES = ["", "1", "3", "6", "12", "24"];
const PAUSE_MS = 250;
const WIDE = matchMedia("(min-width: 901px)").matches;

const toggled = (list, value, chosen) => (chosen ? [...list, value] : list.filter((one) => one !== value));

class Filters extends Part {
  get stores() {
    return [queue];
  }

  search(event) {
    clearTimeout(this.pause);
    const words = event.target.value;
    this.pause = setTimeout(() => choose({ words }), PAUSE_MS);
  }

  async openNumber({ key, target }) {
    if (key !== "Enter") return;
    if (queue.value.view?.words !== target.value) {
      clearTimeout(this.pause);
      await choose({ words: target.value });
    }
    const { view } = queue.value;
    if (view?.numbered && view.words === target.value) openPage(view.numbered.id);
  }

  group(name, title, values, word) {
    const { filter, view } = queue.value;
    const counts = view?.counts[name] ?? {};
    const shown = values.filter((value) => value in counts || filter[name].includes(value) || name === "stage");
    if (shown.length === 0) return "";
    return html`<fieldset class="choices">
      <legend>${title}</legend>
      ${shown.map(
        (value) => html`<label class="choice">
          <input type="checkbox" .checked=${filter[name].includes(value)} @change=${({ target }) => choose({ [name]: toggled(filter[name], value, target.checked) })}>
          <span class="label"><bdi>${word(value)}</bdi></span><span class="count">${number(counts[value] ?? 0)}</span>
        </label>`,
      )}
    </fieldset>`;
  }

  age() {
    const { filter } = queue.value;
    return html`<div class="choices">
      <label for="older">${t("Waiting longer than")}</label>
      <select id="older" @change=${({ target }) => choose({ older_h: target.value })}>
        ${AGES.map((hours) => html`<option value=${hours} ?selected=${filter.older_h === hours}>${hours ? t("{count} h", { count: Number(hours) }) : t("any time")}</option>`)}
      </select>
    </div>`;
  }

  groups() {
    const { view } = queue.value;
    const districts = Object.keys(view?.counts.district ?? {}).filter(Boolean).sort((one, other) => one.localeCompare(other, boot.language, { numeric: true }));
    return html`${this.group("stage", t("Where it stands"), STAGES, (stage) => t(`stage:${stage}`))}
      ${this.group("danger", t("Danger"), boot.dangers, (danger) => named("danger", danger))}
      ${this.group("kind", t("Subject"), boot.kinds, (kind) => named("kind", kind))}
      ${this.group("service_class", t("Priority class of the street"), CLASSES, (name) => named("class", name))}
      ${this.group("district", t("District"), districts, (name) => named("district", name))}
      ${this.age()}`;
  }

  render() {
    const { filter } = queue.value;
    return html`<search class="filters">
      <div class="filter">
        <span class="icon icon-search" aria-hidden="true"></span>
        <input id="words" type="search" maxlength="200" aria-label=${t("Search number, text or phone")} placeholder=${t("Number, text, phone")} .value=${filter.words} @input=${this.search} @keydown=${this.openNumber} dir="auto"><kbd aria-hidden="true">/</kbd>
      </div>
      <details class="more-filters" ?open=${WIDE}>
        <summary>${t("Filter")}</summary>
        ${this.groups()}
        <button class="wide" @click=${() => choose({ ...WAITING })}>${t("Show all open requests")}</button>
      </details>
    </search>`;
  }
}
customElements.define("requests-filters", Filters);
