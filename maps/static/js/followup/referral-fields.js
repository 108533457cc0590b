// The fields of a referral: to which agency, by which way, with which note.
import { html } from "lit";
import { boot } from "../pages/boot.js";
import { t } from "../pages/texts.js";

/** What there is to fill in, or the way to the register where it is empty. */
export const referralFields = (agencies) =>
  agencies.length === 0
    ? html`<p>${t("No other agency is in the register yet.")}</p>
        ${boot.roles.includes("administrator") ? html`<a class="button" href="/setup/agencies">${t("Add one")}</a>` : html`<p class="muted small">${t("An administrator adds them in the set-up.")}</p>`}`
    : html`<label for="agency">${t("To whom")}</label>
        <select id="agency" name="agency_id">${agencies.map((agency) => html`<option value=${agency.id}>${agency.name}</option>`)}</select>
        <fieldset class="ways"><legend>${t("Sent by")}</legend>${["paper", "message"].map((way, at) => html`<label class="tick"><input type="radio" name="way" value=${way} ?checked=${at === 0}><span>${t(`way:${way}`)}</span></label>`)}</fieldset>
        <label for="hand-note">${t("What they should know")}</label><textarea id="hand-note" name="note" rows="3" maxlength="2000" dir="auto"></textarea>
        <label class="tick"><input type="checkbox" name="with_caller"><span>${t("With the caller’s phone number")}<span class="muted small">${t("Only where the caller agreed.")}</span></span></label>`;

/** What was filled in, as the server takes it. */
export const wishOf = (fields) => ({
  agency_id: Number(fields.get("agency_id")),
  way: fields.get("way"),
  note: fields.get("note"),
  with_caller: fields.get("with_caller") === "on",
});
