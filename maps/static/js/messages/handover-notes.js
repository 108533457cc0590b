// What the dispatcher before left to read: shown until somebody says that he takes over.
import { html, nothing } from "lit";
import { boot } from "../pages/boot.js";
import { Part } from "../pages/element.js";
import { get, post } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { Store } from "../pages/store.js";
import { withNews } from "../pages/stream.js";
import { inLanguage, t, time } from "../pages/texts.js";
import { person } from "../accounts/people.js";
import { keyed, mayDispatch } from "../board/state.js";

const notes = new Store({ waiting: new Map(), later: false });

/** Ask what waits to be read: at the start, after a break, with a new storm. */
export const reloadNotes = withNews(async () => {
  if (mayDispatch) notes.set({ waiting: keyed(await get("/api/handover-notes/waiting")) });
});

/** Take in notes that were written or read. */
export function mergeNotes(list) {
  const waiting = new Map(notes.value.waiting);
  for (const note of list) {
    if (note.read_at || note.written_by === boot.login || !mayDispatch) waiting.delete(note.id);
    else waiting.set(note.id, note);
  }
  notes.set({ waiting });
}

class Handover extends Part {
  get stores() {
    return [notes];
  }

  updated() {
    const sheet = this.querySelector("dialog");
    const wanted = notes.value.waiting.size > 0 && !notes.value.later;
    if (wanted && !sheet.open) sheet.showModal();
    if (!wanted && sheet?.open) sheet.close();
  }

  async read(note) {
    const seen = await attempt(() => post(`/api/handover-notes/${note.id}/read`));
    if (seen) mergeNotes([seen]);
  }

  note(note) {
    return html`<li>
      <p class="muted small">${person(note.written_by)} · ${time(note.written_at)}</p>
      <p class="text" dir="auto">${inLanguage(note.texts) || note.text}</p>
      <button class="primary" @click=${() => this.read(note)}>${t("I have read it and take over")}</button>
    </li>`;
  }

  render() {
    const waiting = [...notes.value.waiting.values()];
    if (waiting.length === 0) return nothing;
    return html`<button class="quiet danger" title=${t("A note for you")} aria-label=${t("A note for you")} @click=${() => notes.set({ later: false })}>
        <span class="icon icon-notebook-pen" aria-hidden="true"></span><span class="note-words">${t("A note for you")}</span>
      </button>
      <dialog class="handover" aria-labelledby="handover-title" @close=${() => notes.set({ later: true })}>
        <h2 id="handover-title">${t("A note for you")}</h2>
        <p class="muted">${t("Somebody left a note for the dispatchers. Read it before you go on.")}</p>
        <ul class="notes">${waiting.map((note) => this.note(note))}</ul>
        <form method="dialog"><button>${t("Later")}</button></form>
      </dialog>`;
  }
}
customElements.define("board-handover", Handover);
