// The first start: a form that makes a city, how far it is, and what came out; then the city is served here.
import "../../pages/theme.js";
import "../../pages/notices.js";
import "./file-picker.js";
import "./time-zone.js";
import { html, nothing } from "lit";
import { boot } from "../../pages/boot.js";
import { Part } from "../../pages/element.js";
import { get, post } from "../../pages/net.js";
import { Store } from "../../pages/store.js";
import { t } from "../../pages/texts.js";
import { field } from "../../pages/form-parts.js";
import { fault, report, stepList } from "./import-report.js";

const LOOK_MS = 400;

const first = new Store({ files: {}, progress: null, refused: null, served: false, city: "" });

async function askFiles() {
  try {
    first.set({ files: await get("/first/files") });
  } catch (error) {
    first.set({ refused: error });
  }
}

const AT_THEIR_FIELD = new Set(["name", "timezone", "login", "password"]);

/** Why the value of a field was refused; "" where it was not. */
const wrong = (name) => (first.value.refused?.values?.field === name ? first.value.refused.message : "");

/** What a control says of why its value was refused, beside its hints. */
const faultOf = (name) => (wrong(name) ? `${name}-fault` : nothing);

/** Where the streets of a file lie; "" where that is not known. */
async function zoneOf(file) {
  try {
    return (await get(`/first/time-zone?file=${encodeURIComponent(file)}`)).timezone;
  } catch {
    return ""; // a file that cannot be read is refused when the city is made, with its reason
  }
}

let asked = 0;

/** Propose the time zone of the place: where the file chosen last lies, or left open for a place that is downloaded. */
async function proposeZone(form) {
  const turn = ++asked;
  const zone = form.querySelector("time-zone");
  const file = form.querySelector('setup-file[name="file"]').value;
  const { place } = Object.fromEntries(new FormData(form));
  if (!file && place.trim()) return zone.propose("", t("It will be that of the place."));
  if (!file) return zone.proposeHere();
  const found = await zoneOf(file);
  if (turn !== asked) return undefined;
  return found ? zone.propose(found, t("Proposed: the streets of the file lie there.")) : zone.proposeHere();
}

const later = (order) => setTimeout(order, LOOK_MS);

/** Look whether the city is served here by now. */
async function askHealth() {
  try {
    const health = await get("/health");
    if (health.status === "ok") return first.set({ served: true });
  } catch {
    // The server is busy; ask again.
  }
  return later(askHealth);
}

async function askProgress() {
  try {
    const progress = await get("/first/progress");
    first.set({ progress });
    if (progress.state === "running") return later(askProgress);
    if (progress.state === "done") return askHealth();
  } catch {
    return later(askProgress);
  }
  return undefined;
}

const wantedBy = (form) => {
  const words = Object.fromEntries(new FormData(form));
  return { ...words, services: words.services === "on" };
};

async function make(event) {
  event.preventDefault();
  const form = event.target;
  const wanted = wantedBy(form);
  try {
    const progress = await post("/first/city", wanted);
    first.set({ refused: null, city: wanted.name, progress });
    later(askProgress);
  } catch (error) {
    first.set({ refused: error });
    document.getElementById(error.values?.field)?.focus();
  }
}

class FirstCity extends Part {
  get stores() {
    return [first];
  }

  connectedCallback() {
    super.connectedCallback();
    askFiles();
    askProgress();
  }

  file(name, purpose, label, none, hint, also = []) {
    return html`<setup-file name=${name} purpose=${purpose} address="/first/files" .label=${label} .none=${none} .hint=${hint} .suffixes=${boot.suffixes[purpose]} .files=${first.value.files[purpose] ?? []} .also=${also} @chosen=${(event) => name === "file" && proposeZone(event.target.closest("form"))}></setup-file>`;
  }

