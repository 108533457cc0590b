// What can be done about a request: give it to somebody, look on the spot, refer it, send a crew, note, close, reopen.
import "../../pages/photos/field.js";
import { html } from "lit";
import { boot, now } from "../../pages/boot.js";
import { notify } from "../../pages/notices.js";
import { smaller } from "../../pages/photos/shrink.js";
import { named, t } from "../../pages/texts.js";
import { personText } from "../../accounts/people.js";
import { urgentButton } from "../../replanning/insertion.js";
import { referralFields, wishOf } from "../referral-fields.js";
import { placeOf } from "../sighting.js";
import { answer, askAgencies, assign, close, dispatches, escalate, giveKind, hasSpot, makeCrewJob, mayChange, note, opened, refer, reopen, settle, sight, watches } from "./state.js";

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

const assignment = ({ row, people }) => html`<form class="action" @submit=${sent((fields) => assign(row.id, fields.get("login"), dueAt(fields.get("hours"))))}>
  <h3>${t("Responsible")}</h3>
  <label for="login">${t("Assigned to")}</label>
  <select id="login" name="login">
    <option value="">${t("Unassigned")}</option>
    ${people.map((one) => html`<option value=${one.login} ?selected=${one.login === row.assigned_to}>${personText(one.login, { [one.login]: one.name })}</option>`)}
  </select>
  <label for="hours">${t("To be done")}</label>
  <select id="hours" name="hours">
    <option value="">${t("by its target")}</option>
    ${HOURS.map((count) => html`<option value=${count}>${t("within {count} hours", { count })}</option>`)}
  </select>
  <button>${t("Assign")}</button>
</form>`;

function escalation({ row }) {
  if (!row.escalated_at) return html`<button type="button" @click=${() => escalate(row.id, "")}>${t("Escalate to the supervisor")}</button>`;
  return watches ? html`<button type="button" @click=${() => settle(row.id)}>${t("Settled, no supervisor needed")}</button>` : html`<p class="muted small">${t("escalated")}</p>`;
}

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
  <button class="primary">${t("Submit inspection")}</button>
</form>`;

const remark = ({ row }) => html`<form class="action" @submit=${sent((fields) => note(row.id, fields.get("text")))}>
  <h3>${t("Add a note")}</h3>
  <label for="note">${t("For colleagues; the caller does not see it")}</label>
  <textarea id="note" name="text" rows="2" maxlength="2000" required dir="auto"></textarea>
  <button>${t("Save note")}</button>
</form>`;

const ending = ({ row, reasons }) => html`<form class="action" @submit=${sent((fields) => close(row.id, fields.get("reason"), fields.get("text")))}>
  <h3>${t("Close without evidence")}</h3>
  <label for="reason">${t("Reason; the caller is told exactly this")}</label>
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

const kind = ({ row }) => html`<form class="action" @submit=${sent((fields) => giveKind(fields.get("kind")))}>
  <h3>${t("Subject of the request")}</h3>
  <label for="kind">${t("Subject")}</label>
  <select id="kind" name="kind">${boot.kinds.map((each) => html`<option value=${each} ?selected=${each === row.kind}>${named("kind", each)}</option>`)}</select>
  <button>${t("Change")}</button>
</form>`;

function referral() {
  const { agencies } = opened.value;
  return html`<form class="action" @submit=${sent((fields) => refer(wishOf(fields)))}>
    <details @toggle=${askAgencies}>
      <summary><h3>${t("Refer")}</h3></summary>
      ${agencies ? referralFields(agencies) : html`<div class="skeleton short" aria-hidden="true"></div>`}
      ${agencies?.length ? html`<button>${t("Refer")}</button>` : ""}
    </details>
  </form>`;
}

const PENDING = ["sent", "accepted"];
const ANSWERS = ["accepted", "done", "declined"];

function agencyAnswer(file) {
  const pending = file.referrals.findLast(({ state }) => PENDING.includes(state));
  if (!pending) return "";
  const send = (state) => async (event) => {
    const { form } = event.currentTarget;
    if (await answer(pending.id, state, new FormData(form).get("text"))) form.reset();
  };
  return html`<form class="action" @submit=${(event) => event.preventDefault()}>
    <h3>${t("Their answer")} · <bdi>${pending.agency}</bdi></h3>
    <label for="answer">${t("In the agency's words")}</label>
    <input id="answer" name="text" maxlength="2000" dir="auto" autocomplete="off" />
    <div class="outcomes">${ANSWERS.filter((state) => state !== pending.state).map((state) => html`<button type="button" @click=${send(state)}>${t(`answer:${state}`)}</button>`)}</div>
  </form>`;
}

/** Whether a truck can be sent for it now: it lies on a street, and the reader sends trucks. */
const urgent = ({ request }) => dispatches && request.state === "open" && request.segment_id !== null;

/** What the city's machines and crews can do about it. */
const sending = (file) => html`<div class="action">
  <h3>${t("Machines and crews")}</h3>
  ${urgent(file) ? urgentButton({ request_id: file.row.id }) : ""}
  ${watches ? html`<a class="button" href="/?request=${file.row.id}"><span class="icon icon-map" aria-hidden="true"></span>${t("Show on the board")}</a>` : ""}
  ${dispatches && !file.crew_job && file.request.state === "open" && file.request.segment_id !== null ? html`<button type="button" @click=${() => makeCrewJob(file.row.id)}>${t("Make a crew job")}</button>` : ""}
  ${escalation(file)}
</div>`;

/** The forms that fit the state of a request and the reader's roles. */
export const actions = (file) => html`<div class="actions">
  ${mayChange(file) ? html`${watches && hasSpot(file) ? inspection(file) : ""} ${watches ? assignment(file) : ""} ${referral()} ${sending(file)} ${kind(file)}` : ""}
  ${file.reasons.length ? ending(file) : ""} ${agencyAnswer(file)} ${mayChange(file) ? "" : again(file)} ${remark(file)}
</div>`;
