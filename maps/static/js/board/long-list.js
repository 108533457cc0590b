// A list of any length that arrow keys walk through and Enter opens: only what is in sight is drawn, and it is one tab stop.
// Without a height its rows are as high as their words, and all are drawn.
import { html, LitElement } from "lit";
import { repeat } from "lit/directives/repeat.js";

const BEYOND = 6; // rows drawn above and below what is in sight
const PAGE = 10;

class LongList extends LitElement {
  static properties = {
    items: { attribute: false },
    selected: { attribute: false },
    label: { attribute: false },
    name: { attribute: false },
    height: { attribute: false },
    top: { state: true },
    room: { state: true },
  };

  constructor() {
    super();
    this.items = [];
    this.height = 57;
    this.top = 0;
    this.room = 600;
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.sizes = new ResizeObserver(([entry]) => (this.room = entry.contentRect.height));
    this.updateComplete.then(() => this.sizes.observe(this.box));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  get box() {
    return this.querySelector('[role="listbox"]');
  }

  get at() {
    return this.items.findIndex((item) => item.id === this.selected);
  }

  /** Scroll so that the selected row is in sight. */
  reveal(at = this.at) {
    if (at < 0 || !this.box) return;
    if (!this.height) return void this.querySelectorAll(".row")[at]?.scrollIntoView({ block: "nearest" });
    const y = at * this.height;
    if (y < this.box.scrollTop) this.box.scrollTop = y;
    else if (y + this.height > this.box.scrollTop + this.room) this.box.scrollTop = y + this.height - this.room;
    this.top = this.box.scrollTop;
  }

  /** What is drawn: what is in sight and a little beyond. */
  drawn() {
    if (!this.height) return this.items.map((item, at) => ({ item, at }));
    const first = Math.max(0, Math.floor(this.top / this.height) - BEYOND);
    const last = Math.min(this.items.length, Math.ceil((this.top + this.room) / this.height) + BEYOND);
    return this.items.slice(first, last).map((item, i) => ({ item, at: first + i }));
  }

  updated(changed) {
    this.seen?.(this.drawn().map(({ item }) => item));
    if (changed.has("selected")) this.reveal();
    if (this.height && this.box && this.top > Math.max(0, this.items.length * this.height - this.room)) this.top = this.box.scrollTop;
  }

  step(event) {
    const { at } = this;
    if (event.key === "Enter" && this.enter && at >= 0) return void this.enter(this.items[at]);
    const last = this.items.length - 1;
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last, PageDown: at + PAGE, PageUp: at - PAGE };
    const to = steps[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    const next = Math.min(Math.max(to, 0), last);
    this.choose(this.items[next].id);
    this.reveal(next);
  }

  /** Choose the row so many below the selected one. */
  walk(by) {
    const next = Math.min(Math.max(this.at + by, 0), this.items.length - 1);
    if (this.items[next]) this.choose(this.items[next].id);
  }

  option(item, at) {
    return html`<li
      id="${this.name}-${item.id}"
      class="row"
      role="option"
      aria-selected=${item.id === this.selected}
      aria-posinset=${at + 1}
      aria-setsize=${this.items.length}
      .style=${this.height ? `inset-block-start: ${at * this.height}px; block-size: ${this.height}px` : ""}
      @click=${() => this.choose(item.id)}
    >
      ${this.row(item)}
    </li>`;
  }

  render() {
    const drawn = this.drawn();
    const active = drawn.some(({ item }) => item.id === this.selected) ? `${this.name}-${this.selected}` : "";
    return html`<div
      class="list ${this.height ? "long" : ""}"
      id=${this.name}
      role="listbox"
      tabindex="0"
      aria-label=${this.label}
      aria-activedescendant=${active}
      @scroll=${(event) => (this.top = event.currentTarget.scrollTop)}
      @keydown=${this.step}
    >
      <ul role="presentation" .style=${this.height ? `block-size: ${this.items.length * this.height}px` : ""}>
        ${repeat(
          drawn,
          ({ item }) => item.id,
          ({ item, at }) => this.option(item, at),
        )}
      </ul>
    </div>`;
  }
}
customElements.define("long-list", LongList);
