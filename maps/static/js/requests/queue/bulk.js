// What can be done with all marked requests at once, what it came to, and the button that takes it back.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { boot } from "../../pages/boot.js";
import { get } from "../../pages/net.js";
import { attempt } from "../../pages/notices.js";
import { age, named, number, t } from "../../pages/texts.js";
import { requestPlace } from "../../board/rows.js";
import { referralFields, wishOf } from "../../followup/referral-fields.js";
import { mark, order, queue, undo } from "./state.js";

const DONE = {
  place: (count) => t("{count} requests placed", { count }),
  kind: (count) => t("{count} requests changed", { count }),
  close: (count) => t("{count} requests closed", { count }),
  merge: (count) => t("{count} requests merged", { count }),
  "refer": (count) => t("{count} requests referred", { count }),
  file: (count) => t("{count} requests taken in", { count }),
  undo: (count) => t("{count} requests are as they were", { count }),
};
const VERB_OF = { placed: "place", kind: "kind", closed: "close", merged: "merge", handed_over: "refer", taken_in: "file" };

const words = (event) => Object.fromEntries(new FormData(event.target));

class Bulk extends Part {
  static properties = { agencies: { state: true } };

  get stores() {
    return [queue];
  }

  async open(dialog) {
    if (dialog === "refer") this.agencies = await attempt(() => get("/api/agencies"));
    if (dialog === "refer" && !this.agencies) return;
    queue.set({ dialog, placing: false });
    await this.updateComplete;
    this.querySelector("dialog")?.showModal();
  }

  shut() {
    this.querySelector("dialog")?.close();
    queue.set({ dialog: null });
  }

  reasons() {
    return html`<form method="dialog" @submit=${this.close}>
      <h2>${t("Close {count} requests", { count: queue.value.marked.size })}</h2>
      <fieldset class="reasons">
        <legend>${t("Callers are told the reason in these words")}</legend>
        ${boot.reasons.map((reason) => html`<label class="tick"><input type="radio" name="reason" value=${reason} required><span>${t(`closing:${reason}`)}</span></label>`)}
      </fieldset>
      <label for="close-note">${t("Note for colleagues")}</label><input id="close-note" name="note" maxlength="2000" dir="auto">
      <div class="ends"><button class="primary">${t("Close them")}</button><button type="button" @click=${this.shut}>${t("Cancel")}</button></div>
    </form>`;
  }

  async close(event) {
    event.preventDefault();
    if (await order("close", words(event))) this.shut();
  }

  handing() {
    const some = this.agencies.length > 0;
    return html`<form method="dialog" @submit=${this.handOver}>
      <h2>${some ? t("Refer {count} requests", { count: queue.value.marked.size }) : t("Refer")}</h2>
      ${referralFields(this.agencies)}
      <div class="ends">${some ? html`<button class="primary">${t("Refer")}</button>` : ""}<button type="button" @click=${this.shut}>${t("Cancel")}</button></div>
    </form>`;
  }

  async handOver(event) {
    event.preventDefault();
    if (await order("refer", wishOf(new FormData(event.target)))) this.shut();
  }

  merging() {
    const { marked, view } = queue.value;
    const open = view.rows.filter(({ id, state }) => marked.has(id) && (state === "new" || state === "open"));
    return html`<form method="dialog" @submit=${this.merge}>
      <h2>${t("Merge {count} requests", { count: marked.size })}</h2>
      <fieldset class="kept">
        <legend>${t("One stays and stands for all; the others are closed as repeated. Every caller is told how it ends.")}</legend>
        ${open.map((row, nth) => html`<label class="tick"><input type="radio" name="kept" value=${row.id} ?checked=${nth === 0} required><span><bdi class="code">${row.reference}</bdi> · <bdi>${requestPlace(row)}</bdi><span class="muted small">${t("{span} ago", { span: age(row.received_at) })}</span></span></label>`)}
      </fieldset>
      <div class="ends"><button class="primary" ?disabled=${open.length === 0}>${t("Merge")}</button><button type="button" @click=${this.shut}>${t("Cancel")}</button></div>
    </form>`;
  }

