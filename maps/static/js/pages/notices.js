// Errors and answers that stay until they are read.
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Part } from "./element.js";
import { Store } from "./store.js";
import { t } from "./texts.js";

const notices = new Store({ list: [] });
let count = 0;

const without = (id) => notices.value.list.filter((notice) => notice.id !== id);

const same = (one, other) => one.text === other.text && one.details === other.details;

/** Show a text until it is dismissed, once; `details` are for whoever looks after the server. */
export function notify(text, tone = "plain", details = "") {
  const notice = { id: ++count, text, tone, details };
  if (notices.value.list.some((other) => same(notice, other))) return;
  notices.set({ list: [...notices.value.list, notice] });
}

/** Say that an order was carried out, until the next one is; the same order again says so again. */
export function echo(text) {
  const others = notices.value.list.filter(({ tone }) => tone !== "echo");
  notices.set({ list: [...others, { id: ++count, text, tone: "echo", details: "" }] });
}

const folded = (details) =>
  details
    ? html`<details><summary>${t("Details")}</summary><p class="muted small" dir="ltr">${details}</p></details>`
    : "";

/** Take a text away that is not true any more, if it is still shown. */
export const withdraw = (text) => notices.set({ list: notices.value.list.filter((notice) => notice.text !== text) });

/** Run an order and show what went wrong, if anything did and its answer is still `wanted`. */
export async function attempt(order, wanted = () => true) {
  try {
    return await order();
  } catch (error) {
    if (wanted()) notify(error.message, "danger");
    return undefined;
  }
}

/** An order that is not given again with the same words while it is carried out, however often its button is pressed; one with other words comes after it. */
export function once(order) {
  const running = new Map();
  return (...words) => {
    const mark = JSON.stringify(words);
    if (running.has(mark)) return running.get(mark);
    const begin = () => order(...words);
    const before = [...running.values()].at(-1);
    const done = (before ? before.then(begin, begin) : begin()).finally(() => running.delete(mark));
    running.set(mark, done);
    return done;
  };
}

class Notices extends Part {
  get stores() {
    return [notices];
  }

  render() {
    return html`<div class="notices" role="status" aria-live="polite">${repeat(
      notices.value.list,
      (notice) => notice.id,
      (notice) => html`<div class="notice ${notice.tone}">
        <div>${notice.text}${folded(notice.details)}</div>
        <button class="quiet" @click=${() => notices.set({ list: without(notice.id) })} aria-label=${t("Dismiss")}>
          <span class="icon icon-x" aria-hidden="true"></span>
        </button>
      </div>`,
    )}</div>`;
  }
}
customElements.define("board-notices", Notices);
