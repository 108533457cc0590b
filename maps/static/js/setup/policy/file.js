// The policy as a file: save it, or take one after a look at what it comes to.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { Store } from "../../pages/store.js";
import { length, number, t } from "../../pages/texts.js";
import { mistakes } from "../mistakes.js";
import { checkFile, policy, takeFile } from "./state.js";

const NOTHING = { file: null, proposal: null, fault: "" };

const upload = new Store(NOTHING);

async function look({ target }) {
  const [file] = target.files;
  target.value = "";
  if (!file) return;
  upload.set({ ...NOTHING, file });
  try {
    upload.set({ proposal: await checkFile(file) });
  } catch (error) {
    upload.set({ fault: error.message });
  }
}

const comes = ({ counts, present, names }) => html`<table class="mistakes counts">
  <thead><tr><th scope="col">${t("Class")}</th><th scope="col">${t("Now")}</th><th scope="col">${t("With this file")}</th></tr></thead>
  <tbody>
    ${Object.keys(names).map((code) => html`<tr><td>${names[code]}</td>${[present[code], counts[code]].map((each = { streets: 0, length_m: 0 }) => html`<td>${number(each.streets)} <span class="muted">(${length(each.length_m)})</span></td>`)}</tr>`)}
  </tbody>
</table>`;

class File extends Part {
  get stores() {
    return [upload, policy];
  }

  async take() {
    if (await takeFile(upload.value.file)) upload.set(NOTHING);
    else upload.set({ fault: policy.value.fault.message });
  }

  card() {
    const { file, proposal, fault } = upload.value;
    if (!file) return "";
    const takes = proposal && proposal.mistakes.length === 0;
    const body = proposal ? (takes ? comes(proposal) : mistakes(proposal.mistakes)) : fault ? "" : html`<p class="muted" role="status">${t("Reading the file…")}</p>`;
    return html`<section class="card" aria-labelledby="upload-heading">
      <h2 id="upload-heading"><bdi>${file.name}</bdi></h2>
      ${fault ? html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span><span>${fault}</span></p>` : ""}
      ${body}
      <div class="ends">
        ${takes ? html`<button class="primary" @click=${this.take} ?disabled=${policy.value.busy}>${t("Apply")}</button>` : ""}
        <button @click=${() => upload.set(NOTHING)}>${takes ? t("Cancel") : t("Close")}</button>
      </div>
    </section>`;
  }

  render() {
    return html`<div class="tools">
        <p class="lead muted">${t("New plans follow these levels. Jobs of the active storm keep theirs.")}</p>
        <div class="files">
          <label class="button"><input class="unseen" type="file" accept=".toml" @change=${look}><span class="icon icon-file-up" aria-hidden="true"></span>${t("Import")}</label>
          <a class="button" href="/setup/policy.toml" download><span class="icon icon-download" aria-hidden="true"></span><span dir="ltr">${"policy.toml"}</span></a>
        </div>
      </div>
      ${this.card()}`;
  }
}
customElements.define("policy-file", File);
