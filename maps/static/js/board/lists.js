// The start side: requests, trucks and alerts, each narrowed by words and state, sorted, counted, tied to the map.
import { html } from "lit";
import { Part } from "../pages/element.js";
import { attempt } from "../pages/notices.js";
import { byNumber } from "../requests/page.js";
import { t } from "../pages/texts.js";
import { counted, LISTS, narrowed } from "./filters.js";
import "./long-list.js";
import { board, choose, findRequests, openRequests, outlined, selection } from "./state.js";

const SHOWN = ["loaded", "requests", "vehicles", "alerts", "snoozes", "shifts", "trucks", "blockages", "checks", "storm"]; // of the board
const KEPT_MS = 5000; // ages and deadlines go on, but not faster than anybody reads
const TYPING_MS = 200; // so long nothing is typed before the server is asked

const fresh = ({ states, orders }) => ({ sought: "", state: Object.keys(states)[0], order: Object.keys(orders)[0], told: new Set() });

class Lists extends Part {
  static properties = { tab: { state: true }, wanted: { state: true } };

  constructor() {
    super();
    this.tab = "requests";
    this.looks = new Map();
    this.wanted = Object.fromEntries(Object.entries(LISTS).map(([name, list]) => [name, fresh(list)]));
  }

  get stores() {
    return [selection];
  }

