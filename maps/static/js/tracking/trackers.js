// Trackers that send positions: what was heard of them, what was wrong; and senders to adopt.
import "../pages/notices.js";
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { boot } from "../pages/boot.js";
import { age, isolated, number, t } from "../pages/texts.js";
import { field, problem, SetupPart } from "../pages/form-parts.js";
import { editor, machineChoices, trustBox } from "./editor.js";
import { battery, firstPosition, waits } from "./first-position.js";
import { choose, placed } from "./positions-map.js";
import { add, order, orderToken, refresh, trackers } from "./state.js";

const REFRESH_MS = 10_000;
const WAITING_MS = 3_000;
const OSMAND = `${boot.base}/osmand`;
const OWNTRACKS = { name: "OwnTracks", address: `${boot.base}/owntracks` };
const STATE_ICON = { heard: "check", silent: "circle-alert", never: "circle-dashed" };

const reason = (code) => (`fault:${code}` in boot.texts ? t(`fault:${code}`) : t("“{field}” cannot be read", { field: code }));

function adopt(event, sender) {
  event.preventDefault();
  const words = new FormData(event.target);
  orderToken("/api/trackers", {
    name: sender.name,
    vehicle_id: Number(words.get("vehicle")),
    trusted: words.has("trusted"),
    listed_as: sender.name,
  });
}

class Trackers extends SetupPart {
  get stores() {
    return [trackers];
  }

  connectedCallback() {
    super.connectedCallback();
    const look = () => document.hidden || trackers.value.editing !== null || refresh();
    this.again = setInterval(look, REFRESH_MS);
    this.sooner = setInterval(() => waits(trackers.value) && look(), WAITING_MS);
  }

  disconnectedCallback() {
    clearInterval(this.again);
    clearInterval(this.sooner);
    super.disconnectedCallback();
  }

  refresh() {
    refresh();
  }

  adding() {
    return html`<form class="card column gap" @submit=${add} aria-label=${t("Add a tracker")}>
      <h2>${t("Add a tracker")}</h2>
      ${problem(trackers.value.fault)}
      <div class="fields">
        ${field("name", t("Name or number of the tracker"), html`<input id="name" name="name" maxlength="60" required autocomplete="off" autocapitalize="none" spellcheck="false" dir="auto" data-focus>`)}
        ${field("vehicle", t("Machine"), html`<select id="vehicle" name="vehicle">${machineChoices()}</select>`)}
      </div>
      ${trustBox("new", false)}
      <div class="ends">
        <button class="primary">${t("Create a token")}</button>
        <button type="button" @click=${() => trackers.set({ adding: false, fault: null })}>${t("Cancel")}</button>
      </div>
    </form>`;
  }

  sender(one) {
    const forget = () => order("/api/unknown-trackers/forget", { name: one.name });
    const claims = one.fault === "proof"
      ? t("has a tracker's name, but not its token")
      : t("is unknown");
    return html`<li class="tracker">
      <div class="who"><bdi>${one.name}</bdi><span class="muted small">${claims}</span></div>
      <div class="standing small">${t("{count} messages, the last {span} ago", { count: one.times, span: age(one.last_at) })}
        <bdi dir="ltr">${one.address}</bdi>
        ${one.location ? html`<bdi dir="ltr">${one.location[1].toFixed(4)}, ${one.location[0].toFixed(4)}</bdi>` : ""}</div>
      ${one.device_id === null ? this.adoption(one, forget) : html`<div class="ends">
        <button @click=${() => orderToken(`/api/trackers/${one.device_id}/token`)}>${t("New token")}</button>
        <button class="quiet" @click=${forget}>${t("Remove from the list")}</button>
      </div>`}
    </li>`;
  }

  adoption(one, forget) {
    return html`<form class="adopt" @submit=${(event) => adopt(event, one)}>
      <select name="vehicle" aria-label=${t("Machine")}>${machineChoices()}</select>
      <button class="primary">${t("Register")}</button>
      <button type="button" class="quiet" @click=${forget}>${t("Remove from the list")}</button>
      ${trustBox(`unknown-${one.name}`, false)}
    </form>`;
  }

