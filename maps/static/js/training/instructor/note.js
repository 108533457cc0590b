// A note on this moment.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { t } from "../../pages/texts.js";
import { order } from "./state.js";

class Note extends Part {
  async send(event) {
    event.preventDefault();
    const field = event.target.elements.words;
    if (await order("/api/training/notes", { words: field.value })) field.value = "";
    field.focus();
  }

  render() {
    return html`<form class="note-form" @submit=${this.send}>
      <label class="unseen" for="words">${t("Note on this moment")}</label>
      <textarea id="words" name="words" required rows="2" maxlength="2000" dir="auto" placeholder=${t("What you want to speak about afterwards")}></textarea>
      <button>${t("Note it")}</button>
    </form>`;
  }
}
customElements.define("training-note", Note);
