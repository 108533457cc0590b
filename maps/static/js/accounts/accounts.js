// People who may sign in: invite, change what they may do, shut out, let in again.
import "../pages/notices.js";
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { boot } from "../pages/boot.js";
import { get, post } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { age, date, t } from "../pages/texts.js";
import { Store } from "../pages/store.js";
import { dangerousChoice, field, problem, roleBoxes, rolesIn, SetupPart } from "../pages/form-parts.js";
import "../pages/copy-link.js";

const STATE_ICON = { active: "check", invited: "mail", lapsed: "mail-x", disabled: "ban", province: "landmark" };

const people = new Store({ list: null, broken: "", inviting: false, editing: null, asking: null, fault: null, link: null });

async function refresh() {
  try {
    people.set({ list: await get("/api/people"), broken: "" });
  } catch (error) {
    people.set({ broken: error.message });
  }
}

const replaced = (list, person) => list.map((one) => (one.id === person.id ? person : one));

async function order(person, verb, body) {
  const changed = await attempt(() => post(`/api/people/${person.id}/${verb}`, body));
  if (changed) people.set({ list: replaced(people.value.list, changed), editing: null });
  return changed;
}

async function linkAgain(person) {
  const invited = await attempt(() => post(`/api/people/${person.id}/invitation`));
  if (invited) people.set({ list: replaced(people.value.list, invited.person), editing: null, asking: null, link: invited });
}

async function invite(event) {
  event.preventDefault();
  const form = event.target;
  const words = new FormData(form);
  const wanted = { login: words.get("login"), name: words.get("name"), phone: words.get("phone"), language: words.get("language"), roles: rolesIn(form) };
  try {
    const invited = await post("/api/people", wanted);
    people.set({ inviting: false, fault: null, link: invited });
    await refresh();
  } catch (error) {
    people.set({ fault: error });
    form.querySelector({ roles: "[name=role]", phone: "[name=phone]" }[error.values?.field] ?? "[name=login]").focus();
  }
}

const phoneInput = (id, value = "") =>
  html`<input id=${id} name="phone" type="tel" maxlength="30" autocomplete="off" dir="ltr" .value=${value}>`;

class People extends SetupPart {
  get stores() {
    return [people];
  }

  refresh() {
    refresh();
  }

  invitation() {
    const { fault } = people.value;
    return html`<form class="card column" @submit=${invite} aria-label=${t("Invite somebody")}>
      <h2>${t("Invite somebody")}</h2>
      ${problem(fault)}
      <div class="fields">
        ${field("login", t("Sign-in name"), html`<input id="login" name="login" maxlength="64" required autocomplete="off" autocapitalize="none" spellcheck="false" dir="ltr" data-focus>`)}
        ${field("name", t("field:name"), html`<input id="name" name="name" maxlength="80" autocomplete="off" dir="auto">`)}
        ${field("phone", t("field:phone"), phoneInput("phone"))}
        ${field("language", t("Language of the pages"), html`<select id="language" name="language">${boot.languages.map(({ code, name }) => html`<option value=${code} ?selected=${code === boot.language}>${name}</option>`)}</select>`)}
      </div>
      ${roleBoxes([], "new")}
      <div class="ends">
        <button class="primary">${t("Create a link")}</button>
        <button type="button" @click=${() => people.set({ inviting: false, fault: null })}>${t("Cancel")}</button>
      </div>
    </form>`;
  }

  link() {
    const { link } = people.value;
    return html`<setup-link
      .heading=${t("Give this link to {login}", { login: link.person.login })}
      .address=${`${location.origin}${link.path}`}
      .note=${t("It works once, until {date}. It is shown only now.", { date: date(link.person.invited_until) })}
      @dismiss=${() => people.set({ link: null })}
    ></setup-link>`;
  }

  state(person) {
    const said = person.state === "invited" ? t("invited until {date}", { date: date(person.invited_until) }) : t(`person:${person.state}`);
    const where = person.sessions ? html` <span class="muted small">${t("sessions: {n}", { n: person.sessions })}</span>` : "";
    const forgot = person.forgot_at ? html`<span class="forgot"><span class="icon icon-key-round" aria-hidden="true"></span>${t("asked for a new password {span} ago", { span: age(person.forgot_at) })}</span>` : "";
    return html`<span class="icon icon-${STATE_ICON[person.state]}" aria-hidden="true"></span>${said}${where}${forgot}`;
  }

