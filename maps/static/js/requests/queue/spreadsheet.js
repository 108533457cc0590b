// Requests in and out as a spreadsheet: a file is looked at first, then taken in, then placed by its words.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { send } from "../../pages/net.js";
import { attempt } from "../../pages/notices.js";
import { number, t } from "../../pages/texts.js";
import { load, query, queue } from "./state.js";

const form = (file) => {
  const told = new FormData();
  told.append("file", file);
  return told;
};

class Spreadsheet extends Part {
  static properties = { look: { state: true }, taken: { state: true } };

  get stores() {
    return [queue];
  }

  async choose({ target }) {
    const [file] = target.files;
    target.value = "";
    if (!file) return;
    const found = await attempt(() => send("/api/queue/file/check", form(file)));
    if (!found) return;
    this.look = { file, ...found };
    queue.set({ dialog: "file" });
    await this.updateComplete;
    this.querySelector("dialog").showModal();
  }

  async take() {
    this.taken = { waits: true };
    const taken = await attempt(() => send("/api/queue/file", form(this.look.file)));
    this.taken = taken && { all: taken.ids.length, placed: taken.placed };
    if (!taken) return;
    queue.set({ changed: { verb: "file", changed: taken.ids, change_id: taken.change_id }, refused: [] });
    await load();
  }

  shut() {
    this.querySelector("dialog")?.close();
    this.look = undefined;
    this.taken = undefined;
    queue.set({ dialog: null });
  }

  mistakes(list) {
    return html`<p class="problem"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${t("Nothing was imported. Correct the file and import it again.")}</p>
      <div class="wide-table" tabindex="0" role="region" aria-label=${t("Mistakes in the file")}><table class="mistakes">
        <thead><tr><th scope="col">${t("Line")}</th><th scope="col">${t("Column")}</th><th scope="col">${t("In the file")}</th><th scope="col">${t("Expected")}</th></tr></thead>
        <tbody>${list.slice(0, 100).map((one) => html`<tr><td>${one.line ? number(one.line) : "—"}</td><td><bdi>${one.field}</bdi></td><td><bdi>${one.got}</bdi></td><td>${one.expected}</td></tr>`)}</tbody>
      </table></div>`;
  }

  body() {
    const { look, taken } = this;
    if (taken?.waits) return html`<progress aria-label=${t("Located from their text")}></progress>`;
    if (taken)
      return html`<p role="status">${t("{count} requests taken in", { count: taken.all })} · ${t("{count} requests placed", { count: taken.placed })}</p>
        <div class="ends"><button class="primary" @click=${this.shut}>${t("Close this window")}</button></div>`;
    if (look.mistakes.length) return html`${this.mistakes(look.mistakes)}<div class="ends"><button @click=${this.shut}>${t("Cancel")}</button></div>`;
    return html`<p>${t("{count} new requests", { count: look.requests })}${look.known ? html` · ${t("{count} known already", { count: look.known })}` : ""}</p>
      <p class="muted small">${t("They are located from their text where it leaves no doubt; the others wait for a place.")}</p>
      <div class="ends"><button class="primary" ?disabled=${look.requests === 0} @click=${this.take}>${t("Import them")}</button><button @click=${this.shut}>${t("Cancel")}</button></div>`;
  }

  render() {
    return html`<div class="files">
      <label class="button"><input class="unseen" type="file" accept=".csv,.txt,text/csv" @change=${this.choose}><span class="icon icon-file-up" aria-hidden="true"></span>${t("Import")}</label>
      <a class="button" href="/requests.csv?${query()}" download><span class="icon icon-download" aria-hidden="true"></span>${t("Export")}</a>
    </div>
    ${this.look ? html`<dialog class="order" aria-label=${t("Requests of a file")} @close=${this.shut}><div class="column"><h2>${t("Requests of a file")}</h2>${this.body()}</div></dialog>` : ""}`;
  }
}
customElements.define("requests-spreadsheet", Spreadsheet);
