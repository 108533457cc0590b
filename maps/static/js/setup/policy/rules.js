// Rules beyond the kind of street: in front of places, bus routes, slopes, names, zones.
import { html } from "lit";
import { boot } from "../../pages/boot.js";
import { get } from "../../pages/net.js";
import { attempt } from "../../pages/notices.js";
import { listed, named as nameOf, t } from "../../pages/texts.js";
import { field } from "../../pages/form-parts.js";
import { cell } from "./inputs.js";
import { change, classCodes, className, policy } from "./state.js";

const { places } = boot.policy;
const KINDS = [...places].sort((one, other) => t(`place:${one}`).localeCompare(t(`place:${other}`), boot.language));

/** A choice of class; `none` is what it is called to choose none. */
export const classChoice = (path, chosen, choose, none = "") => html`<select id=${path} name=${path} @change=${({ target }) => choose(target.value || undefined)}>
  ${none ? html`<option value="" ?selected=${!chosen}>${none}</option>` : ""}
  ${classCodes().map((name) => html`<option value=${name} ?selected=${name === chosen}>${className(name)}</option>`)}
</select>`;

const classField = (path, rule, key, none) =>
  field(path, t("Class"), classChoice(path, rule.class, (name) => change((draft) => put(pick(draft, key), "class", name)), none));

/** The class that a new rule begins with: the second, as most rules raise to it. */
const usualClass = () => classCodes()[1] ?? classCodes()[0];

const put = (table, name, value) => {
  if (value === undefined || value === "") delete table[name];
  else table[name] = value;
};

const pick = (draft, key) => key.reduce((table, step) => table[step], draft);

const drop = (key, at) => change((draft) => draft[key].splice(at, 1));

const add = (key, rule) => change((draft) => {
  draft[key] = [...(draft[key] ?? []), rule];
});

const remove = (word, act) => html`<button type="button" class="quiet" title=${t("Remove")} aria-label=${`${t("Remove")}: ${word}`} @click=${act}><span class="icon icon-trash-2" aria-hidden="true"></span></button>`;

const more = (word, act) => html`<button type="button" class="add" @click=${act}><span class="icon icon-plus" aria-hidden="true"></span>${word}</button>`;

const ticks = (legend, name, all, chosen, word, choose) => html`<fieldset class="chips">
  <legend>${legend}</legend>
  ${all.map((code) => html`<label class="chip"><input type="checkbox" name=${name} value=${code} .checked=${chosen.includes(code)} @change=${({ target }) => choose(target.checked ? [...chosen, code] : chosen.filter((one) => one !== code))}><span>${word(code)}</span></label>`)}
</fieldset>`;

function near(rule, at) {
  const path = `near[${at + 1}]`;
  const said = rule.places.map((kind) => t(`place:${kind}`)).join(t(", ")) || t("no place yet");
  return html`<li class="rule">
    <header><h3>${said}</h3>${remove(said, () => drop("near", at))}</header>
    <details ?open=${rule.places.length === 0}><summary>${t("Kinds of places")}</summary>
      ${ticks(t("Kinds of places"), `${path}.places`, KINDS, rule.places, (kind) => t(`place:${kind}`), (list) => change((draft) => { draft.near[at].places = list; }))}
    </details>
    <div class="fields">
      ${cell(`${path}.within_m`, t("Within"), rule.within_m, t("m"), (value) => change((draft) => put(draft.near[at], "within_m", value)))}
      ${classField(`${path}.class`, rule, ["near", at])}
    </div>
  </li>`;
}

function named(rule, at) {
  const path = `named[${at + 1}]`;
  const said = listed(rule.names) || t("no street yet");
  const lines = ({ target }) => change((draft) => {
    draft.named[at].names = target.value.split("\n").map((line) => line.trim()).filter(Boolean);
  });
  return html`<li class="rule">
    <header><h3>${said}</h3>${remove(said, () => drop("named", at))}</header>
    <div class="fields">
      ${field(`${path}.names`, t("Names of streets, one a line"), html`<textarea id="${path}.names" name="${path}.names" rows="3" dir="auto" .value=${rule.names.join("\n")} @change=${lines}></textarea>`)}
      ${classField(`${path}.class`, rule, ["named", at])}
    </div>
  </li>`;
}

async function findPlace(form, at) {
  const words = form.querySelector(`#find-${at}`).value.trim();
  if (!words) return;
  const found = await attempt(() => get(`/api/geocode?q=${encodeURIComponent(words)}`));
  if (!found) return;
  const [first] = found;
  policy.set({ found: { at, name: first?.name ?? "" } });
  if (!first) return;
  change((draft) => {
    Object.assign(draft.zone[at], { lon: first.lon, lat: first.lat });
    draft.zone[at].radius_m ??= 500;
    delete draft.zone[at].districts;
  });
}

