// What can be done about a request: give it to somebody, look on the spot, note, close, reopen.
import "../pages/photos/field.js";
import { html } from "lit";
import { now } from "../pages/boot.js";
import { notify } from "../pages/notices.js";
import { smaller } from "../pages/photos/shrink.js";
import { named, t } from "../pages/texts.js";
import { placeOf } from "./sighting.js";
import { assign, close, escalate, note, office, reopen, settle, sight } from "./state.js";

const HOURS = [1, 2, 4, 8, 24];
const HOUR_MS = 3600000;

/** Send a form's fields by a task; it is emptied once the server has them. */
const sent = (task) => async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  if (await task(new FormData(form), form)) form.reset();
};

const dueAt = (hours) => (hours ? new Date(now() + Number(hours) * HOUR_MS).toISOString() : null);

const here = () =>
  new Promise((found) => {
    if (!navigator.geolocation) found(null);
    else navigator.geolocation.getCurrentPosition(({ coords }) => found(coords), () => found(null), { timeout: 5000 });
  });

async function sendSighting(id, fields) {
  fields.set("photo", await smaller(fields.get("photo")), "photo.jpg");
  const coords = await here();
  if (coords) {
    fields.append("lon", coords.longitude);
    fields.append("lat", coords.latitude);
  }
  const file = await sight(id, fields);
  const seen = file?.sightings.at(-1);
  if (seen && !seen.near) notify(placeOf(seen));
  return file;
}

const assignment = ({ row, clock }) => html`<form class="action" @submit=${sent((fields) => assign(row.id, fields.get("login"), dueAt(fields.get("hours"))))}>
  <h3>${t("Who looks after it")}</h3>
  <label for="login">${t("Assigned to")}</label>
  <select id="login" name="login">
    <option value="">${t("Unassigned")}</option>
    ${office.value.view.people.map((login) => html`<option value=${login} ?selected=${login === row.assigned_to}>${login}</option>`)}
  </select>
  <label for="hours">${t("To be done")}</label>
  <select id="hours" name="hours">
    <option value="">${t("by its target")}</option>
    ${HOURS.map((count) => html`<option value=${count}>${t("within {count} hours", { count })}</option>`)}
  </select>
  <button>${t("Assign")}</button>
  ${clock.closed_at ? "" : escalation(row)}
</form>`;

const escalation = (row) =>
  row.escalated_at
    ? html`<button type="button" @click=${() => settle(row.id)}>${t("Settled, no supervisor needed")}</button>`
    : html`<button type="button" @click=${() => escalate(row.id, "")}>${t("Escalate to the supervisor")}</button>`;

const inspection = ({ row }) => html`<form class="action" @submit=${sent((fields) => sendSighting(row.id, fields))}>
  <h3>${t("Seen on the spot")}</h3>
  <fieldset>
    <legend>${t("What do you see?")}</legend>
    <label class="tick"><input type="radio" name="clear" value="true" required />${t("It is clear: close the request")}</label>
    <label class="tick"><input type="radio" name="clear" value="false" />${t("It is not clear: it stays open")}</label>
  </fieldset>
  <label for="photo">${t("Photo, which is the evidence")}</label>
  <photo-field><input id="photo" name="photo" type="file" accept="image/jpeg,image/png,image/webp" capture="environment" required /></photo-field>
  <label for="seen">${t("What to say")}</label>
  <input id="seen" name="text" maxlength="2000" dir="auto" autocomplete="off" />
  <button class="primary">${t("Send what I saw")}</button>
</form>`;

const remark = ({ row }) => html`<form class="action" @submit=${sent((fields) => note(row.id, fields.get("text")))}>
  <h3>${t("Add a note")}</h3>
  <label for="note">${t("For colleagues; the caller does not see it")}</label>
  <textarea id="note" name="text" rows="2" maxlength="2000" required dir="auto"></textarea>
  <button>${t("Save the note")}</button>
</form>`;

const ending = ({ row, reasons }) => html`<form class="action" @submit=${sent((fields) => close(row.id, fields.get("reason"), fields.get("text")))}>
  <h3>${t("Close without evidence")}</h3>
  <label for="reason">${t("Why; the caller is told exactly this")}</label>
  <select id="reason" name="reason" required>
    <option value="">${t("Choose a reason")}</option>
    ${reasons.map((reason) => html`<option value=${reason}>${named("closing", reason)}</option>`)}
  </select>
  <label for="why">${t("Note for colleagues")}</label>
  <input id="why" name="text" maxlength="2000" dir="auto" autocomplete="off" />
  <button>${t("Close the request")}</button>
</form>`;

const again = ({ row }) => html`<form class="action" @submit=${sent((fields) => reopen(row.id, fields.get("text")))}>
  <h3>${t("Not cleared after all?")}</h3>
  <label for="again">${t("What is wrong")}</label>
  <input id="again" name="text" maxlength="2000" required dir="auto" autocomplete="off" />
  <button>${t("Reopen the request")}</button>
</form>`;

/** The forms that fit the state of a request. */
export const actions = (file) => html`<div class="actions">
  ${file.reasons.length ? html`${inspection(file)} ${assignment(file)} ${ending(file)}` : html`${again(file)}`} ${remark(file)}
</div>`;
