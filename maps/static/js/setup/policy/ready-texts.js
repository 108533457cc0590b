// What dispatchers and drivers say with one tap, in every language: a part of the policy's form.
import { html } from "lit";
import { boot } from "../../pages/boot.js";
import { t } from "../../pages/texts.js";
import { change } from "./state.js";

const MOST = 20;
const LETTERS = 200;

/** A text without the languages in which nothing was written. */
const kept = (row) => Object.fromEntries(Object.entries(row).filter(([, text]) => text));

const rowsOf = (messages, list) => messages?.[list] ?? [];

const edit = (list, order) =>
  change((tables) => {
    const rows = rowsOf(tables.messages, list);
    tables.messages = { ...tables.messages, [list]: order(rows) };
  });

function input(list, row, index, { code: language, name: title, direction }) {
  const take = ({ target }) => edit(list, (rows) => rows.map((one, at) => (at === index ? kept({ ...one, [language]: target.value.trim() }) : one)));
  const name = `${list}[${index + 1}].${language}`;
  return html`<input name=${name} dir=${direction} lang=${language} ?required=${!Object.values(row).some(Boolean)} maxlength=${LETTERS} autocomplete="off" aria-label=${title} placeholder=${title} .value=${row[language] ?? ""} @change=${take}>`;
}

function part(messages, list, heading) {
  const rows = rowsOf(messages, list);
  const drop = (index) => edit(list, (all) => all.filter((_, at) => at !== index));
  const more = () => edit(list, (all) => [...all, {}]);
  return html`<h3>${heading}</h3>
    ${rows.map(
      (row, index) => html`<div class="ready">
        ${boot.languages.map((language) => input(list, row, index, language))}
        <button type="button" class="quiet" @click=${() => drop(index)} title=${t("Remove")} aria-label=${t("Remove")}><span class="icon icon-x" aria-hidden="true"></span></button>
      </div>`,
    )}
    ${rows.length < MOST ? html`<div><button type="button" @click=${more}><span class="icon icon-plus" aria-hidden="true"></span>${t("Add a text")}</button></div>` : ""}`;
}

/** The ready texts of both sides. */
export const readyTexts = ({ messages }) => html`${part(messages, "to_driver", t("From dispatch to drivers"))} ${part(messages, "from_driver", t("From drivers to dispatch"))}`;
