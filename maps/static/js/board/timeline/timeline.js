// The panel below the map: routes as rows of bars, or as a table; what is chosen here is chosen everywhere.
import { html } from "lit";
import { boot, now } from "../../pages/boot.js";
import { Part } from "../../pages/element.js";
import { named, streetName, t } from "../../pages/texts.js";
import { onTheme } from "../../pages/theme.js";
import { board, choose, selection } from "../state.js";
import { nameOf } from "../../streets/names.js";
import { draw, tonesNow } from "./draw.js";
import { legAt, legsOn, refresh, showPlan, timeline } from "./lanes.js";
import { timelineTable } from "./table.js";
import { FORWARD, keyed, View } from "./view.js";
import { legWords } from "./words.js";

const OPEN = "board-timeline";
const LABELS_PX = 208;
const TICK_MS = 5000;
const DRAG_PX = 4;
const LATE_S = 600;

const zoneParts = new Intl.DateTimeFormat("en-US", { timeZone: boot.city.timezone, timeZoneName: "longOffset" });

/** How far the city's clock is ahead of UTC at a moment, in ms. */
function offsetAt(moment) {
  const zone = zoneParts.formatToParts(moment).find(({ type }) => type === "timeZoneName").value;
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(zone) ?? ["", "+", "0", "0"];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60000;
}

class Timeline extends Part {
  static properties = { open: { state: true }, asTable: { state: true }, said: { state: true } };

  constructor() {
    super();
    this.open = localStorage.getItem(OPEN) === "open";
    this.asTable = false;
    this.said = "";
    this.view = new View();
    this.drawing = false;
    this.grip = null;
  }

  get stores() {
    return [timeline];
  }

  connectedCallback() {
    super.connectedCallback();
    this.tones = tonesNow();
    onTheme(() => {
      this.tones = tonesNow();
      this.redraw();
    });
    board.follow((_, changes) => {
      if (!this.open) return;
      if (changes.plan !== undefined) showPlan();
      if (changes.checks) refresh();
    });
    timeline.follow(({ from, to, lanes }) => {
      if (lanes.length) this.view.cover(from, Math.max(to, from + 1), lanes.length);
      this.redraw();
    });
    selection.follow((_, changes) => {
      if ("chosen" in changes || "leg" in changes) this.follow();
    });
    this.ticking = setInterval(() => this.redraw(), TICK_MS);
    if (this.open) showPlan();
  }

  toggle(open = !this.open) {
    this.open = open;
    localStorage.setItem(OPEN, open ? "open" : "shut");
    if (open) {
      showPlan();
      refresh();
    }
  }

  /** Show the hours around now. */
  goToNow() {
    if (!this.open) this.toggle(true);
    if (this.view.time) this.view.goTo(now());
    this.redraw();
  }

  updated() {
    const canvas = this.querySelector("canvas");
    if (!canvas || this.watched === canvas) return;
    this.watched = canvas;
    this.sizes?.disconnect();
    this.sizes = new ResizeObserver(() => this.resize(canvas));
    this.sizes.observe(canvas);
    canvas.addEventListener("wheel", (event) => this.roll(event), { passive: false });
  }

  resize(canvas) {
    const { clientWidth: width, clientHeight: height } = canvas;
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    this.view.size(Math.max(1, width - LABELS_PX), height);
    this.redraw();
  }