function middle(zone, at) {
  const { found } = policy.value;
  if (found?.at === at && !found.name) return t("Nothing was found.");
  if (zone.lon == null) return "";
  const where = found?.at === at ? found.name : `${zone.lat.toFixed(4)}, ${zone.lon.toFixed(4)}`;
  return t("Middle: {name}", { name: where });
}

function area(zone, at, path) {
  const { districts } = policy.value.view;
  if (zone.polygon) return html`<p class="muted small">${t("Its border has {count} corners and comes from the file.", { count: zone.polygon.length })}</p>`;
  const chosen = zone.districts ?? [];
  const choose = (list) => change((draft) => {
    const table = draft.zone[at];
    put(table, "districts", list.length ? list : undefined);
    if (list.length) for (const key of ["lon", "lat", "radius_m"]) delete table[key];
  });
  return html`${districts.length ? ticks(t("Districts"), `${path}.districts`, districts, chosen, (name) => html`<bdi>${nameOf("district", name)}</bdi>`, choose) : ""}
    <div class="fields">
      <div class="field"><label for="find-${at}">${districts.length ? t("Or a circle around an address or place") : t("Circle around an address or place")}</label>
        <span class="copy"><input id="find-${at}" dir="auto" autocomplete="off" @keydown=${(event) => { if (event.key === "Enter") { event.preventDefault(); findPlace(event.target.form, at); } }}><button type="button" @click=${({ target }) => findPlace(target.form, at)}>${t("Find")}</button></span>
        <p class="muted small" role="status">${middle(zone, at)}</p></div>
      ${zone.lon == null ? "" : cell(`${path}.radius_m`, t("Radius"), zone.radius_m, t("m"), (value) => change((draft) => put(draft.zone[at], "radius_m", value)))}
    </div>`;
}

function zone(rule, at) {
  const path = `zone[${at + 1}]`;
  return html`<li class="rule">
    <header><h3><bdi>${rule.name || t("New zone")}</bdi></h3>${remove(rule.name, () => drop("zone", at))}</header>
    <div class="fields">
      ${field(`${path}.name`, t("field:name"), html`<input id="${path}.name" name="${path}.name" maxlength="80" dir="auto" autocomplete="off" .value=${rule.name} @change=${({ target }) => change((draft) => { draft.zone[at].name = target.value; })}>`)}
      ${cell(`${path}.cycle_h`, t("Cycle time"), rule.cycle_h, t("h"), (value) => change((draft) => put(draft.zone[at], "cycle_h", value)), true)}
      ${classField(`${path}.class`, rule, ["zone", at], t("as the street has"))}
    </div>
    ${area(rule, at, path)}
  </li>`;
}

function single(key, word, rule, fresh, inside) {
  const toggle = ({ target }) => change((draft) => put(draft, key, target.checked ? fresh : undefined));
  return html`<li class="rule">
    <label class="tick"><input type="checkbox" name=${key} .checked=${Boolean(rule)} @change=${toggle}><span>${word}</span></label>
    ${rule ? html`<div class="fields">${inside(rule)}</div>` : ""}
  </li>`;
}

/** All rules of the draft. */
export const rules = (draft) => html`<ul class="rules">
    ${single("bus", t("Streets that buses use"), draft.bus, { class: usualClass() }, (bus) => classField("bus.class", bus, ["bus"]))}
    ${single("steep", t("Steep streets"), draft.steep, { incline_pct: 8, class: usualClass() }, (steep) => html`${cell("steep.incline_pct", t("Grade of at least"), steep.incline_pct, t("%"), (value) => change((table) => put(table.steep, "incline_pct", value)))}${classField("steep.class", steep, ["steep"])}`)}
  </ul>
  <h3>${t("Streets in front of places")}</h3>
  <ul class="rules">${(draft.near ?? []).map(near)}</ul>
  ${more(t("Add places"), () => add("near", { places: [], within_m: 60, class: usualClass() }))}
  <h3>${t("Streets by name")}</h3>
  <ul class="rules">${(draft.named ?? []).map(named)}</ul>
  ${more(t("Add streets"), () => add("named", { names: [], class: classCodes()[0] }))}
  <h3>${t("Zones with a shorter cycle time")}</h3>
  <ul class="rules">${(draft.zone ?? []).map(zone)}</ul>
  ${more(t("Add a zone"), () => add("zone", { name: "", cycle_h: 2 }))}`;
