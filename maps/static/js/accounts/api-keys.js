// Other systems that bring requests through Open311: give out keys, and end them.
import "../pages/notices.js";
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { boot } from "../pages/boot.js";
import { get, post } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { Store } from "../pages/store.js";
import { date, t } from "../pages/texts.js";
import { dangerousChoice, field, problem, SetupPart } from "../pages/form-parts.js";
import "../pages/copy-link.js";

const systems = new Store({ list: null, broken: "", adding: false, ending: null, fault: null, made: null });

async function refresh() {
  try {
    systems.set({ list: await get("/api/api-keys"), broken: "" });
  } catch (error) {
    systems.set({ broken: error.message });
  }
}

async function add(event) {
  event.preventDefault();
  const words = new FormData(event.target);
  try {
    const made = await post("/api/api-keys", { name: words.get("name"), contact: words.get("contact") });
    systems.set({ adding: false, fault: null, made });
    await refresh();
  } catch (error) {
    systems.set({ fault: error });
    event.target.querySelector(`[name=${error.values?.field === "contact" ? "contact" : "name"}]`).focus();
  }
}

async function end(key) {
  const ended = await attempt(() => post(`/api/api-keys/${key.id}/revoke`));
  if (ended) systems.set({ list: systems.value.list.map((one) => (one.id === ended.id ? ended : one)), ending: null });
}

class Systems extends SetupPart {
  get stores() {
    return [systems];
  }

  refresh() {
    refresh();
  }

  adding() {
    const { fault } = systems.value;
    return html`<form class="card column" @submit=${add} aria-label=${t("Create an API key")}>
      <h2>${t("Create an API key")}</h2>
      ${problem(fault)}
      <div class="fields">
        ${field("name", t("Name of the system"), html`<input id="name" name="name" maxlength="80" required autocomplete="off" dir="auto" data-focus>`)}
        ${field("contact", t("Whom to call about it"), html`<input id="contact" name="contact" maxlength="80" required autocomplete="off" dir="auto">`)}
      </div>
      <div class="ends">
        <button class="primary">${t("Create the key")}</button>
        <button type="button" @click=${() => systems.set({ adding: false, fault: null })}>${t("Cancel")}</button>
      </div>
    </form>`;
  }

  made() {
    const { made } = systems.value;
    return html`<setup-link
      .heading=${t("Key of {name}", { name: made.key.name })}
      .address=${made.text}
      .note=${t("It is shown only now. Whoever has it can send requests.")}
      @dismiss=${() => systems.set({ made: null })}
    ></setup-link>`;
  }

  ends(key) {
    if (key.revoked_at) return "";
    if (systems.value.ending !== key.id)
      return html`<button @click=${() => systems.set({ ending: key.id })}>${t("Revoke this key")}</button>`;
    return dangerousChoice({ act: () => end(key), acts: t("Revoke permanently"), keep: () => systems.set({ ending: null }) });
  }

  row(key) {
    const state = key.revoked_at ? t("ended {date}", { date: date(key.revoked_at) }) : t("since {date}", { date: date(key.made_at) });
    return html`<li class="person ${key.revoked_at ? "disabled" : "active"}">
      <div class="who"><bdi>${key.name}</bdi></div>
      <div class="may"><bdi>${key.contact}</bdi></div>
      <div class="standing"><span class="icon icon-${key.revoked_at ? "ban" : "check"}" aria-hidden="true"></span>${state}</div>
      <div class="ends">${this.ends(key)}</div>
    </li>`;
  }

  list() {
    const { list, broken } = systems.value;
    if (broken)
      return html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${broken}<button class="link" @click=${refresh}>${t("Try again")}</button></p>`;
    if (!list) return html`<div class="skeleton" aria-hidden="true"></div>`;
    if (!list.length) return html`<p class="muted">${t("No system has a key yet.")}</p>`;
    return html`<ul class="people" aria-label=${t("Other systems")}>${repeat(list, (key) => key.id, (key) => this.row(key))}</ul>`;
  }

  render() {
    const { adding, made } = systems.value;
    return html`<p class="muted lead">${t("Apps and other offices of the city send requests through Open311, each with its own key. States are public; callers are never shown.")}</p>
      <p class="small">${t("Address of the API")}: <bdi dir="ltr"><code>${boot.base}</code></bdi></p>
      ${made ? this.made() : ""}
      ${adding ? this.adding() : html`<div><button class="primary" @click=${() => systems.set({ adding: true, made: null })}><span class="icon icon-plus" aria-hidden="true"></span>${t("Create an API key")}</button></div>`}
      ${this.list()}`;
  }
}
customElements.define("setup-systems", Systems);
