// The register of bodies that requests are handed over to: write in, change, take out.
import "../pages/notices.js";
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { boot } from "../pages/boot.js";
import { Part } from "../pages/element.js";
import { get, post } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { Store } from "../pages/store.js";
import { t } from "../pages/texts.js";
import { field } from "../pages/form-parts.js";

const LINES = ["contact", "phone", "email", "address"];
const LINE_TYPE = { phone: "tel", email: "email" };
const NEW = { id: 0, name: "", kind: "police", contact: "", phone: "", email: "", address: "" };

const bodies = new Store({ list: null, broken: "", editing: null, fault: null });

async function refresh() {
  try {
    bodies.set({ list: await get("/api/bodies"), broken: "" });
  } catch (error) {
    bodies.set({ broken: error.message });
  }
}

class Agencies extends Part {
  get stores() {
    return [bodies];
  }

  connectedCallback() {
    super.connectedCallback();
    refresh();
  }

  async edit(body) {
    bodies.set({ editing: body, fault: null });
    await this.updateComplete;
    this.querySelector("#name")?.focus();
  }

  async save(event) {
    event.preventDefault();
    const { editing } = bodies.value;
    const told = Object.fromEntries(new FormData(event.target));
    try {
      const list = await post(editing.id ? `/api/bodies/${editing.id}` : "/api/bodies", told);
      bodies.set({ list, editing: null, fault: null });
    } catch (error) {
      bodies.set({ fault: error });
      event.target.elements[error.values?.field]?.focus();
    }
  }

  async retire(body) {
    const list = await attempt(() => post(`/api/bodies/${body.id}/retire`));
    if (list) bodies.set({ list, editing: null });
  }

  form(body) {
    const { fault } = bodies.value;
    const line = (name) => field(name, t(`field:${name}`), html`<input id=${name} name=${name} type=${LINE_TYPE[name] ?? "text"} maxlength="200" .value=${body[name]} dir=${name in LINE_TYPE ? "ltr" : "auto"} autocomplete="off">`);
    return html`<form class="card column" @submit=${this.save} aria-label=${body.id ? t("Change") : t("Write in")}>
      <h2>${body.id ? body.name : t("Write in")}</h2>
      ${fault ? html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${fault.message}</p>` : ""}
      <div class="fields">
        ${field("name", t("field:name"), html`<input id="name" name="name" maxlength="80" required .value=${body.name} dir="auto" autocomplete="off">`)}
        ${field("body-kind", t("What it looks after"), html`<select id="body-kind" name="kind">${boot.body_kinds.map((kind) => html`<option value=${kind} ?selected=${kind === body.kind}>${t(`body:${kind}`)}</option>`)}</select>`)}
        ${LINES.map(line)}
      </div>
      <div class="ends"><button class="primary">${t("Save")}</button><button type="button" @click=${() => bodies.set({ editing: null })}>${t("Cancel")}</button></div>
    </form>`;
  }

  row(body) {
    const reach = LINES.map((name) => body[name]).filter(Boolean);
    const button = (icon, word, act) => html`<button class="quiet" title=${word} aria-label=${`${word}: ${body.name}`} @click=${act}><span class="icon icon-${icon}" aria-hidden="true"></span></button>`;
    return html`<li>
      <span class="name"><bdi>${body.name}</bdi><span class="muted small">${t(`body:${body.kind}`)}</span></span>
      <div class="orders">${button("pencil", t("Change"), () => this.edit(body))}${button("trash-2", t("Remove"), () => this.retire(body))}</div>
      <p class="muted small">${reach.map((text, at) => html`${at ? " · " : ""}<bdi>${text}</bdi>`)}</p>
    </li>`;
  }

  list() {
    const { list, broken } = bodies.value;
    if (broken) return html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${broken}<button class="link" @click=${refresh}>${t("Try again")}</button></p>`;
    if (!list) return html`<div class="skeleton" aria-hidden="true"></div>`;
    if (list.length === 0) return html`<p class="empty">${t("Nobody is written in yet.")}</p>`;
    return html`<ul class="fleet-cards" aria-label=${t("Other bodies")}>${repeat(list, ({ id }) => id, (body) => this.row(body))}</ul>`;
  }

  render() {
    const { editing } = bodies.value;
    return html`<p class="muted lead">${t("Police, electricity, highways, Red Crescent, parks: whom the desk hands requests over to.")}</p>
      ${editing ? this.form(editing) : html`<div><button class="primary" @click=${() => this.edit(NEW)}><span class="icon icon-plus" aria-hidden="true"></span>${t("Write in")}</button></div>`}
      ${this.list()}`;
  }
}
customElements.define("setup-agencies", Agencies);
