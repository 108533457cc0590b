// What a storm is met with: machines in service, reload sites in use, closed streets, its policy.
import { html } from "lit";
import { post } from "../pages/net.js";
import { Store } from "../pages/store.js";
import { length, named, number, streetName, t } from "../pages/texts.js";
import { fault, numberIn, shown } from "../pages/number-fields.js";
import { person } from "../accounts/people.js";
import { open, order, tell } from "./state.js";
import { refused, when } from "./words.js";

export const editing = new Store({ policy: false });

const toggle = (path, changing) => (one) => html`<li><label class="tick">
  <input type="checkbox" .checked=${one.on} ?disabled=${!changing} @change=${(event) => tell(path, `${path}/${one.id}`, { on: event.target.checked }).then((taken) => taken || (event.target.checked = one.on))}>
  <bdi>${one.name}</bdi>
</label></li>`;

const OUT_REASONS = ["broken", "maintenance", "no_driver", "no_equipment", "elsewhere", "not_needed", "other"];

function takeOut(event, path, one) {
  event.preventDefault();
  const { reason, note } = Object.fromEntries(new FormData(event.target));
  tell(path, `${path}/${one.id}`, { on: false, reason, note });
}

const outForm = (path, one) => html`<details class="out"><summary>${t("Take out of service")}</summary>
  <form @submit=${(event) => takeOut(event, path, one)}>
    <select name="reason" required aria-label=${t("Why")}><option value="">${t("choose")}</option>${OUT_REASONS.map((each) => html`<option value=${each}>${t(`out:${each}`)}</option>`)}</select>
    <input name="note" maxlength="200" aria-label=${t("Description")} placeholder=${t("Description")}><button>${t("Take out of service")}</button>
  </form></details>`;

function serving(path, one, changing) {
  const road = one.busy || one.out ? html` <span class="small muted">${t("on the road")}</span>` : "";
  return html`${road}${changing && !one.busy ? outForm(path, one) : ""}`;
}

function away(path, one, changing) {
  const why = one.reason ? html` <span class="small danger">${t(`out:${one.reason}`)}${one.note ? html`, <bdi>${one.note}</bdi>` : ""}</span>` : "";
  return html`${why}${changing ? html` <button @click=${() => tell(path, `${path}/${one.id}`, { on: true })}>${t("Back in service")}</button>` : ""}`;
}

const machine = (path, changing) => (one) => html`<li class="machine"><bdi>${one.name}</bdi>${one.on ? serving(path, one, changing) : away(path, one, changing)}</li>`;

/** The machines of a storm: in service, or out of it for a reason. */
export function machinesPart(title, none, path, list, changing) {
  const on = list.filter((one) => one.on).length;
  return html`<section class="card" aria-label=${title}>
    <header><h2>${title}</h2><span class="muted">${t("{done} of {all}", { done: on, all: list.length })}</span></header>
    ${list.length ? html`<ul class="switches">${list.map(machine(path, changing))}</ul>` : html`<p class="muted">${none}</p>`}
    ${refused(path)}
  </section>`;
}

function worked(one) {
  const [plowed, salted, last] = [length(one.plowed_m), length(one.salted_m), when(one.last_at)];
  if (!one.last_at) return one.sent ? t("no work seen") : t("had no shift");
  if (!one.salted_m) return t("plowed {plowed}, last pass {last}", { plowed, last });
  return one.plowed_m ? t("plowed {plowed}, salted {salted}, last pass {last}", { plowed, salted, last }) : t("salted {salted}, last pass {last}", { salted, last });
}

const workRow = (one) => html`<li class="machine"><bdi>${one.name}</bdi> <span class="small muted">${worked(one)}</span>${away("", one, false)}</li>`;

/** What each machine did in a storm that is over. */
export function workPart({ work }) {
  const title = t("Machines in this storm");
  return html`<section class="card" aria-label=${title}>
    <header><h2>${title}</h2><span class="muted">${t("{done} of {all} worked", { done: work.filter((one) => one.last_at).length, all: work.length })}</span></header>
    ${work.length ? html`<ul class="switches">${work.map(workRow)}</ul><p class="small muted">${t("Lengths of streets, by evidence; each pass counts.")}</p>` : html`<p class="muted">${t("No machine was in this storm.")}</p>`}
  </section>`;
}

/** A list of switches with how many are on. */
export function switches(title, none, path, list, changing) {
  const on = list.filter((one) => one.on).length;
  return html`<section class="card" aria-label=${title}>
    <header><h2>${title}</h2><span class="muted">${t("{done} of {all}", { done: on, all: list.length })}</span></header>
    ${list.length ? html`<ul class="switches">${list.map(toggle(path, changing))}</ul>` : html`<p class="muted">${none}</p>`}
    ${refused(path)}
  </section>`;
}

