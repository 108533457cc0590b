// Questions about what cannot be undone: the button that does it looks dangerous, and the one that keeps things has the focus.
import { html } from "lit";
import { ref } from "lit/directives/ref.js";
import { t } from "./texts.js";

const focused = (button) => queueMicrotask(() => button?.focus()); // it stands in the page only after it was drawn

/** The two answers: `keep` (also by Escape), which comes first and has the focus, and `act`, which cannot be undone. */
export const dangerousChoice = ({ act, acts, keep, keeps = t("Cancel"), busy = false }) =>
  html`<div class="choice" @keydown=${(event) => event.key === "Escape" && keep()}>
    <button type="button" ${ref(focused)} @click=${keep}>${keeps}</button>
    <button type="button" class="danger-button" ?disabled=${busy} @click=${act}>${acts}</button>
  </div>`;
