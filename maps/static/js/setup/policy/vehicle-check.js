// The points that drivers check before a shift, in every language: a part of the policy's form.
import { html } from "lit";
import { boot } from "../../pages/boot.js";
import { inLanguage, t } from "../../pages/texts.js";
import { change } from "./state.js";

const MOST = 20;
const LETTERS = 60;

const edit = (order) =>
  change((tables) => {
    tables.vehicle_check = { items: order(tables.vehicle_check.items) };
  });

const put = (index, changes) => edit((items) => items.map((one, at) => (at === index ? { ...one, ...changes } : one)));

/** A code that no point has, for a point that the city adds. */
function freeCode(items) {
  const taken = new Set(items.map(({ code }) => code));
  for (let number = 1; ; number += 1) if (!taken.has(`own_${number}`)) return `own_${number}`;
}

function nameInput({ name }, index, { code: language, name: title, direction }) {
  const take = ({ target }) => {
    const { [language]: _, ...others } = name;
    const text = target.value.trim();
    put(index, { name: text ? { ...others, [language]: text } : others });
  };
  return html`<input name="vehicle_check.items[${index + 1}].name.${language}" dir=${direction} lang=${language} ?required=${!Object.values(name).some(Boolean)} maxlength=${LETTERS} autocomplete="off" aria-label=${title} placeholder=${title} .value=${name[language] ?? ""} @change=${take}>`;
}

function typeBoxes({ machines = [] }, index) {
  const take = (type, on) => put(index, { machines: boot.policy.machines.filter((one) => (one === type ? on : machines.includes(one))) });
  const chosen = machines.map((type) => t(`machine:${type}`)).join(t(", "));
  return html`<details>
    <summary>${chosen || t("all machines")}</summary>
    <fieldset class="roles"><legend>${t("Only for these machines")}</legend>
      ${boot.policy.machines.map((type) => html`<label><input type="checkbox" .checked=${machines.includes(type)} @change=${({ target }) => take(type, target.checked)}>${t(`machine:${type}`)}</label>`)}
    </fieldset>
  </details>`;
}

function row(item, index) {
  const remove = t("Remove: {point}", { point: inLanguage(item.name) });
  return html`<div class="ready point">
    ${boot.languages.map((language) => nameInput(item, index, language))}
    <label><input type="checkbox" .checked=${item.grave ?? false} @change=${({ target }) => put(index, { grave: target.checked })}>${t("a fault keeps it in the yard")}</label>
    ${typeBoxes(item, index)}
    <button type="button" class="quiet" @click=${() => edit((items) => items.filter((_, at) => at !== index))} title=${remove} aria-label=${remove}><span class="icon icon-x" aria-hidden="true"></span></button>
  </div>`;
}

/** The points of the check, in the order in which a driver sees them. */
export function checkPoints({ vehicle_check: { items } }) {
  const more = () => edit((all) => [...all, { code: freeCode(all), name: {}, grave: false }]);
  return html`${items.map(row)}
    ${items.length < MOST ? html`<div><button type="button" @click=${more}><span class="icon icon-plus" aria-hidden="true"></span>${t("Add a point")}</button></div>` : ""}`;
}