  connectedCallback() {
    super.connectedCallback();
    this.stopFollowing = selection.follow((value, changes) => {
      const tab = Object.entries(LISTS).find(([, { kind }]) => kind && kind === value.chosen?.kind)?.[0];
      if ("chosen" in changes && tab) this.open(tab);
    });
    this.ticking = setInterval(() => this.requestUpdate(), 10000); // ages go on
    this.stopMinding = board.follow((_, changes) => {
      if (SHOWN.some((field) => field in changes)) this.requestUpdate();
      if (changes.requests && selection.value.listed) this.tellMap();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stopFollowing();
    this.stopMinding();
    clearInterval(this.ticking);
  }

  /** Show a tab and, once it is drawn, the selected row in it. */
  async open(tab) {
    this.tab = tab;
    await this.updateComplete;
    this.querySelector("long-list")?.reveal();
  }

  want(changes) {
    this.wanted = { ...this.wanted, [this.tab]: { ...this.wanted[this.tab], ...changes } };
    this.tellMap();
  }

  /** Let the map show the requests that the list shows. */
  tellMap() {
    const { sought, state } = this.wanted.requests;
    const whole = !sought.trim() && state === "all";
    selection.set({ listed: whole ? null : new Set(this.found("requests").map(({ id }) => id)) });
  }

  found(tab) {
    return this.look(tab).found;
  }

  /** What a list holds, what of it is wanted, and how many are in each state: looked up anew only where it may differ. */
  look(tab) {
    const [list, wanted] = [LISTS[tab], this.wanted[tab]];
    const all = list.items();
    const before = this.looks.get(tab);
    if (before?.all === all && before.wanted === wanted && Date.now() < before.until) return before;
    const look = { all, wanted, found: narrowed(list, all, wanted), counts: counted(list, all), until: Date.now() + KEPT_MS };
    this.looks.set(tab, look);
    return look;
  }

  /** Show what has these words in it; of requests known in outline only, the server must say. */
  seek(words) {
    const { tab } = this;
    this.want({ sought: words, told: new Set() });
    clearTimeout(this.asking);
    if (!words.trim() || !openRequests().some(outlined)) return;
    this.asking = setTimeout(async () => {
      const told = await attempt(() => findRequests(words.trim()));
      if (told && this.tab === tab && this.wanted[tab].sought === words) this.want({ told });
    }, TYPING_MS);
  }

  take(id) {
    const { kind, items } = LISTS[this.tab];
    const alert = kind ? null : items().find((item) => item.id === id);
    if (alert?.kind === "requests") this.narrow("requests", alert.target);
    else choose(alert?.kind ?? kind, alert?.target ?? id);
    if (alert && alert.kind !== "requests") this.open("alerts"); // the next one is looked at from here
  }

  /** Show a tab, narrowed to one of its states. */
  narrow(tab, state) {
    this.open(tab);
    this.want({ state, sought: "" });
  }

  /** Choose the row so many below the present one. */
  walk(by) {
    this.querySelector("long-list")?.walk(by);
  }

  walkTabs(event) {
    const names = Object.keys(LISTS);
    const towards = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!towards) return;
    const forward = document.dir === "rtl" ? -towards : towards;
    this.tab = names[(names.indexOf(this.tab) + forward + names.length) % names.length];
    this.updateComplete.then(() => this.querySelector('[role="tab"][aria-selected="true"]').focus());
  }

  tabs() {
    return html`<div class="tabs" role="tablist" aria-label=${t("Lists")} @keydown=${this.walkTabs}>
      ${Object.entries(LISTS).map(
        ([name, { title, items, counted: counts }]) => html`<button
          class="tab"
          role="tab"
          id="tab-${name}"
          aria-selected=${name === this.tab}
          aria-controls="tab-panel"
          tabindex=${name === this.tab ? 0 : -1}
          @click=${() => this.open(name)}
        >
          ${title()}<span class="count">${t("{value}", { value: (counts ?? items)().length })}</span>
        </button>`,
      )}
    </div>`;
  }

  /** The states to narrow to, each with how many there are; those that nothing is in are left out. */
  states(list, counts) {
    const { state } = this.wanted[this.tab];
    const shown = counts.filter(([name, count]) => count > 0 || name === state || name === "all");
    return html`<div class="states" role="group" aria-label=${t("State")}>
      ${shown.map(
        ([name, count]) => html`<button class="chip" aria-pressed=${name === state} @click=${() => this.want({ state: name })}>
          <span class="word">${list.states[name].words()}</span><span class="count">${t("{value}", { value: count })}</span>
        </button>`,
      )}
    </div>`;
  }

  tally(list, found, all) {
    const { order } = this.wanted[this.tab];
    return html`<div class="tally muted small">
      <span aria-live="polite">${t("{found} of {all}", { found, all })}</span>
      <label class="order"
        ><span class="unseen">${t("Order")}</span
        ><select @change=${(event) => this.want({ order: event.target.value })}>
          ${Object.entries(list.orders).map(([name, { words }]) => html`<option value=${name} ?selected=${name === order}>${words()}</option>`)}
        </select></label
      >
    </div>`;
  }

  body() {
    if (!board.value.loaded) return html`<div class="skeleton" aria-hidden="true"></div>`;
    const list = LISTS[this.tab];
    const { all, found, counts } = this.look(this.tab);
    if (all.length === 0)
      return html`<div class="empty"><h3>${list.empty()[0]}</h3><p class="muted small">${list.empty()[1]}</p></div>`;
    const { chosen } = selection.value;
    return html`${this.states(list, counts)} ${this.tally(list, found.length, all.length)} ${list.together?.(found) ?? ""}
      <long-list
        .name=${`list-${this.tab}`}
        .label=${list.title()}
        .items=${found}
        .selected=${list.kind && chosen?.kind === list.kind ? chosen.id : found.find((item) => item.kind === chosen?.kind && item.target === chosen?.id)?.id}
        .height=${list.height}
        .seen=${list.seen}
        .row=${list.row}
        .enter=${list.enter}
        .choose=${(id) => this.take(id)}
      ></long-list>`;
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
            .value=${this.wanted[this.tab].sought}
            @input=${(event) => this.seek(event.target.value)}
          /><kbd aria-hidden="true">/</kbd>
        </label>
        ${this.tab === "requests" ? byNumber(this.wanted.requests.sought) : ""} ${this.body()}
      </div>`;
  }
}
customElements.define("board-lists", Lists);
