// The calls of the rehearsal: how long each rang, who took it, and what came of it.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { number, t, time } from "../../pages/texts.js";
import { training } from "./state.js";

const SHOWN = 12;

class Calls extends Part {
  static properties = { all: { state: true } };

  get stores() {
    return [training];
  }

  row(call) {
    const rang = t("rang {seconds} s", { seconds: number(call.rang_s) });
    return html`<li class=${call.state}>
      <div><span class="when">${time(call.rang_at)}</span> <strong>${t(`training_call:${call.state}`)}</strong>
        <span class="muted small">${rang}${call.taken_by ? html` · <bdi>${call.taken_by}</bdi>` : ""}${call.reference ? html` · <a class="code" dir="ltr" href="/requests/${call.request_id}">${call.reference}</a>` : ""}</span></div>
      <p class="small"><bdi>${call.words}</bdi></p>
    </li>`;
  }

  render() {
    const { stands } = training.value;
    if (!stands) return "";
    const { calls } = stands;
    if (calls.length === 0) return html`<p class="muted">${t("Nobody has called yet.")}</p>`;
    return html`<ul class="call-list">${(this.all ? calls : calls.slice(0, SHOWN)).map((call) => this.row(call))}</ul>
      ${calls.length > SHOWN && !this.all ? html`<button type="button" class="quiet" @click=${() => (this.all = true)}>${t("Show all")}</button>` : ""}`;
  }
}
customElements.define("training-calls", Calls);
