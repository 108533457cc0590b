// Pieces of forms and questions that pages share.
import { html } from "lit";
import { ref } from "lit/directives/ref.js";
import { Part } from "./element.js";
import { t } from "./texts.js";

const ROLES = ["administrator", "dispatcher", "supervisor", "operator", "driver", "crew", "council", "wall"];

/** A part of a page that reads what it shows when it comes up, and sets the keyboard on what it opens. */
export class SetupPart extends Part {
  connectedCallback() {
    super.connectedCallback();
    this.refresh();
  }

  updated() {
    this.querySelector("[data-focus]")?.focus();
    this.querySelector("[data-focus]")?.removeAttribute("data-focus");
  }
}

/** Why something was refused. */
export const problem = (fault) =>
  fault ? html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${fault.message}</p>` : "";

/** A control under its label, with why its value was refused. */
export const field = (id, label, control, hint = "", wrong = "") => html`<div class="field">
  <label for=${id}>${label}</label>
  ${control}
  ${wrong ? html`<p class="problem" id="${id}-fault" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${wrong}</p>` : ""}
  ${hint ? html`<p class="muted small" id="${id}-hint">${hint}</p>` : ""}
</div>`;

/** What somebody may do, as boxes to tick; `owner` keeps their ids apart. */
export const roleBoxes = (chosen, owner) => html`<fieldset class="roles">
  <legend>${t("Roles")}</legend>
  ${ROLES.map(
    (role) => html`<label class="tick">
      <input type="checkbox" name="role" value=${role} .checked=${chosen.includes(role)} aria-describedby="role-${role}-${owner}">
      <span>${t(`role:${role}`)}<span class="muted small" id="role-${role}-${owner}">${t(`role:${role}:does`)}</span></span>
    </label>`,
  )}
</fieldset>`;

/** The roles ticked in a form. */
export const rolesIn = (form) => new FormData(form).getAll("role");

const focused = (button) => queueMicrotask(() => button?.focus()); // it stands in the page only after it was drawn

/** The two answers to a question about what cannot be undone: `keep` (also by Escape), which comes first and has the focus, and `act`, which cannot be undone. */
export const dangerousChoice = ({ act, acts, keep, keeps = t("Cancel"), busy = false }) =>
  html`<div class="choice" @keydown=${(event) => event.key === "Escape" && keep()}>
    <button type="button" ${ref(focused)} @click=${keep}>${keeps}</button>
    <button type="button" class="danger-button" ?disabled=${busy} @click=${act}>${acts}</button>
  </div>`;