const way = ({ forward }) => (forward === null ? t("both ways") : forward ? t("One way") : t("The other way"));

const closureRow = (changing) => (one) => html`<li class=${one.over ? "over" : ""}>
  <span class="icon icon-construction ${one.holds ? "danger" : ""}" aria-hidden="true"></span>
  <span><strong><bdi>${streetName(one.names)}</bdi></strong> · ${way(one)}<br>
    <span class="small muted"><bdi>${one.reason}</bdi> · ${one.until_at ? t("{from}–{until}", { from: when(one.from_at), until: when(one.until_at) }) : t("from {time} until it is opened", { time: when(one.from_at) })} · ${person(one.by)}</span></span>
  ${changing && !one.over ? html`<button class="quiet" @click=${() => order("closures", () => post(`/api/closures/${one.id}/lift`))}>${t("Open again")}</button>` : html`<span class="small muted">${one.over ? t("over") : ""}</span>`}
</li>`;

/** The closed streets of a storm. */
export function closuresPart({ row, closures }) {
  return html`<section class="card" aria-labelledby="closures-title">
    <header><h2 id="closures-title">${t("Closed streets")}</h2><span class="muted">${number(closures.filter((one) => !one.over).length)}</span></header>
    ${closures.length ? html`<ul class="closures">${closures.map(closureRow(open(row)))}</ul>` : html`<p class="muted">${t("No street is closed for this storm.")}</p>`}
    ${open(row) ? html`<p class="small muted">${t("To close a street, choose it on the board's map. No plan leads over it while it is closed.")}</p>` : ""}
    ${refused("closures")}
  </section>`;
}

const NUMBERS = ["trigger_cm", "cycle_h", "deadline_h", "weight"];
const UNIT = { cycle_h: "h", deadline_h: "h", trigger_cm: "cm" };

const head = (key) => (UNIT[key] ? t("{what} ({unit})", { what: t(`field:${key}`), unit: t(`unit:${UNIT[key]}`) }) : t(`field:${key}`));

async function savePolicy(event, base) {
  event.preventDefault();
  const tables = { class: {} };
  for (const input of event.target.querySelectorAll("input[data-class]")) {
    const { class: name, number: key } = input.dataset;
    tables.class[name] ??= {};
    tables.class[name][key] = input.value.trim() === "" ? null : numberIn(input.value);
  }
  if (await tell("policy", "policy", { base, tables })) editing.set({ policy: false });
}

const told = (value) => (value === undefined ? "–" : number(value, 2));

const check = ({ target }) => target.setCustomValidity(fault(target.value, [0, Infinity], target.required));

const numberCell = (name, key, value, changing) => html`<td>${
  changing
    ? html`<input inputmode="decimal" autocomplete="off" dir="ltr" @input=${check} data-class=${name} data-number=${key} aria-label=${`${name}: ${t(`field:${key}`)}`} .value=${shown(value)} ?required=${key !== "cycle_h"}>`
    : told(value)
}</td>`;

/** The policy of this storm, class by class. */
export function policyPart({ row, policy, policy_own: own, policy_base: base, policy_change: change }) {
  const may = open(row);
  const changing = may && editing.value.policy;
  const ends = changing
    ? html`<button class="primary">${t("Save for this storm")}</button><button type="button" @click=${() => editing.set({ policy: false })}>${t("Cancel")}</button>`
    : html`<button type="button" @click=${() => editing.set({ policy: true })}>${t("Change for this storm …")}</button>
        ${change ? html`<button type="button" class="quiet" @click=${() => tell("policy", "policy/undo", { change: change.id })}><span class="icon icon-undo-2 mirrored" aria-hidden="true"></span>${t("Undo: {what}", { what: named("change", change.what) })}</button>` : ""}`;
  return html`<section class="card" aria-labelledby="policy-title">
    <header><h2 id="policy-title">${t("Level of service for this storm")}</h2><span class="muted small">${own ? t("differs from the city's") : t("as the city's")}</span></header>
    <form @submit=${(event) => savePolicy(event, base)}>
      <div class="scroll"><table class="policy"><thead><tr><th scope="col">${t("Class")}</th>${NUMBERS.map((key) => html`<th scope="col">${head(key)}</th>`)}</tr></thead>
        <tbody>${Object.entries(policy.class).map(([name, table]) => html`<tr><th scope="row">${named("short", name)}</th>${NUMBERS.map((key) => numberCell(name, key, table[key], changing))}</tr>`)}</tbody></table></div>
      ${refused("policy")}
      ${may ? html`<div class="ends">${ends}</div>` : ""}
    </form>
  </section>`;
}
