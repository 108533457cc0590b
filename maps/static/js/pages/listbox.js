// A list that arrow keys walk through and Enter opens; one tab stop, however long it is.
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";

function step(event, items, selected, choose, enter) {
  const at = items.findIndex((item) => item.id === selected);
  if (event.key === "Enter" && enter && at >= 0) return void enter(selected);
  const to = { ArrowDown: at + 1, ArrowUp: Math.max(at - 1, 0), Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined || items.length === 0) return;
  event.preventDefault();
  const item = items[Math.min(to, items.length - 1)];
  choose(item.id);
  document.getElementById(`${event.currentTarget.id}-${item.id}`)?.scrollIntoView({ block: "nearest" });
}

/** A list of `items` ({id}), each drawn by `row`; `choose(id)` is called on click and arrow keys, `enter(id)` on Enter. While it is `busy`, another list is on its way. */
export function listbox({ id, label, items, selected, choose, enter, row, busy = false }) {
  const active = items.some((item) => item.id === selected) ? `${id}-${selected}` : "";
  return html`<ul
    class="list"
    id=${id}
    role="listbox"
    tabindex="0"
    aria-label=${label}
    aria-busy=${busy}
    aria-activedescendant=${active}
    @keydown=${(event) => step(event, items, selected, choose, enter)}
  >
    ${repeat(
      items,
      (item) => item.id,
      (item) => html`<li
        id="${id}-${item.id}"
        class="row"
        role="option"
        aria-selected=${item.id === selected}
        @click=${() => choose(item.id)}
      >
        ${row(item)}
      </li>`,
    )}
  </ul>`;
}