  orders(person) {
    const { editing } = people.value;
    const me = person.login === boot.login;
    if (person.state === "disabled")
      return html`<button @click=${() => order(person, "enable")}>${t("Enable")}</button>`;
    const own = person.state !== "province";
    return html`${own ? html`<button aria-expanded=${editing === person.id} @click=${() => people.set({ editing: editing === person.id ? null : person.id })}>${t("Change")}</button>
      <button @click=${() => (person.state === "active" && !me ? people.set({ asking: person.id, editing: null }) : linkAgain(person))}>${person.state === "active" ? t("New password") : t("New link")}</button>` : ""}
      ${person.sessions && !me ? html`<button @click=${() => order(person, "sign-out")}>${t("Sign out everywhere")}</button>` : ""}
      ${me ? "" : html`<button @click=${() => order(person, "disable")}>${t("Disable")}</button>`}`;
  }

  /** A new link for somebody who has a password takes that away at once. */
  question(person) {
    return html`<div class="editor column">
      <p>${t("The password of {name} and all their sessions end at once. They come in again only with the new link.", { name: person.name || person.login })}</p>
      ${dangerousChoice({ act: () => linkAgain(person), acts: t("New password"), keep: () => people.set({ asking: null }) })}
    </div>`;
  }

  editor(person) {
    const save = async (event) => {
      event.preventDefault();
      const [roles, words] = [rolesIn(event.target), new FormData(event.target)];
      const contact = { name: words.get("name"), phone: words.get("phone") };
      const same = contact.name === person.name && contact.phone === person.phone;
      if (same || (await order(person, "contact", contact))) await order(person, "roles", { roles });
    };
    return html`<form class="editor column" @submit=${save} aria-label=${t("Change")}>
      <div class="fields">
        ${field(`name-${person.id}`, t("field:name"), html`<input id="name-${person.id}" name="name" maxlength="80" autocomplete="off" dir="auto" .value=${person.name}>`)}
        ${field(`phone-${person.id}`, t("field:phone"), phoneInput(`phone-${person.id}`, person.phone))}
      </div>
      ${roleBoxes(person.roles, person.id)}
      <div class="ends">
        <button class="primary">${t("Save")}</button>
        <button type="button" @click=${() => people.set({ editing: null })}>${t("Cancel")}</button>
      </div>
    </form>`;
  }

  row(person) {
    const { asking, editing } = people.value;
    return html`<li class="person ${person.state}">
      <div class="who">${person.name ? html`<bdi>${person.name}</bdi> <bdi class="muted small">${person.login}</bdi>` : html`<bdi>${person.login}</bdi>`}${person.login === boot.login ? html` <span class="muted small">${t("(you)")}</span>` : ""}${person.phone ? html`<a class="phone small" href="tel:${person.phone.replace(/[^+\d]/g, "")}"><bdi dir="ltr">${person.phone}</bdi></a>` : ""}</div>
      <div class="may">${person.roles.map((role) => t(`role:${role}`)).join(t(", "))}</div>
      <div class="standing">${this.state(person)}</div>
      <div class="ends">${this.orders(person)}</div>
      ${editing === person.id ? this.editor(person) : ""}
      ${asking === person.id ? this.question(person) : ""}
    </li>`;
  }

  list() {
    const { list, broken } = people.value;
    if (broken)
      return html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${broken}<button class="link" @click=${refresh}>${t("Try again")}</button></p>`;
    if (!list) return html`<div class="skeleton" aria-hidden="true"></div>`;
    return html`<ul class="people" aria-label=${t("People")}>${repeat(list, (person) => person.id, (person) => this.row(person))}</ul>`;
  }

  render() {
    const { inviting, link } = people.value;
    return html`<p class="muted lead">${t("Everybody gets an invitation link and chooses a password. A disabled account is signed out at once.")}</p>
      ${link ? this.link() : ""}
      ${inviting ? this.invitation() : html`<div><button class="primary" @click=${() => people.set({ inviting: true, link: null })}><span class="icon icon-user-plus" aria-hidden="true"></span>${t("Invite somebody")}</button></div>`}
      ${this.list()}`;
  }
}
customElements.define("setup-people", People);
