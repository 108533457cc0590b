// Referrals: how long an agency has each, its answer, and the cover sheet.
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Part } from "../pages/element.js";
import { get, post } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { age, t, time, withoutIsolates } from "../pages/texts.js";
import { Store } from "../pages/store.js";
import { kindIcon } from "../board/rows.js";
import { numberLink } from "../requests/page.js";
import { load, queue } from "../requests/queue/state.js";

const ANSWERS = ["accepted", "done", "declined"];
const PENDING = ["sent", "accepted"];

const ON_THE_WAY = ["waiting", "sending"];
const NOT_ARRIVED = ["failed", "lost"];
const LETTERS_PAUSE_MS = 5000;

let again = 0;

const given = new Store({ list: null, broken: "", open: null });

async function askGiven() {
  try {
    const list = await get("/api/referrals");
    given.set({ list, broken: "" });
    clearTimeout(again);
    if (list.some(({ letter }) => ON_THE_WAY.includes(letter))) again = setTimeout(() => queue.value.tab === "given" && askGiven(), LETTERS_PAUSE_MS);
  } catch (error) {
    given.set({ broken: error.message });
  }
}

/** A letter that the reader's own mail program sends. */
const letter = (one) => {
  const subject = encodeURIComponent(withoutIsolates(t("Request {reference}", { reference: one.reference })));
  const body = encodeURIComponent([t("We ask you to look after what a resident has told us."), one.words, one.note].filter(Boolean).join("\r\n\r\n"));
  return `mailto:${encodeURIComponent(one.agency_email)}?subject=${subject}&body=${body}`;
};

/** How far the e-mail is; one that did not arrive says what to do instead. */
const letterState = ({ letter }) =>
  letter
    ? html`<p class="small ${NOT_ARRIVED.includes(letter) ? "danger" : "muted"}"><span class="icon icon-mail" aria-hidden="true"></span> ${t(`letter:${letter}`)}</p>`
    : "";

class Referrals extends Part {
  get stores() {
    return [given, queue];
  }

  connectedCallback() {
    super.connectedCallback();
    this.stop = queue.follow((value, changes) => {
      if ("tab" in changes) given.set({ list: null }); // requests were referred since
      if (value.tab === "given" && ("tab" in changes || "view" in changes)) askGiven();
    });
    if (queue.value.tab === "given") askGiven();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stop();
  }

  async answer(one, state) {
    const answer = this.querySelector("#answer")?.value ?? "";
    const changed = await attempt(() => post(`/api/referrals/${one.id}/answer`, { state, answer }));
    if (!changed) return;
    given.set({ open: null });
    await Promise.all([askGiven(), load()]);
  }

  answers(one) {
    return html`<div class="answering">
      <label for="answer">${t("In the agency's words")}</label><input id="answer" maxlength="2000" dir="auto">
      <div class="outcomes" role="group" aria-label=${t("Their answer")}>${ANSWERS.filter((state) => state !== one.state).map((state) => html`<button @click=${() => this.answer(one, state)}>${t(`answer:${state}`)}</button>`)}</div>
      <p class="muted small">${t("A request that they decline comes back to us.")}</p>
    </div>`;
  }

  row(one) {
    const pending = PENDING.includes(one.state);
    const open = given.value.open === one.id;
    const toggle = () => given.set({ open: open ? null : one.id });
    return html`<li class="given ${one.state}">
      ${kindIcon(one.kind)}
      <div class="told">
        <p><strong><bdi>${one.agency}</bdi></strong>${one.agency_phone ? html` <a class="small" href="tel:${one.agency_phone}" dir="ltr">${one.agency_phone}</a>` : ""}</p>
        <p><bdi>${one.words}</bdi></p>
        <p class="muted small">${numberLink({ id: one.request_id, reference: one.reference })} · ${t("{span} ago ({time})", { span: age(one.at), time: time(one.at) })} · <span class="standing">${t(`referral:${one.state}`)}</span>${one.answer ? html` · <bdi>${one.answer}</bdi>` : ""}</p>
        ${letterState(one)}
        ${open ? this.answers(one) : ""}
      </div>
      <div class="ends">
        <a class="button" href="/requests/referrals/${one.id}" target="_blank" rel="noopener"><span class="icon icon-printer" aria-hidden="true"></span>${t("Cover sheet")}</a>
        ${one.agency_email && NOT_ARRIVED.includes(one.letter) ? html`<a class="button" href=${letter(one)}><span class="icon icon-mail" aria-hidden="true"></span>${t("Write the e-mail")}</a>` : ""}
        ${pending ? html`<button aria-expanded=${open} @click=${toggle}>${t("Their answer")}</button>` : ""}
      </div>
    </li>`;
  }

  render() {
    if (queue.value.tab !== "given") return "";
    const { list, broken } = given.value;
    if (broken) return html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${broken}<button class="link" @click=${askGiven}>${t("Try again")}</button></p>`;
    if (!list) return html`<div class="skeleton" aria-hidden="true"></div>`;
    if (list.length === 0)
      return html`<div class="empty"><h3>${t("No request is with another agency")}</h3><p class="muted small">${t("Select requests in the list and refer them to police, electricity, parks or others.")}</p></div>`;
    return html`<h2 class="unseen">${t("Referred")}</h2><ul class="givens">${repeat(list, ({ id }) => id, (one) => this.row(one))}</ul>`;
  }
}
customElements.define("requests-referred", Referrals);