  async merge(event) {
    event.preventDefault();
    if (await order("merge", { kept_id: Number(words(event).kept) })) this.shut();
  }

  dialog() {
    const { dialog } = queue.value;
    const [label, body] = { close: [t("Close"), this.reasons], refer: [t("Refer"), this.handing], merge: [t("Merge"), this.merging] }[dialog] ?? [];
    if (!body) return "";
    return html`<dialog class="order" aria-label=${label} @close=${() => queue.set({ dialog: null })}>${body.call(this)}</dialog>`;
  }

  orders() {
    const { marked, placing } = queue.value;
    if (placing)
      return html`<p class="hint">${t("Click the place on the map.")} <button class="link" @click=${() => queue.set({ placing: false })}>${t("Cancel")}</button></p>`;
    const many = marked.size > boot.most;
    return html`<div class="orders-bar" role="toolbar" aria-label=${t("With the selected")}>
      <strong>${t("{count} selected", { count: marked.size })}</strong>
      ${many ? html`<span class="danger small">${t("At most {count} at once.", { count: boot.most })}</span>` : ""}
      <button ?disabled=${many} @click=${() => order("place")}><span class="icon icon-search" aria-hidden="true"></span>${t("Locate from their text")}</button>
      <button ?disabled=${many} @click=${() => queue.set({ placing: true })}><span class="icon icon-map-pin-plus" aria-hidden="true"></span>${t("Place on the map")}</button>
      <label class="unseen" for="kind">${t("Subject of the request")}</label>
      <select id="kind" ?disabled=${many} @change=${this.kind}><option value="" selected>${t("Change the subject")}</option>${boot.kinds.map((kind) => html`<option value=${kind}>${named("kind", kind)}</option>`)}</select>
      <button ?disabled=${many} @click=${() => this.open("refer")}><span class="icon icon-forward mirrored" aria-hidden="true"></span>${t("Refer")}</button>
      <button ?disabled=${many || marked.size < 2} title=${marked.size < 2 ? t("Select at least two") : ""} @click=${() => this.open("merge")}><span class="icon icon-merge" aria-hidden="true"></span>${t("Merge")}</button>
      <button ?disabled=${many} @click=${() => this.open("close")}><span class="icon icon-check" aria-hidden="true"></span>${t("Close")}</button>
      <button class="quiet" aria-label=${t("Deselect all")} title=${t("Deselect all")} @click=${() => mark([...marked], false)}><span class="icon icon-x" aria-hidden="true"></span></button>
    </div>`;
  }

  async kind(event) {
    const kind = event.target.value;
    event.target.value = "";
    if (kind) await order("kind", { kind });
  }

  outcome() {
    const { changed, refused, view } = queue.value;
    const last = view?.last_change;
    if (!changed && !last) return html`<div role="status"></div>`;
    const said = changed ? DONE[changed.verb](changed.changed.length) : DONE[VERB_OF[last.action]](last.requests);
    const undoable = last && (!changed || changed.change_id === last.id);
    return html`<div class="outcome" role="status">
      <span>${said}${refused.length ? html` · <span class="danger">${t("{count} left as they were", { count: refused.length })}</span>` : ""}</span>
      ${undoable ? html`<button @click=${() => undo(last.id)}><span class="icon icon-undo-2 mirrored" aria-hidden="true"></span>${t("Undo")}</button>` : ""}
      ${refused.length ? html`<details><summary>${t("Why")}</summary><ul>${refused.map(({ message }) => html`<li>${message}</li>`)}</ul></details>` : ""}
    </div>`;
  }

  updated() {
    const dialog = this.querySelector("dialog");
    if (dialog && queue.value.dialog === null) dialog.close();
  }

  render() {
    const { marked } = queue.value;
    return html`${marked.size ? this.orders() : ""}${this.outcome()}${this.dialog()}<span class="unseen" aria-live="polite">${marked.size ? t("{count} selected", { count: number(marked.size) }) : ""}</span>`;
  }
}
customElements.define("requests-bulk", Bulk);
