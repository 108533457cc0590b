// The callback list: callers who get no messages, each with the sentence to say and what came of the call.
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Part } from "../pages/element.js";
import { get, post } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { age, t, time } from "../pages/texts.js";
import { Store } from "../pages/store.js";
import { numberLink } from "../requests/page.js";
import { queue } from "../requests/queue/state.js";

const OUTCOMES = ["reached", "no_answer", "wrong_number", "unwanted"];
const ICON = { reached: "check", no_answer: "phone-missed", wrong_number: "phone-off", unwanted: "ban" };

/** `who` is the caller of the open call, once somebody asked for the number. */
export const calls = new Store({ list: null, broken: "", open: null, who: null });

const keyOf = (call) => `${call.request_id}-${call.news}`;

/** Ask whom to call. */
export async function askCalls() {
  try {
    calls.set({ list: await get("/api/callbacks"), broken: "" });
  } catch (error) {
    calls.set({ broken: error.message });
  }
}

async function show(call) {
  calls.set({ open: keyOf(call), who: null });
  const who = await attempt(() => get(`/api/requests/${call.request_id}/caller`));
  if (who && calls.value.open === keyOf(call)) calls.set({ who });
}

class Calls extends Part {
  get stores() {
    return [calls, queue];
  }

  connectedCallback() {
    super.connectedCallback();
    askCalls();
  }

  async note(call, outcome) {
    const note = this.querySelector("#call-note")?.value ?? "";
    const list = await attempt(() => post(`/api/callbacks/${call.request_id}`, { news: call.news, outcome, note }));
    if (!list) return;
    calls.set({ list, open: null, who: null });
    await this.updateComplete;
    this.querySelector(".call button")?.focus();
  }

  outcomes(call) {
    const { who } = calls.value;
    if (!who) return html`<div class="skeleton short" aria-hidden="true"></div>`;
    return html`<p class="number"><a href="tel:${who.phone}" dir="ltr">${who.phone}</a>${who.name ? html` · <bdi>${who.name}</bdi>` : ""}</p>
      <label for="call-note">${t("Note for colleagues")}</label><input id="call-note" maxlength="200" dir="auto">
      <div class="outcomes" role="group" aria-label=${t("Outcome of the call")}>
        ${OUTCOMES.map((outcome) => html`<button class=${outcome === "reached" ? "primary" : ""} @click=${() => this.note(call, outcome)}><span class="icon icon-${ICON[outcome]}" aria-hidden="true"></span>${t(`call:${outcome}`)}</button>`)}
      </div>`;
  }

  call(call) {
    const open = calls.value.open === keyOf(call);
    const tried = call.tries ? t("tried {count} times, last at {time}", { count: call.tries, time: time(call.tried_at) }) : "";
    return html`<li class="call ${open ? "open" : ""}">
      <p class="muted small"><span class="news ${call.news}">${t(`news:${call.news}`)}</span> · ${numberLink({ id: call.request_id, reference: call.reference })} · ${t("{span} ago", { span: age(call.since) })}${tried ? html` · ${tried}` : ""}</p>
      <p class="say" lang=${call.language} dir="auto">${call.sentence}</p>
      ${open ? this.outcomes(call) : html`<div><button @click=${() => show(call)}><span class="icon icon-phone" aria-hidden="true"></span>${t("Show the number")}</button></div>`}
    </li>`;
  }

  render() {
    if (queue.value.tab !== "calls") return "";
    const { list, broken } = calls.value;
    if (broken) return html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${broken}<button class="link" @click=${askCalls}>${t("Try again")}</button></p>`;
    if (!list) return html`<div class="skeleton" aria-hidden="true"></div>`;
    if (list.total === 0)
      return html`<div class="empty"><h3>${t("No calls to make")}</h3><p class="muted small">${t("Callers who get no messages appear here when their request is done, closed, referred or late.")}</p></div>`;
    return html`<h2 class="unseen">${t("Call back")}</h2>
      <p class="muted small tally" role="status">${t("{count} calls to make", { count: list.total })}</p>
      <ul class="calls">${repeat(list.calls, keyOf, (call) => this.call(call))}</ul>`;
  }
}
customElements.define("requests-calls", Calls);
