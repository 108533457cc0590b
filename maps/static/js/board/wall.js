// The board on a wall: map, four figures, alerts and legend, readable from five metres; nobody has to touch it.
import { html } from "lit";
import { screenKeeper } from "../pages/app/screen.js";
import { boot, now } from "../pages/boot.js";
import { TickingPart } from "../pages/element.js";
import { age, date, duration, isolated, t, time } from "../pages/texts.js";
import { alerts } from "../alerts/alerts.js";
import { callsForHelp } from "../messages/sos.js";
import { board, onlyWall } from "./state.js";
import { views } from "./views/views.js";

const PATIENCE_MS = 10000;
const SHOWN = 4;
const SHOWN_BELOW_CALLS = 2; // calls for help take the height of the others
const EDGE_PX = 24;
const HD = { width: 1920, height: 1080 };

class Wall extends TickingPart {
  static properties = { on: { state: true } };

  constructor() {
    super();
    this.on = onlyWall || new URLSearchParams(location.search).has("wall");
  }

  get stores() {
    return [board];
  }

  connectedCallback() {
    super.connectedCallback();
    this.stayAwake = screenKeeper(() => this.on);
    this.show();
  }

  /** Change between the wall and the desk; the address tells which, so that a screen comes back as it was. */
  toggle() {
    this.on = !this.on;
    const address = new URL(location);
    if (this.on) address.searchParams.set("wall", "");
    else address.searchParams.delete("wall");
    history.replaceState(null, "", address.href.replace("wall=", "wall"));
    this.show();
  }

  show() {
    document.body.classList.toggle("wall", this.on);
    views.set({ wall: this.on });
    this.stayAwake();
    this.fit();
  }

  /** The map comes after the alerts; on a wall it shows the whole city again whenever its size changes. */
  mapIsThere() {
    new ResizeObserver(() => this.on && this.fit()).observe(globalThis.boardMap.getContainer());
  }

  /** Show the whole city beside the alerts and above the legend, on a large screen enlarged as its words are. */
  async fit() {
    const map = globalThis.boardMap;
    if (!map) return;
    await this.updateComplete;
    const enlarged = this.on ? Math.max(1, Math.min(innerWidth / HD.width, innerHeight / HD.height)) : 1;
    map.getContainer().style.setProperty("--enlarged", enlarged);
    map.setPixelRatio(devicePixelRatio * enlarged);
    map.resize();
    const covered = (selector, size) => (this.on ? (document.querySelector(selector)?.[size] ?? 0) / enlarged : 0);
    const side = document.dir === "rtl" ? "right" : "left";
    const padding = { top: EDGE_PX, bottom: EDGE_PX + covered(".legend", "offsetHeight"), left: EDGE_PX, right: EDGE_PX };
    padding[side] += covered(".wall-alerts", "offsetWidth");
    map.fitBounds(boot.city.bounds, { padding, animate: false });
  }

  stale() {
    const { connected, heardAt } = board.value;
    const old = Date.now() - heardAt;
    if (connected || old < PATIENCE_MS) return "";
    return html`<div class="wall-stale" role="alert">
      <span class="icon icon-wifi-off" aria-hidden="true"></span>
      <strong>${t("This view is {span} old", { span: duration(old) })}</strong>
      <span>${t("No connection. What trucks did since then is not shown.")}</span>
    </div>`;
  }

  alerts() {
    const { alertsLoaded: loaded } = board.value;
    const found = loaded ? alerts() : [];
    const shown = callsForHelp().length > 0 ? SHOWN_BELOW_CALLS : SHOWN;
    return html`<section class="wall-alerts" aria-label=${t("Alerts")}>
      <h2>${t("Alerts")} ${loaded ? html`<span class="count">${t("{value}", { value: found.length })}</span>` : ""}</h2>
      ${loaded && found.length === 0 ? html`<p class="muted">${t("No open alerts")}</p>` : ""}
      <ul>
        ${found.slice(0, shown).map(
          (alert) => html`<li class=${alert.tone}>
            <span class="icon icon-triangle-alert" aria-hidden="true"></span>
            <strong>${isolated(alert.title)}</strong>
            <span>${alert.text}</span>
            ${alert.since ? html`<span class="muted">${age(alert.since)}</span>` : ""}
          </li>`,
        )}
      </ul>
      ${found.length > shown ? html`<p class="muted">${t("more:{count}", { count: found.length - shown })}</p>` : ""}
    </section>`;
  }

  render() {
    if (!this.on) return "";
    return html`${this.stale()} ${this.alerts()}
      <p class="wall-foot muted">
        <span>${t("as of {time}", { time: time(now()) })} · ${date(now())}</span>
      </p>`;
  }
}
customElements.define("board-wall", Wall);
