// The bar over the map while a plan is edited by hand: what was done, what it costs, back and forth, publish.
import { html } from "lit";
import { Part } from "../pages/element.js";
import { named, t, time } from "../pages/texts.js";
import { person } from "../accounts/people.js";
import { validity } from "../planning/drafts.js";
import { discardDraft, draftState, editing, leaveEditing, letBe, publishDraft, redo, undo } from "./draft.js";

const typing = (target) => target.matches?.("input, textarea, select, [contenteditable]");

/** Ctrl+Z and Ctrl+Shift+Z, by the place of the key, so that they are the same with Persian letters on it. */
function onKey(event) {
  if (!editing() || event.code !== "KeyZ" || !(event.ctrlKey || event.metaKey) || typing(event.target)) return;
  event.preventDefault();
  if (event.shiftKey) redo();
  else undo();
}

const lateness = ({ service_class: name, passes_before: before, passes_after: after }) =>
  html`<span class=${after > before ? "danger" : ""}>${t("{class}: passes late in the whole plan {before} → {after}", { class: named("class", name), before, after })}</span>`;

function cost({ totals }) {
  if (!totals)
    return html`<p class="small muted">${t("Nothing is changed yet. Choose a street, then a truck for it; or drag its line onto a truck.")}</p>`;
  const moved = totals.late.filter((one) => one.passes_after !== one.passes_before);
  return html`<p class="small edit-cost"><strong>${totals.words}</strong> ${moved.map(lateness)}</p>`;
}

const editItem = (edit) => html`<li class=${edit.undone ? "muted" : ""}>
  <span>${edit.words} ${edit.undone ? html`<span class="muted">(${t("undone")})</span>` : ""}</span>
  <span class="small muted">${edit.totals.words} · ${person(edit.by)} · ${time(edit.at)}</span>
</li>`;

function question({ words, again, drops, old }) {
  const title = old ? t("This draft is too old") : again ? t("What this change costs") : t("This cannot be done");
  return html`<div class="edit-asked" role="alert">
    <p><strong>${title}</strong> <span>${words}</span> ${drops ? t("Open work would be dropped. Publish it anyway?") : ""}</p>
    <div class="pair">
      ${again ? html`<button class="primary" @click=${again}>${old ? t("Go on from now") : t("Do it anyway")}</button>` : ""}
      <button @click=${letBe}>${again ? t("Cancel this edit") : t("Close")}</button>
    </div>
  </div>`;
}

class EditBar extends Part {
  get stores() {
    return [draftState];
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("keydown", onKey);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener("keydown", onKey);
  }

  render() {
    const { draft, asked, busy, dragged } = draftState.value;
    if (!draft) return "";
    return html`<section class="edit-bar" aria-label=${t("Edit by hand")} aria-busy=${busy}>
      <header>
        <h2>${t("Editing by hand: revision {revision}", { revision: draft.revision })}</h2>
        <div class="edit-keys">
          <button class="quiet" ?disabled=${!draft.can_undo || busy} @click=${undo} title=${t("Undo (Ctrl+Z)")}><span class="icon icon-undo-2 mirrored" aria-hidden="true"></span>${t("Undo")}</button>
          <button class="quiet" ?disabled=${!draft.can_redo || busy} @click=${redo} title=${t("Redo (Ctrl+Shift+Z)")}><span class="icon icon-redo-2 mirrored" aria-hidden="true"></span>${t("Redo")}</button>
          <button class="primary" ?disabled=${busy} @click=${() => publishDraft()}>${t("Publish to the trucks")}</button>
          <button ?disabled=${busy} @click=${discardDraft}>${t("Discard changes to the draft")}</button>
          <button class="quiet" @click=${leaveEditing}>${t("Leave editing")}</button>
        </div>
      </header>
      <p class="small muted">${t("Trucks as they were at {time}. Drivers see nothing of it until you publish.", { time: time(draft.made_at) })} ${draft.good_until ? validity({ ...draft, outdated: false }) : ""}</p>
      <div aria-live="polite">${dragged ? html`<p class="small">${dragged.words}</p>` : cost(draft)}</div>
      ${asked ? question(asked) : ""}
      ${draft.edits.length ? html`<ol class="edit-list">${[...draft.edits].reverse().map(editItem)}</ol>` : ""}
    </section>`;
  }
}
customElements.define("board-edit", EditBar);
