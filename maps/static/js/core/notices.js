// Errors and answers that stay until they are read.
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Part } from "./element.js";
import { Store } from "./store.js";
import { t } from "./texts.js";

const notices = new Store({ list: [] });
let count = 0;

const without = (id) => notices.value.list.filter((notice) => notice.id !== id);

/** Show a text until it is dismissed; the same text is shown once. */
export function notify(text, tone = "plain") {
  if (notices.value.list.some((notice) => notice.text === text)) return;
  notices.set({ list: [...notices.value.list, { id: ++count, text, tone }] });
}

/** Run an order and show what went wrong, if anything did. */
export async function attempt(order) {
  try {
    return await order();
  } catch (error) {
    notify(error.message, "danger");
    return undefined;
  }
}

class Notices extends Part {
  get stores() {
    return [notices];
  }

  render() {
    return html`<div class="notices" role="status" aria-live="polite">${repeat(
      notices.value.list,
      (notice) => notice.id,
      (notice) => html`<p class="notice ${notice.tone}">
        <span>${notice.text}</span>
        <button class="quiet" @click=${() => notices.set({ list: without(notice.id) })} aria-label=${t("Dismiss")}>
          <span class="icon icon-x" aria-hidden="true"></span>
        </button>
      </p>`,
    )}</div>`;
  }
}
customElements.define("board-notices", Notices);
