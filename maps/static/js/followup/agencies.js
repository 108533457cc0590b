// The register of agencies that requests are referred to: add, change, remove.
import "../pages/notices.js";
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { boot } from "../pages/boot.js";
import { Part } from "../pages/element.js";
import { get, post } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { Store } from "../pages/store.js";
import { t } from "../pages/texts.js";
import { dangerousChoice, field } from "../pages/form-parts.js";

const LINES = ["contact", "phone", "email", "address"];
const LINE_TYPE = { phone: "tel", email: "email" };
const NEW = { id: 0, name: "", kind: "police", contact: "", phone: "", email: "", address: "" };

const agencies = new Store({ list: null, broken: "", editing: null, removing: null, fault: null });

async function refresh() {
  try {
    agencies.set({ list: await get("/api/agencies"), broken: "" });
  } catch (error) {
    agencies.set({ broken: error.message });
  }
}

class Agencies extends Part {
  get stores() {
    return [agencies];
  }

  connectedCallback() {
    super.connectedCallback();
    refresh();
  }

  async edit(agency) {
    agencies.set({ editing: agency, fault: null });
    await this.updateComplete;
    this.querySelector("#name")?.focus();
  }

  async save(event) {
    event.preventDefault();
    const { editing } = agencies.value;
    const told = Object.fromEntries(new FormData(event.target));
    try {
      const list = await post(editing.id ? `/api/agencies/${editing.id}` : "/api/agencies", told);
      agencies.set({ list, editing: null, fault: null });
    } catch (error) {
      agencies.set({ fault: error });
      event.target.elements[error.values?.field]?.focus();
    }
  }

  async retire(agency) {
    const list = await attempt(() => post(`/api/agencies/${agency.id}/retire`));
    if (list) agencies.set({ list, editing: null, removing: null });
  }

  question(agency) {
    return html`<div class="column question">
      <p>${t("Remove {name} from the list? What was handed over to it stays.", { name: agency.name })}</p>
      ${dangerousChoice({ act: () => this.retire(agency), acts: t("Remove"), keep: () => agencies.set({ removing: null }) })}
    </div>`;
  }

  form(agency) {
    const { fault } = agencies.value;
    const line = (name) => field(name, t(`field:${name}`), html`<input id=${name} name=${name} type=${LINE_TYPE[name] ?? "text"} maxlength="200" .value=${agency[name]} dir=${name in LINE_TYPE ? "ltr" : "auto"} autocomplete="off">`);
    return html`<form class="card column" @submit=${this.save} aria-label=${agency.id ? t("Change") : t("Add an agency")}>
      <h2>${agency.id ? agency.name : t("Add an agency")}</h2>
      ${fault ? html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${fault.message}</p>` : ""}
      <div class="fields">
        ${field("name", t("field:name"), html`<input id="name" name="name" maxlength="80" required .value=${agency.name} dir="auto" autocomplete="off">`)}
        ${field("agency-kind", t("Responsible for"), html`<select id="agency-kind" name="kind">${boot.agency_kinds.map((kind) => html`<option value=${kind} ?selected=${kind === agency.kind}>${t(`agency:${kind}`)}</option>`)}</select>`)}
        ${LINES.map(line)}
      </div>
      <div class="ends"><button class="primary">${t("Save")}</button><button type="button" @click=${() => agencies.set({ editing: null })}>${t("Cancel")}</button></div>
    </form>`;
  }

  row(agency) {
    const reach = LINES.map((name) => agency[name]).filter(Boolean);
    const button = (icon, word, act) => html`<button class="quiet" title=${word} aria-label=${`${word}: ${agency.name}`} @click=${act}><span class="icon icon-${icon}" aria-hidden="true"></span></button>`;
    return html`<li>
      <span class="name"><bdi>${agency.name}</bdi><span class="muted small">${t(`agency:${agency.kind}`)}</span></span>
      <div class="orders">${button("pencil", t("Change"), () => this.edit(agency))}${button("trash-2", t("Remove"), () => agencies.set({ removing: agency.id }))}</div>
      <p class="muted small">${reach.map((text, at) => html`${at ? " · " : ""}<bdi>${text}</bdi>`)}</p>
      ${agencies.value.removing === agency.id ? this.question(agency) : ""}
    </li>`;
  }

  list() {
    const { list, broken } = agencies.value;
    if (broken) return html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${broken}<button class="link" @click=${refresh}>${t("Try again")}</button></p>`;
    if (!list) return html`<div class="skeleton" aria-hidden="true"></div>`;
    if (list.length === 0) return html`<p class="empty">${t("There is no agency yet.")}</p>`;
    return html`<ul class="fleet-cards" aria-label=${t("Other agencies")}>${repeat(list, ({ id }) => id, (agency) => this.row(agency))}</ul>`;
  }

  render() {
    const { editing } = agencies.value;
    return html`<p class="muted lead">${t("Police, electricity, highways, Red Crescent, parks: agencies that requests are referred to.")}</p>
      ${editing ? this.form(editing) : html`<div><button class="primary" @click=${() => this.edit(NEW)}><span class="icon icon-plus" aria-hidden="true"></span>${t("Add an agency")}</button></div>`}
      ${this.list()}`;
  }
}
customElements.define("setup-agencies", Agencies);
