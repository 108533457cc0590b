// Urgent work put into the driven routes at once: what it would cost, or what machines lack for it.
import { html } from "lit";
import { Part } from "../pages/element.js";
import { post } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { Store } from "../pages/store.js";
import { listed, t, time } from "../pages/texts.js";

/** An offer of urgent work, or what machines lack for it; `fault` is why the last order was refused. */
const shown = new Store({ offer: null, lacks: null, fault: null, busy: false });

/** Ask where urgent work is best put in, and show the answer. */
export async function insertNow(wanted) {
  await attempt(async () => {
    try {
      const offer = await post("/api/insertions", wanted);
      shown.set({ offer, lacks: null, fault: null, busy: false });
    } catch (error) {
      if (error.values?.reason !== "insertion_impossible") throw error;
      const lacks = await post("/api/insertions/lacks", wanted);
      shown.set({ offer: null, lacks, fault: error, busy: false });
    }
  });
}

const close = () => shown.set({ offer: null, lacks: null, fault: null, busy: false });

const delayed = (look) => (one) => {
  const what = html`<bdi class="code">${one.reference}</bdi> <bdi>${one.street}</bdi>`;
  return html`<li>
    ${look ? html`<button class="link" @click=${() => look("request", one.request_id)}>${what}</button>` : html`<a href="/requests/${one.request_id}">${what}</a>`}
    ${t("{minutes} min later, expected {time}", { minutes: one.minutes, time: time(one.expected_at) })}
    ${one.breaks_promise ? html`<strong class="danger">${t("promised until {time}", { time: time(one.promised_until) })}</strong>` : ""}
  </li>`;
};

/** Who waits longer for a change of `jobs` streets; `look` shows one of them on a map, else it leads to its page. */
export const whoWaits = (requests, jobs, look) =>
  requests.length
    ? html`<h3>${t("Who waits longer")}</h3><ul class="entries">${requests.slice(0, 20).map(delayed(look))}</ul>`
    : html`<p class="muted">${jobs ? t("Streets that are cleared later: {count}. Nobody asked for one of them.", { count: jobs }) : t("Nobody waits longer for it.")}</p>`;

const refusal = ({ fault }) => (fault ? html`<p class="problem" role="alert">${fault.message}</p>` : "");

/** The order to clear a street, or what was asked for, before all else. */
export const urgentButton = (wanted) => html`<button class="wide" @click=${() => insertNow(wanted)}>
  <span class="icon icon-clock-alert" aria-hidden="true"></span>${t("Dispatch now")}
</button>`;

/** The dialog; `taken` is done after the work was put in, `look` shows a request or truck on a map, where there is one. */
class Insertion extends Part {
  static properties = { taken: { attribute: false }, look: { attribute: false } };

  get stores() {
    return [shown];
  }

  /** Take the offer, once; the dialog stays open, with the reason, where the server refuses. */
  async take({ id }) {
    if (shown.value.busy) return;
    shown.set({ busy: true, fault: null });
    try {
      await post(`/api/insertions/${id}/accept`);
      close();
      await attempt(this.taken);
    } catch (fault) {
      shown.set({ fault, busy: false });
    }
  }

  offered(offer) {
    return html`<h2 id="insertion-title">${t("Dispatch now")}: <bdi>${offer.street}</bdi></h2>
      <p class="lead">${offer.words}</p>
      ${
        offer.delayed_jobs
          ? html`<p>${t("Streets that are cleared later: {count}, by up to {minutes} min.", { count: offer.delayed_jobs, minutes: offer.most_min })}</p>`
          : ""
      }
      ${offer.pushed ? html`<p><strong class="danger">${t("Streets that wait for the next plan instead: {count}.", { count: offer.pushed })}</strong> ${listed(offer.pushed_streets)}${offer.pushed > offer.pushed_streets.length ? "…" : "."}</p>` : ""}
      <div class="scroll">${whoWaits(offer.requests, offer.delayed_jobs, this.look)}</div>
      ${refusal(shown.value)}
      <div class="ends">
        <button class="primary" autofocus ?disabled=${shown.value.busy} @click=${() => this.take(offer)}><span class="icon icon-check" aria-hidden="true"></span>${t("Accept (Enter)")}</button>
        <button @click=${close}>${t("Not now")}</button>
      </div>`;
  }

  truck({ vehicle_id: id, vehicle }) {
    return this.look ? html`<button class="link" @click=${() => this.look("truck", id)}><bdi>${vehicle}</bdi></button>` : html`<bdi>${vehicle}</bdi>`;
  }

  lacking(lacks) {
    return html`<h2 id="insertion-title">${t("Dispatch now")}: <bdi>${lacks.street}</bdi></h2>
      ${refusal(shown.value)}
      <p>${lacks.words}</p>
      <div class="scroll"><table class="difference">
        <thead><tr><th scope="col">${t("Truck")}</th><th scope="col">${t("What it lacks")}</th></tr></thead>
        <tbody>${lacks.machines.map((one) => html`<tr><th scope="row">${this.truck(one)}</th><td>${one.words}</td></tr>`)}</tbody>
      </table></div>
      <div class="ends"><button autofocus @click=${close}>${t("Close")}</button></div>`;
  }

  render() {
    const { offer, lacks } = shown.value;
    if (!offer && !lacks) return "";
    return html`<dialog class="replan" aria-labelledby="insertion-title" @close=${close}>
      ${offer ? this.offered(offer) : this.lacking(lacks)}
    </dialog>`;
  }

  updated() {
    const dialog = this.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
  }
}
customElements.define("urgent-insertion", Insertion);
