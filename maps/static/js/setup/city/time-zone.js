// The city's time zone: a box to type in that lists what fits, and a proposal from where the streets lie.
import { html } from "lit";
import { boot } from "../../pages/boot.js";
import { Part } from "../../pages/element.js";
import { t } from "../../pages/texts.js";

const MOST = 60;
const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;

const part = (zone, name, language) =>
  new Intl.DateTimeFormat(language, { timeZone: zone, timeZoneName: name }).formatToParts().find(({ type }) => type === "timeZoneName").value;

/** How a zone is called in the reader's language, and how far it is from UTC; empty for one that the browser lacks. */
function said(zone) {
  try {
    return { name: part(zone, "longGeneric", boot.language), offset: part(zone, "shortOffset", "en") };
  } catch {
    return { name: "", offset: "" };
  }
}

const folded = (text) => text.toLocaleLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[\s_/]+/g, " ").trim();

let all = null;

/** All zones with the words by which they are found. */
const zones = () =>
  (all ??= boot.zones.map((zone) => {
    const { name, offset } = said(zone);
    return { zone, name, offset, words: folded(`${zone} ${name} ${offset}`) };
  }));

/** Zones that fit what was typed, those that begin with it first; for the present one it and its neighbors. */
function fitting(typed, value) {
  if (typed === value && value) {
    const [part] = value.split("/");
    const near = zones().filter(({ zone }) => zone !== value && zone.startsWith(`${part}/`));
    return [...zones().filter(({ zone }) => zone === value), ...near].slice(0, MOST);
  }
  const wanted = folded(typed);
  const begins = ({ words }) => words.startsWith(wanted) || words.includes(` ${wanted}`);
  const found = zones().filter(({ words }) => words.includes(wanted));
  return [...found.filter(begins), ...found.filter((one) => !begins(one))].slice(0, MOST);
}

class TimeZone extends Part {
  static properties = { wrong: {}, value: { state: true }, typed: { state: true }, open: { state: true }, at: { state: true }, source: { state: true } };

  constructor() {
    super();
    this.value = boot.zones.includes(HERE) ? HERE : "UTC";
    this.typed = this.value;
    this.open = false;
    this.at = 0;
    this.source = t("The time zone of this computer.");
    this.chosen = false;
  }

  /** Take over a zone that was found out, unless somebody has chosen one; "" leaves it to the place. */
  propose(zone, source) {
    if (this.chosen) return;
    this.value = zone;
    this.typed = zone;
    this.source = source;
  }

  proposeHere() {
    this.propose(boot.zones.includes(HERE) ? HERE : "UTC", t("The time zone of this computer."));
  }

  choose(zone) {
    this.value = zone;
    this.typed = zone;
    this.source = "";
    this.chosen = true;
    this.open = false;
  }

  input(event) {
    this.typed = event.target.value;
    this.open = true;
    this.at = 0;
  }

  /** Keep what stands there if it is a zone, else the one before. */
  settle() {
    const wanted = folded(this.typed);
    const same = boot.zones.find((zone) => folded(zone) === wanted);
    if (same && same !== this.value) this.choose(same);
    this.typed = this.value;
    this.open = false;
  }

  key(event, found) {
    const to = { ArrowDown: this.at + 1, ArrowUp: this.at - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.at = this.open ? Math.max(0, Math.min(to, found.length - 1)) : 0;
      this.open = true;
    }
    if (event.key === "Enter" && this.open) {
      event.preventDefault();
      if (found.length) this.choose(found[this.at].zone);
    }
    if (event.key === "Escape" && this.open) {
      event.preventDefault();
      this.typed = this.value;
      this.open = false;
    }
  }

  updated() {
    this.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  options(found) {
    if (!found.length) return html`<p class="choices muted small" role="status">${t("No time zone is called that.")}</p>`;
    return html`<ul class="choices" id="zones" role="listbox" aria-label=${t("Time zone")}>${found.map(
      ({ zone, name, offset }, at) => html`<li id="zone-${at}" role="option" aria-selected=${at === this.at}
        @pointerdown=${(event) => event.preventDefault()} @click=${() => this.choose(zone)}>
        <bdi dir="ltr">${zone.replaceAll("_", " ")}</bdi><span class="muted small">${name} <bdi dir="ltr">${offset}</bdi></span>
      </li>`,
    )}</ul>`;
  }

  render() {
    const found = this.open ? fitting(this.typed, this.value) : [];
    return html`<div class="field zone">
      <label for="timezone">${t("Time zone")}</label>
      <input id="timezone" role="combobox" autocomplete="off" spellcheck="false" autocapitalize="none" dir="ltr"
        aria-autocomplete="list" aria-expanded=${this.open} aria-controls="zones" aria-describedby="timezone-hint${this.wrong ? " timezone-fault" : ""}"
        aria-activedescendant=${this.open && found.length ? `zone-${this.at}` : ""} aria-invalid=${Boolean(this.wrong)}
        placeholder=${t("That of the place")} .value=${this.typed}
        @input=${this.input} @click=${() => (this.open = true)} @blur=${this.settle} @keydown=${(event) => this.key(event, found)}
        @focus=${(event) => event.target.select()}>
      <span class="icon icon-chevron-down" aria-hidden="true"></span>
      <input type="hidden" name="timezone" .value=${this.value}>
      ${this.open ? this.options(found) : ""}
      ${this.wrong ? html`<p class="problem" id="timezone-fault" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${this.wrong}</p>` : ""}
      <p class="muted small" id="timezone-hint">${this.source}</p>
    </div>`;
  }
}
customElements.define("time-zone", TimeZone);
