// The start side: requests, trucks and alerts, each with a filter and a count.
import { html } from "lit";
import { Part } from "../core/element.js";
import { attempt } from "../core/notices.js";
import { named, t } from "../core/texts.js";
import { alerts } from "./alerts.js";
import { listbox } from "./listbox.js";
import { alertRow, requestRow, truckRow } from "./rows.js";
import { board, choose, findRequests, openRequests, outlined, selection, vehicles } from "./state.js";

const folded = (text) =>
  text
    .toLocaleLowerCase()
    .replace(/ي/g, "ی")
    .replace(/ك/g, "ک")
    .replace(/\u200c/g, " ");

/** Rows that are drawn at once: ten thousand would make every key wait. */
const MOST_ROWS = 300;

const TYPING_MS = 200; // so long nothing is typed before the server is asked

/** The first of a long list, and the selected one wherever it stands. */
const drawn = (found, selected) => found.filter(({ id }, at) => at < MOST_ROWS || id === selected);

const TABS = {
  requests: {
    title: () => t("Requests"),
    kind: "request",
    items: openRequests,
    words: (request) => [request.reference, request.address, request.text].join(" "),
    request: ({ id }) => id,
    row: requestRow,
    empty: () => [t("No open requests"), t("What callers report appears here at once.")],
  },
  trucks: {
    title: () => t("Trucks"),
    kind: "truck",
    items: vehicles,
    words: (vehicle) =>
      [vehicle.name, vehicle.type, named("machine", vehicle.type), named("truck", vehicle.state)].join(" "),
    row: truckRow,
    empty: () => [t("No trucks yet"), t("The fleet file of this city names no machines.")],
  },
  alerts: {
    title: () => t("Alerts"),
    kind: null,
    items: alerts,
    words: (alert) => [alert.title, alert.text].join(" "),
    request: (alert) => (alert.kind === "request" ? alert.target : null),
    row: alertRow,
    empty: () => [
      t("Nothing needs you now"),
      t("Silent trucks, requests without a place and late streets appear here."),
    ],
  },
};

class Lists extends Part {
  static properties = { tab: { state: true }, sought: { state: true }, told: { state: true } };

  constructor() {
    super();
    this.tab = "requests";
    this.sought = "";
    this.told = new Set(); // requests in which the server has found the words
  }

  get stores() {
    return [board, selection];
  }

  connectedCallback() {
    super.connectedCallback();
    this.stopFollowing = selection.follow((value, changes) => {
      const tab = Object.entries(TABS).find(([, { kind }]) => kind && kind === value.chosen?.kind)?.[0];
      if ("chosen" in changes && tab) this.open(tab);
    });
  }

  /** Show a tab and, once it is drawn, the selected row in it. */
  async open(tab) {
    if (this.tab !== tab) this.seek("");
    this.tab = tab;
    await this.updateComplete;
    this.querySelector('[aria-selected="true"].row')?.scrollIntoView({ block: "nearest" });
  }

  /** Show what has these words in it; of requests known in outline only, the server must say. */
  seek(words) {
    this.sought = words;
    this.told = new Set();
    clearTimeout(this.asking);
    if (!words.trim() || !openRequests().some(outlined)) return;
    this.asking = setTimeout(async () => {
      const told = await attempt(() => findRequests(words.trim()));
      if (told && this.sought === words) this.told = told;
    }, TYPING_MS);
  }

  take(id) {
    const { kind, items } = TABS[this.tab];
    const alert = kind ? null : items().find((item) => item.id === id);
    if (alert) choose(alert.kind, alert.target);
    else choose(kind, id);
  }

  walkTabs(event) {
    const names = Object.keys(TABS);
    const towards = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!towards) return;
    const forward = document.dir === "rtl" ? -towards : towards;
    this.tab = names[(names.indexOf(this.tab) + forward + names.length) % names.length];
    this.updateComplete.then(() => this.querySelector('[role="tab"][aria-selected="true"]').focus());
  }

  tabs() {
    return html`<div class="tabs" role="tablist" aria-label=${t("Lists")} @keydown=${this.walkTabs}>
      ${Object.entries(TABS).map(
        ([name, { title, items }]) => html`<button
          class="tab"
          role="tab"
          id="tab-${name}"
          aria-selected=${name === this.tab}
          aria-controls="tab-panel"
          tabindex=${name === this.tab ? 0 : -1}
          @click=${() => this.open(name)}
        >
          ${title()}<span class="count">${t("{value}", { value: items().length })}</span>
        </button>`,
      )}
    </div>`;
  }

  body() {
    if (!board.value.loaded) return html`<div class="skeleton" aria-hidden="true"></div>`;
    const { items, words, request, row, empty, title, kind } = TABS[this.tab];
    const all = items();
    if (all.length === 0)
      return html`<div class="empty"><h3>${empty()[0]}</h3><p class="muted small">${empty()[1]}</p></div>`;
    const sought = folded(this.sought);
    const found = all.filter((item) => folded(words(item)).includes(sought) || this.told.has(request?.(item)));
    const { chosen } = selection.value;
    const selected = kind && chosen?.kind === kind ? chosen.id : undefined;
    return html`<p class="tally muted small" aria-live="polite">${t("{found} of {all}", { found: found.length, all: all.length })}</p>
      ${found.length > MOST_ROWS ? html`<p class="tally muted small">${t("The first {count} are shown. Write above to find others.", { count: MOST_ROWS })}</p>` : ""}
      ${listbox({
        id: `list-${this.tab}`,
        label: title(),
        items: drawn(found, selected),
        selected,
        choose: (id) => this.take(id),
        row,
      })}`;
  }

  render() {
    return html`${this.tabs()}
      <div class="panel" id="tab-panel" role="tabpanel" aria-labelledby="tab-${this.tab}">
        <label class="filter">
          <span class="icon icon-search" aria-hidden="true"></span><span class="unseen">${t("Filter this list")}</span>
          <input
            id="filter"
            type="search"
            placeholder=${t("Filter")}
            .value=${this.sought}
            @input=${(event) => this.seek(event.target.value)}
          /><kbd aria-hidden="true">/</kbd>
        </label>
        ${this.body()}
      </div>`;
  }
}
customElements.define("board-lists", Lists);
