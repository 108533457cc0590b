// The streets of the set-up: what the file holds, what no depot reaches, and a newer file with what it would change.
import "../../pages/notices.js";
import "./file-picker.js";
import { html } from "lit";
import { boot } from "../../pages/boot.js";
import { Part } from "../../pages/element.js";
import { get, post } from "../../pages/net.js";
import { attempt } from "../../pages/notices.js";
import { length, number, streetName, t } from "../../pages/texts.js";
import { fault, report, stepList } from "./import-report.js";
import { streets } from "./streets-state.js";
import { showMap, showStreet } from "./streets-map.js";

const LOOK_MS = 500;
const FILES = "/api/setup/files";

async function askUnreached() {
  try {
    streets.set({ unreached: await get("/api/setup/unreached"), broken: "" });
  } catch (error) {
    streets.set({ broken: error.message });
  }
}

const askFiles = () => attempt(async () => streets.set({ files: await get(FILES) }));

const later = () => setTimeout(() => attempt(askReimport), LOOK_MS);

function take(reimport) {
  streets.set({ reimport });
  if (reimport.state === "running") later();
}

async function askReimport() {
  take(await get("/api/setup/reimport"));
}

async function order(verb, body) {
  const reimport = await attempt(() => post(`/api/setup/reimport/${verb}`, body));
  if (reimport) take(reimport);
}

function compare(event) {
  event.preventDefault();
  order("compare", Object.fromEntries(new FormData(event.target)));
}

const row = (street) => html`<button class="street" @click=${() => showStreet(street)}>
  <span class="what"><bdi>${streetName(street.names)}</bdi></span><span class="when">${length(street.length_m)}</span>
</button>`;

const counted = (shown, all) => (shown < all ? html`<p class="muted small">${t("The longest {shown} of {all}.", { shown, all })}</p>` : "");

class Streets extends Part {
  get stores() {
    return [streets];
  }

  connectedCallback() {
    super.connectedCallback();
    askUnreached();
    askFiles();
    attempt(askReimport);
  }

  unreached() {
    const { unreached, broken } = streets.value;
    if (broken) return fault(broken);
    if (!unreached) return html`<p class="muted" role="status">${t("Looking where the depots reach")}</p><div class="skeleton short" aria-hidden="true"></div>`;
    if (unreached.count === 0) return html`<p class="good"><span class="icon icon-circle-check" aria-hidden="true"></span>${t("Every street can be reached from a depot and left again.")}</p>`;
    return html`<h2>${t("Unreachable")} <span class="count">${number(unreached.count)}</span></h2>
      <p class="muted small">${t("No machine gets there and back, mostly because of one-way streets, gates or a gap in the file. They stay out of every plan.")}</p>
      ${counted(unreached.rows.length, unreached.count)}
      <ul class="street-list" aria-label=${t("Unreachable")}>${unreached.rows.map((street) => html`<li>${row(street)}</li>`)}</ul>`;
  }

  file(name, purpose, label, none, hint, also = []) {
    const files = streets.value.files[purpose] ?? [];
    return html`<setup-file name=${name} purpose=${purpose} address=${FILES} .label=${label} .none=${none} .hint=${hint} .suffixes=${boot.suffixes[purpose]} .files=${files} .also=${also}></setup-file>`;
  }

  form() {
    return html`<form class="column gap" @submit=${compare}>
      <p class="muted small">${t("Streets that are still there keep their history. You see what would change before anything does.")}</p>
      ${this.file("file", "streets", t("Street file"), t("Choose a file"), t("From OpenStreetMap (.osm.pbf, .osm, .osm.gz) or as GeoJSON."))}
      <details class="more"><summary>${t("Boundary and districts")}</summary>
        <div class="column">
          ${this.file("boundary", "boundary", t("Boundary"), t("As it is"), t("Polygons (GeoJSON or GeoPackage): streets outside are left out."))}
          ${this.file("districts", "districts", t("Districts"), t("As they are"), t("Polygons with names, or a text file with one name a line."), [{ value: boot.urmia, label: t("The five districts of Urmia, by name") }])}
        </div>
      </details>
      <div><button>${t("Compare with today")}</button></div>
    </form>`;
  }

  difference({ difference }) {
    return html`<p class="small muted"><bdi>${difference.file}</bdi></p>
      <dl class="numbers">${difference.counts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
      ${difference.consequences.length ? html`<ul class="warnings">${difference.consequences.map((text) => html`<li><span class="icon icon-triangle-alert" aria-hidden="true"></span>${text}</li>`)}</ul>` : ""}
      ${difference.gone_count ? this.gone(difference) : ""}
      <div class="ends">
        <button class="primary" @click=${() => order("take-over")}>${t("Apply the new streets")}</button>
        <button @click=${() => order("forget")}>${t("Change nothing")}</button>
      </div>`;
  }

  gone({ gone, gone_count: count }) {
    return html`<h3>${t("Streets removed from the map")}</h3>
      ${counted(gone.length, count)}
      <ul class="street-list" aria-label=${t("Streets removed from the map")}>${gone.map(
        ({ street, successors }) => html`<li>${row(street)}
          <p class="heirs">${successors.length ? html`${t("Streets there now:")} ${successors.map((heir) => html`<button class="link" @click=${() => showStreet(heir)}><bdi>${streetName(heir.names)}</bdi> (${length(heir.length_m)})</button>`)}` : t("There is no street there now.")}</p></li>`,
      )}</ul>`;
  }

  newer() {
    const { reimport } = streets.value;
    if (!reimport || reimport.state === "idle") return this.form();
    if (reimport.state === "running") return html`<div role="status">${stepList(reimport)}</div>`;
    if (reimport.state === "failed")
      return html`${stepList(reimport, true)} ${fault(reimport.message, reimport.details)}
        <div><button @click=${() => order("forget")}>${t("Choose another file")}</button></div>`;
    return reimport.difference ? this.difference(reimport) : this.taken(reimport);
  }

  taken({ plan_superseded: superseded }) {
    return html`<p class="good" role="status"><span class="icon icon-circle-check" aria-hidden="true"></span>${t("The city has the new streets. Everybody sees them from now on.")}</p>
      ${superseded ? html`<p class="warnings">${t("The plan was made for the streets of before: make a new one.")}</p>` : ""}
      <div><a class="button" href="/setup/streets">${t("Show the new streets")}</a></div>`;
  }

  render() {
    return html`${report(boot.report)}
      <section class="column gap">${this.unreached()}</section>
      <section class="column gap divided"><h2>${t("A newer street file")}</h2>${this.newer()}</section>`;
  }
}
customElements.define("setup-streets", Streets);

await showMap();
