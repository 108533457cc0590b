// How a tracker is meant: its machine, unit of speed, inputs; texts for it, and a new token.
import { html } from "lit";
import { age, t } from "../pages/texts.js";
import { dangerousChoice, field } from "../pages/form-parts.js";
import { order, orderToken, trackers } from "./state.js";

const UNITS = ["kn", "kmh", "mps", "mph"];
const EQUIPMENT = ["blade", "spreader"];
const MOST_INPUTS = 8;
const A_KEY = "in1";

/** The machines that a tracker can be on, as choices. */
export const machineChoices = (chosen) => trackers.value.page.machines.map(
  (one) => html`<option value=${one.id} ?selected=${one.id === chosen}>${one.name}</option>`,
);

/** Whether a tracker needs no token. */
export const trustBox = (id, checked) => html`<label class="tick">
  <input type="checkbox" name="trusted" .checked=${checked} aria-describedby="trusted-${id}">
  <span>${t("Accept it without a token")}<span class="muted small" id="trusted-${id}">${t("For trackers that can send nothing but a number. Whoever knows the number can pretend to be this machine.")}</span></span>
</label>`;

function inputRow(tracker, one, index) {
  const drop = () => trackers.set({ inputs: rows().filter((_, at) => at !== index) });
  return html`<div class="input-row">
    <input name="key" aria-label=${t("Key in the message")} placeholder=${A_KEY} maxlength="40" dir="ltr" autocapitalize="none" spellcheck="false" .value=${one.key}>
    <select name="equipment" aria-label=${t("What it reports")}>${EQUIPMENT.map((kind) => html`<option value=${kind} ?selected=${kind === one.equipment}>${t(`equipment:${kind}`)}</option>`)}</select>
    <select name="inverted" aria-label=${t("What a signal means")}>
      <option value="" ?selected=${!one.inverted}>${t("Signal on means: working")}</option>
      <option value="1" ?selected=${one.inverted}>${t("Signal on means: not working")}</option>
    </select>
    <button type="button" class="quiet" aria-label=${t("Remove")} @click=${drop}><span class="icon icon-x" aria-hidden="true"></span></button>
  </div>`;
}

/** The inputs as they stand in the open form. */
function rows() {
  return [...document.querySelectorAll(".input-row")].map((row) => ({
    key: row.querySelector("[name=key]").value.trim(),
    equipment: row.querySelector("[name=equipment]").value,
    inverted: row.querySelector("[name=inverted]").value !== "",
  }));
}

function save(event, tracker) {
  event.preventDefault();
  const words = new FormData(event.target);
  order(
    `/api/trackers/${tracker.id}`,
    {
      vehicle_id: Number(words.get("vehicle")),
      speed_unit: words.get("unit"),
      trusted: words.has("trusted"),
      shows_texts: words.has("shows_texts"),
      inputs: rows().filter((one) => one.key),
    },
    { editing: null, inputs: null },
  );
}

async function say(event, tracker) {
  event.preventDefault();
  const form = event.target;
  const text = new FormData(form).get("text").trim();
  if (text && (await order(`/api/trackers/${tracker.id}/commands`, { text }))) form.reset();
}

function command(tracker, one) {
  const takeBack = () => order(`/api/trackers/${tracker.id}/commands/${one.id}/take-back`);
  return html`<li><bdi dir="ltr"><code>${one.text}</code></bdi>
    <span class="muted small">${one.sent_at ? t("sent {span} ago", { span: age(one.sent_at) }) : t("waits for its next message")}</span>
    ${one.sent_at ? "" : html`<button type="button" class="quiet" @click=${takeBack}>${t("Take back")}</button>`}
  </li>`;
}

const renew = (tracker) => orderToken(`/api/trackers/${tracker.id}/token`, undefined, { editing: null, asking: null });

/** A new token shuts out a tracker that sends by the old one. */
const question = (tracker) => html`<p>${t("The token of today ends at once: {name} sends nothing until the new one is entered in it.", { name: tracker.name })}</p>
  ${dangerousChoice({ act: () => renew(tracker), acts: t("New token"), keep: () => trackers.set({ asking: null }) })}`;

const close = () => trackers.set({ editing: null, asking: null, inputs: null });

/** The form of one tracker, below its row. */
export function editor(tracker) {
  const inputs = trackers.value.inputs ?? tracker.inputs;
  const more = () => trackers.set({ inputs: [...rows(), { key: "", equipment: "blade", inverted: false }] });
  return html`<div class="editor column gap">
    <form class="column gap" @submit=${(event) => save(event, tracker)} aria-label=${t("Settings of {name}", { name: tracker.name })}>
      <div class="fields">
        ${field(`vehicle-${tracker.id}`, t("Machine"), html`<select id="vehicle-${tracker.id}" name="vehicle">${machineChoices(tracker.vehicle_id)}</select>`)}
        ${field(`unit-${tracker.id}`, t("Unit of its speeds"), html`<select id="unit-${tracker.id}" name="unit">${UNITS.map((unit) => html`<option value=${unit} ?selected=${unit === tracker.speed_unit}>${t(`speed_unit:${unit}`)}</option>`)}</select>`)}
      </div>
      <fieldset class="inputs">
        <legend>${t("Digital inputs")}</legend>
        ${inputs.map((one, index) => inputRow(tracker, one, index))}
        ${inputs.length < MOST_INPUTS ? html`<button type="button" @click=${more}><span class="icon icon-plus" aria-hidden="true"></span>${t("Add an input")}</button>` : ""}
      </fieldset>
      ${trustBox(tracker.id, tracker.trusted)}
      <label class="tick">
        <input type="checkbox" name="shows_texts" .checked=${tracker.shows_texts} aria-describedby="texts-${tracker.id}">
        <span>${t("It shows texts to the driver")}<span class="muted small" id="texts-${tracker.id}">${t("Messages go here where no phone of the driver is signed in. Never tick this for a tracker that treats a text as a command.")}</span></span>
      </label>
      <div class="ends">
        <button class="primary">${t("Save")}</button>
        <button type="button" @click=${close}>${t("Cancel")}</button>
        <button type="button" @click=${() => (tracker.state === "never" ? renew(tracker) : trackers.set({ asking: tracker.id }))}>${t("New token")}</button>
      </div>
      ${trackers.value.asking === tracker.id ? question(tracker) : ""}
    </form>
    <form class="column gap divided" @submit=${(event) => say(event, tracker)}>
      ${field(`text-${tracker.id}`, t("Text for the tracker"), html`<span class="copy"><input id="text-${tracker.id}" name="text" maxlength="200" dir="ltr" autocapitalize="none" spellcheck="false" autocomplete="off"><button>${t("Send with the next answer")}</button></span>`)}
      ${tracker.commands.length ? html`<ul class="commands">${tracker.commands.map((one) => command(tracker, one))}</ul>` : ""}
    </form>
  </div>`;
}