  senders() {
    const { unknown_trackers } = trackers.value.page;
    if (!unknown_trackers.length) return "";
    return html`<section class="column gap">
      <h2>${t("Unknown trackers")} <span class="count">${number(unknown_trackers.length)}</span></h2>
      <ul class="trackers">${repeat(unknown_trackers, (one) => one.name, (one) => this.sender(one))}</ul>
    </section>`;
  }

  faults(one) {
    if (!one.faults.length) return "";
    const times = one.faults.reduce((sum, fault) => sum + fault.times, 0);
    return html`<details class="faults">
      <summary>${t("{count} messages were rejected", { count: times })}</summary>
      <ul>${one.faults.map((fault) => html`<li>${reason(fault.reason)}: ${t("{count} times, the last {span} ago", { count: fault.times, span: age(fault.last_at) })}</li>`)}</ul>
      <button class="quiet" @click=${() => order(`/api/trackers/${one.id}/faults/clear`)}>${t("Reset the counts")}</button>
    </details>`;
  }

  row(one) {
    const open = trackers.value.editing === one.id;
    const heard = one.heard_at ? t("last contact {span} ago", { span: age(one.heard_at) }) : t("waiting for the first position");
    const toggle = () => trackers.set({ editing: open ? null : one.id, inputs: null });
    const notes = [
      ...one.inputs.map((each) => `${isolated(each.key)}: ${t(`equipment:${each.equipment}`)}`),
      ...(one.trusted ? [t("accepted without a token")] : []),
      ...(one.phone ? [t("a driver's phone")] : []),
    ];
    return html`<li class="tracker ${one.state}">
      <div class="who"><bdi>${one.vehicle || t("left the fleet")}</bdi><span class="muted small"><bdi>${one.name}</bdi></span></div>
      <div class="standing"><span class="icon icon-${STATE_ICON[one.state]}" aria-hidden="true"></span><span>${heard}</span></div>
      <div class="notes small muted">${battery(one)}${notes.map((note) => html`<span>${note}</span>`)}${this.faults(one)}</div>
      <div class="ends">${one.location ? html`<button @click=${() => choose(one)}><span class="icon icon-map-pin" aria-hidden="true"></span>${t("Show on the map")}</button>` : ""}
        ${one.phone ? "" : html`<button aria-expanded=${open} @click=${toggle}>${t("Settings")}</button>`}</div>
      ${open ? editor(one) : ""}
    </li>`;
  }

  list() {
    const { page } = trackers.value;
    if (!page.trackers.length) return html`<p class="empty">${t("No tracker sends positions yet.")}</p>`;
    return html`<section class="column gap">
      <h2>${t("Known trackers")} <span class="count">${number(page.trackers.length)}</span></h2>
      <ul class="trackers">${repeat(page.trackers, (one) => one.id, (one) => this.row(one))}</ul>
    </section>`;
  }

  /** Why the list was not read; what was read before stays below. */
  broken() {
    const { broken } = trackers.value;
    if (!broken) return "";
    return html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${broken}<button class="link" @click=${refresh}>${t("Try again")}</button></p>`;
  }

  body() {
    const { page, broken } = trackers.value;
    if (!page) return broken ? "" : html`<div class="skeleton" aria-hidden="true"></div>`;
    return html`${this.senders()}${placed(page).length ? html`<tracker-positions></tracker-positions>` : ""}${this.list()}`;
  }

  render() {
    const { adding, made, page } = trackers.value;
    const start = () => trackers.set({ adding: true, made: null });
    return html`<p class="muted lead">${t("Trackers on the machines send their positions. Each has its own token; a tracker without one waits here to be registered.")}</p>
      <dl class="protocols small">
        <dt>${t("Traccar Client and most trackers")}</dt><dd><bdi dir="ltr"><code>${OSMAND}</code></bdi></dd>
        <dt>${OWNTRACKS.name}</dt><dd><bdi dir="ltr"><code>${OWNTRACKS.address}</code></bdi></dd>
      </dl>
      ${made ? firstPosition() : ""}
      ${adding && page ? this.adding() : html`<div><button class="primary" @click=${start}><span class="icon icon-plus" aria-hidden="true"></span>${t("Add a tracker")}</button></div>`}
      ${this.broken()} ${this.body()}`;
  }
}
customElements.define("setup-trackers", Trackers);