  redraw() {
    if (this.drawing || !this.open) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      this.paint();
    });
  }

  paint() {
    const canvas = this.querySelector("canvas");
    const { lanes } = timeline.value;
    if (!canvas || !this.view.time || lanes.length === 0) return;
    const pen = canvas.getContext("2d");
    const ratio = canvas.width / Math.max(1, canvas.clientWidth);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const { scale, top, first, last } = this.view;
    const chart = {
      ...{ lanes, scale, top, first, last, labels: LABELS_PX, rtl: document.dir === "rtl" },
      ...{ width: canvas.clientWidth, height: canvas.clientHeight },
      ...{ chosen: this.chosenTruck(), marked: this.marks(), now: now(), offset: offsetAt(this.view.time[0]) },
    };
    draw(pen, chart, this.tones);
  }

  chosenTruck() {
    const { chosen, leg } = selection.value;
    return chosen?.kind === "truck" ? chosen.id : (leg?.vehicle ?? null);
  }

  /** The bars of what is chosen: one leg, or all that work on a street. */
  marks() {
    const { chosen, leg } = selection.value;
    if (leg) return [[timeline.value.lanes.findIndex((one) => one.vehicle === leg.vehicle), leg.leg]];
    return chosen?.kind === "street" ? legsOn(chosen.id) : [];
  }

  /** The row, and the leg where one is meant, of what is chosen. */
  target() {
    const { chosen, leg } = selection.value;
    const { lanes } = timeline.value;
    if (!leg && chosen?.kind === "street") return legsOn(chosen.id)[0] ?? [-1];
    return [lanes.findIndex((one) => one.vehicle === this.chosenTruck()), leg?.leg];
  }

  /** Bring into sight what was chosen, here or elsewhere. */
  follow() {
    const [row, leg] = this.target();
    if (row >= 0 && this.view.time) this.view.reveal(row, leg === undefined ? undefined : timeline.value.lanes[row].starts[leg]);
    this.redraw();
    if (this.asTable) this.requestUpdate();
  }

  /** Choose a bar: its street on the map and in the panel, its truck's row here. */
  async take(lane, leg) {
    const [street] = lane.streets[leg];
    const mark = { vehicle: lane.vehicle, leg };
    if (street === undefined) choose("truck", lane.vehicle, mark);
    else choose("street", street, mark);
    this.said = legWords(lane, leg, "");
    const name = street === undefined ? null : await nameOf(street);
    if (name && selection.value.leg === mark) this.said = legWords(lane, leg, streetName(name));
  }

  roll(event) {
    event.preventDefault();
    this.view.wheel(event, this.timeX(event));
    this.redraw();
  }

  timeX(event) {
    const box = this.watched.getBoundingClientRect();
    const x = event.clientX - box.left;
    return document.dir === "rtl" ? this.view.width - x : x - LABELS_PX;
  }

  /** What is under the pointer: a row, and a leg where it points at time. */
  under(event) {
    const box = this.watched.getBoundingClientRect();
    const row = this.view.rowAt(event.clientY - box.top);
    const lane = timeline.value.lanes[row];
    const x = this.timeX(event);
    if (!lane || x < 0 || x > this.view.width) return { lane, leg: -1 };
    const leg = legAt(lane, this.view.scale.moment(x));
    const begun = leg < lane.kinds.length && lane.starts[leg] <= this.view.scale.moment(x + 2);
    return { lane, leg: begun ? leg : -1 };
  }

  grab(event) {
    if (event.button !== 0) return;
    this.grip = { x: event.clientX, y: event.clientY, moved: false };
    event.currentTarget.setPointerCapture(event.pointerId);
  }

  drag(event) {
    if (!this.grip) return this.point(event);
    const [dx, dy] = [event.clientX - this.grip.x, event.clientY - this.grip.y];
    if (!this.grip.moved && Math.hypot(dx, dy) < DRAG_PX) return undefined;
    this.grip = { x: event.clientX, y: event.clientY, moved: true };
    this.view.pan((-dx / this.view.width) * FORWARD);
    this.view.scroll(-dy);
    return this.redraw();
  }

  release(event) {
    const { grip } = this;
    this.grip = null;
    if (!grip || grip.moved) return;
    const { lane, leg } = this.under(event);
    if (!lane) return;
    if (leg >= 0) this.take(lane, leg);
    else choose("truck", lane.vehicle);
  }

  point(event) {
    const { lane, leg } = this.under(event);
    this.watched.title = lane && leg >= 0 ? legWords(lane, leg, "") : (lane?.name ?? "");
  }

  press(event) {
    const { lanes } = timeline.value;
    if (lanes.length === 0 || !this.view.time) return;
    const row = lanes.findIndex((one) => one.vehicle === this.chosenTruck());
    const to = keyed(event, this.view, lanes, { row, leg: selection.value.leg?.leg });
    if (to === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (to.leg !== undefined) this.take(lanes[to.row], to.leg);
    else if (to.row !== undefined) {
      this.view.reveal(to.row);
      choose("truck", lanes[to.row].vehicle);
      this.said = lanes[to.row].name;
    }
    this.redraw();
  }

  head() {
    const late = timeline.value.lanes.filter((lane) => lane.became.late_s >= LATE_S).length;
    return html`<div class="lane-head">
      <button class="quiet" aria-expanded=${this.open} aria-controls="lanes" @click=${() => this.toggle()}>
        <span class="icon icon-chevron-${this.open ? "down" : "up"}" aria-hidden="true"></span>${t("Timeline")}
      </button>
      ${this.open ? this.tools(late) : ""}
    </div>`;
  }

  tools(late) {
    const act = (order) => () => {
      if (this.view.time) order();
      this.redraw();
    };
    return html`<span class="muted small">${late ? t("late:{count}", { count: late }) : ""}</span>
      <span class="lane-key small muted">${this.key()}</span>
      <span class="lane-tools">
        <button class="quiet" title=${t("Zoom out")} aria-label=${t("Zoom out")} @click=${act(() => this.view.zoom(1.5))}><span class="icon icon-minus" aria-hidden="true"></span></button>
        <button class="quiet" title=${t("Zoom in")} aria-label=${t("Zoom in")} @click=${act(() => this.view.zoom(1 / 1.5))}><span class="icon icon-plus" aria-hidden="true"></span></button>
        <button class="quiet" @click=${() => this.goToNow()}>${t("Now")}</button>
        <button class="quiet" @click=${act(() => this.view.zoom(1e6))}>${t("Whole plan")}</button>
        <button class="quiet" aria-pressed=${this.asTable} @click=${() => (this.asTable = !this.asTable)}><span class="icon icon-list" aria-hidden="true"></span>${t("As a table")}</button>
      </span>`;
  }

  key() {
    const entry = (look, words) => html`<span><span class="lane-bar ${look}" aria-hidden="true"></span>${words}</span>`;
    return html`${entry("work", t("plowing"))}${entry("drive", t("deadhead"))}${entry("reload", t("reload"))}${entry("done", t("done"))}${entry("skipped", t("left out"))}${entry("unproved", named("leg", "unproved"))}${entry("by_other", named("leg", "by_other"))}`;
  }

  body() {
    const { lanes, failed, plan } = timeline.value;
    if (failed) return html`<p class="problem" role="alert">${failed}</p>`;
    if (plan === null) return html`<p class="muted small tally">${t("No plan is published yet.")}</p>`;
    if (lanes.length === 0) return html`<div class="skeleton" aria-hidden="true"></div>`;
    if (this.asTable) return timelineTable(lanes, selection.value.leg?.leg, (lane, leg) => this.take(lane, leg));
    return html`<div
        class="lane-chart"
        tabindex="0"
        role="group"
        aria-label=${t("Timeline of all trucks: arrow up and down choose a truck, comma and full stop a leg, left and right move time, plus and minus zoom.")}
        @keydown=${this.press}
      >
        <canvas aria-hidden="true" @pointerdown=${this.grab} @pointermove=${this.drag} @pointerup=${this.release} @pointercancel=${() => (this.grip = null)}></canvas>
      </div>
      <p class="unseen" aria-live="polite">${this.said}</p>`;
  }

  render() {
    return html`<section class="lanes ${this.open ? "open" : ""}" id="lanes" aria-label=${t("Timeline")}>
      ${this.head()} ${this.open ? this.body() : ""}
    </section>`;
  }
}
customElements.define("board-timeline", Timeline);
