// The side of the page: sums by class and reason that narrow the map and the list, the list, files.
import { html } from "lit";
import { listbox } from "../../pages/listbox.js";
import { boot } from "../../pages/boot.js";
import { Part } from "../../pages/element.js";
import { length, named, number, streetName, t } from "../../pages/texts.js";
import { files, upload } from "./files.js";
import { showBounds } from "./map.js";
import { choose, chosen, classes, narrow, refresh, search } from "./state.js";
import { rhythm, why } from "./why.js";

const swatch = (name) => html`<span class="swatch class-${name}" aria-hidden="true"></span>`;

/** Lengths by one field of the sums, those of the other field's filter only. */
function sums(field, other) {
  const found = new Map();
  for (const total of classes.value.totals) {
    if (search.value[other] && total[other] !== search.value[other]) continue;
    found.set(total[field], (found.get(total[field]) ?? 0) + total.length_m);
  }
  return found;
}

const kilometres = (metres) =>
  metres === undefined ? t("none") : t("{value} km", { value: metres < 9950 ? Math.round(metres / 100) / 10 : Math.round(metres / 1000) });

const toggle = (field, value) => narrow({ [field]: search.value[field] === value ? "" : value });

function chip(field, value, word, more, metres) {
  const on = search.value[field] === value;
  return html`<li>
    <button class="chip" aria-pressed=${on} ?disabled=${metres === undefined && !on} @click=${() => toggle(field, value)}>
      ${word}<span class="small muted">${more}</span><span class="km">${kilometres(metres)}</span>
    </button>
  </li>`;
}

function classList() {
  const metres = sums("service_class", "reason");
  const rules = new Map(classes.value.rules.map((rule) => [rule.service_class, rule]));
  return html`<ul class="chips" aria-label=${t("By importance")}>
    ${boot.classes.map(({ name }) =>
      chip(
        "service_class",
        name,
        html`${swatch(name)}<span>${named("short", name)}</span>`,
        rhythm(rules.get(name)?.cycle_h ?? null),
        metres.get(name),
      ),
    )}
  </ul>`;
}

const REASONS = ["road", "near", "bus", "steep", "named", "zone", "override"];

function reasonList() {
  const metres = sums("reason", "service_class");
  return html`<ul class="chips two" aria-label=${t("Why")}>
    ${REASONS.map((reason) => chip("reason", reason, html`<span>${named("reason", reason)}</span>`, "", metres.get(reason)))}
  </ul>`;
}

const idleName = ([reason, subject]) =>
  reason === "near" ? named("place", subject) : subject || named("reason", reason);

function idle() {
  const rules = classes.value.idle;
  if (!rules.length) return "";
  return html`<p class="small muted idle">${t("Rules that apply to no street here: {rules}", { rules: rules.map(idleName).join(t(", ")) })}</p>`;
}

function row({ street }) {
  return html`<span class="swatch class-${street.level.service_class}" aria-hidden="true"></span>
    <bdi class="what">${streetName(street.names)}</bdi>
    <span class="when">${length(street.length_m)}</span>
    <span class="sub">${named("short", street.level.service_class)} · ${why(street.level, street.road_class)}</span>`;
}

function open(id) {
  const street = search.value.rows.find((one) => one.ids[0] === id);
  choose(id);
  showBounds(street.bounds);
}

function found() {
  const { rows, count, failed } = search.value;
  if (failed) return html`<p class="problem" role="alert">${failed}</p>`;
  if (!rows) return html`<div class="skeleton" aria-hidden="true"></div>`;
  if (!rows.length) return html`<p class="empty muted">${t("No matching street. Widen the search.")}</p>`;
  const items = rows.map((street) => ({ id: street.ids[0], street }));
  return html`${listbox({
    id: "streets",
    label: t("Streets"),
    items,
    selected: items.find((item) => item.street.ids.includes(chosen.value.id))?.id,
    choose: open,
    row,
  })}
  ${count > rows.length ? html`<p class="small muted tally">${t("{count} more; search by name to see them.", { count: count - rows.length })}</p>` : ""}`;
}

class Side extends Part {
  get stores() {
    return [classes, search, chosen, upload];
  }

  render() {
    const { loaded, failed } = classes.value;
    if (failed)
      return html`<p class="problem" role="alert">${failed}</p><button @click=${refresh}>${t("Try again")}</button>`;
    if (!loaded) return html`<div class="skeleton" aria-hidden="true"></div>`;
    return html`
      <section><h2>${t("Importance")}</h2>${classList()}</section>
      <section><h2>${t("Why")}</h2>${reasonList()}${idle()}</section>
      <section class="found">
        <h2>${t("Streets")} <span class="count">${number(search.value.count)}</span></h2>
        <div class="filter">
          <span class="icon icon-search" aria-hidden="true"></span>
          <input
            type="search"
            id="words"
            maxlength="100"
            placeholder=${t("Name of the street or of a place")}
            aria-label=${t("Name of the street or of a place")}
            .value=${search.value.words}
            @input=${(event) => narrow({ words: event.target.value })}
          />
        </div>
        ${found()}
      </section>
      ${files()}
    `;
  }
}
customElements.define("classes-side", Side);
