// The sheet of all keys.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { t } from "../../pages/texts.js";
import { keysAct, letKeysAct } from "./keys.js";
import { GROUPS } from "./shortcuts.js";

const line = (shown, words) => html`<div><dt><kbd dir="ltr">${shown}</kbd></dt><dd>${words}</dd></div>`;

class Help extends Part {
  get sheet() {
    return this.querySelector("dialog");
  }

  toggle() {
    if (this.sheet.open) this.sheet.close();
    else this.sheet.showModal();
  }

  group({ title, keys, within = [] }) {
    return html`<section>
      <h3>${title()}</h3>
      <dl>
        ${keys.map(({ shown, words }) => line(shown, words()))}
        ${within.map(([shown, words]) => line(shown, words()))}
      </dl>
    </section>`;
  }

  press(event) {
    if (event.code !== "Slash" || !event.shiftKey) return;
    event.preventDefault();
    this.sheet.close();
  }

  render() {
    return html`<button class="quiet" title=${t("Keyboard shortcuts (?)")} aria-label=${t("Keyboard shortcuts (?)")} @click=${() => this.toggle()}>
        <span class="icon icon-keyboard" aria-hidden="true"></span>
      </button>
      <dialog class="help" aria-labelledby="help-title" @keydown=${this.press}>
        <form method="dialog" class="help-head">
          <h2 id="help-title">${t("Keyboard shortcuts")}</h2>
          <button class="quiet" aria-label=${t("Close (Esc)")} title=${t("Close (Esc)")}><span class="icon icon-x" aria-hidden="true"></span></button>
        </form>
        <p class="muted small">${t("Keys are places on the keyboard: they are the same with Persian and Latin letters.")}</p>
        <div class="help-groups">${GROUPS.map((group) => this.group(group))}</div>
        <label class="check">
          <input type="checkbox" ?checked=${keysAct()} @change=${(event) => letKeysAct(event.target.checked)} />
          ${t("Single keys act. Switch this off where a screen reader or dictation needs them.")}
        </label>
      </dialog>`;
  }
}
customElements.define("board-help", Help);