  streets() {
    return html`<fieldset class="card">
      <legend><h2>${t("Streets")}</h2></legend>
      ${this.file("file", "streets", t("Street file"), t("Choose a file"), t("From OpenStreetMap (.osm.pbf, .osm, .osm.gz) or as GeoJSON."))}
      ${field("place", t("Or the name of a place"), html`<input id="place" name="place" maxlength="200" autocomplete="off" dir="auto" placeholder=${t("Urmia, Iran")} aria-describedby="place-hint" @change=${(event) => proposeZone(event.target.form)}>`, t("Without a file the server asks OpenStreetMap, for which it needs the internet."))}
      <label class="tick"><input type="checkbox" name="services"><span>${t("With service ways and lanes between buildings")}<span class="muted small">${t("They make the network much larger; most cities do without.")}</span></span></label>
      <details class="more"><summary>${t("Boundary and districts")}</summary>
        <div class="column">
          ${this.file("boundary", "boundary", t("Boundary"), t("The whole file"), t("Polygons (GeoJSON or GeoPackage): streets outside are left out."))}
          ${this.file("districts", "districts", t("Districts"), t("None"), t("Polygons with names, or a text file with one name a line."), [{ value: boot.urmia, label: t("The five districts of Urmia, by name") }])}
        </div>
      </details>
    </fieldset>`;
  }

  city() {
    return html`<fieldset class="card">
      <legend><h2>${t("City")}</h2></legend>
      <div class="fields">
        ${field("name", t("Name of the city"), html`<input id="name" name="name" maxlength="64" required autocomplete="off" dir="auto" aria-invalid=${Boolean(wrong("name"))} aria-describedby=${faultOf("name")}>`, "", wrong("name"))}
        <time-zone .wrong=${wrong("timezone")}></time-zone>
        ${field("city-language", t("Language of the pages"), html`<select id="city-language" name="language">${boot.languages.map(({ code, name }) => html`<option value=${code} ?selected=${code === boot.language}>${name}</option>`)}</select>`)}
      </div>
    </fieldset>`;
  }

  administrator() {
    return html`<fieldset class="card">
      <legend><h2>${t("Administrator")}</h2></legend>
      <div class="fields">
        ${field("login", t("Sign-in name"), html`<input id="login" name="login" maxlength="64" required autocomplete="username" autocapitalize="none" spellcheck="false" dir="ltr" aria-invalid=${Boolean(wrong("login"))} aria-describedby=${faultOf("login")}>`, "", wrong("login"))}
        ${field("password", t("Password"), html`<input id="password" name="password" type="password" minlength="8" required autocomplete="new-password" dir="ltr" aria-invalid=${Boolean(wrong("password"))} aria-describedby="password-hint${wrong("password") ? " password-fault" : ""}">`, t("At least 8 characters; a few words together are best."), wrong("password"))}
      </div>
    </fieldset>`;
  }

  /** What a screen reader says when the import goes on. */
  said(progress) {
    if (progress?.state === "running") return `${t("The city is being created")}: ${t(`step:${progress.step || progress.steps[0]}`)}`;
    return progress?.state === "done" ? t("The city is ready") : "";
  }

  form(hidden) {
    const { refused } = first.value;
    return html`<form class="first-form" ?hidden=${hidden} @submit=${make}>
      <p class="muted lead">${t("Three steps set up a city. Streets, machines and people can be changed afterwards.")}</p>
      ${this.streets()} ${this.city()} ${this.administrator()}
      ${refused && !AT_THEIR_FIELD.has(refused.values?.field) ? fault(refused.message) : ""}
      <div><button class="primary tall">${t("Create the city")}</button></div>
    </form>`;
  }

  running(progress) {
    return html`<section class="card"><h2>${t("The city is being created")}</h2>
      ${stepList(progress)}
      <p class="muted small">${t("A large city takes a minute or two. It goes on even if you close this page.")}</p></section>`;
  }

  failed(progress) {
    return html`<section class="card"><h2>${t("No city was created")}</h2>
      ${stepList(progress, true)} ${fault(progress.message, progress.details)}
      <div><button class="primary" @click=${() => first.set({ progress: null })}>${t("Back to the form")}</button></div></section>`;
  }

  done(progress) {
    const { served } = first.value;
    return html`<section class="card"><h2><span class="icon icon-circle-check" aria-hidden="true"></span>${t("The city is ready")}</h2>
      ${report(progress.report)}
      <div class="ends">${served ? html`<a class="button primary tall" href="/sign-in?next=/setup">${t("Go to sign-in")}</a>` : html`<button class="tall" disabled>${t("The city is being opened")}</button>`}</div></section>`;
  }

  render() {
    const { progress } = first.value;
    const at = progress?.state ?? "idle";
    const over = { running: () => this.running(progress), failed: () => this.failed(progress), done: () => this.done(progress) }[at];
    return html`<p class="unseen" role="status">${this.said(progress)}</p>${over ? over() : ""}${at === "done" ? "" : this.form(Boolean(over))}`;
  }
}
customElements.define("first-city", FirstCity);
