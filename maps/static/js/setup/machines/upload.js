// A file with machines: what is wrong in it or what it would change, before it counts.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { Store } from "../../pages/store.js";
import { number, t } from "../../pages/texts.js";
import { mistakes } from "../mistakes.js";
import { checkFile, fleet, takeFile } from "./state.js";

const FEW = 12;
const NOTHING = { file: null, proposal: null, fault: "", reading: false };

const upload = new Store(NOTHING);

/** Look at a file that somebody chose. */
export async function look(file) {
  upload.set({ ...NOTHING, file, reading: true });
  try {
    upload.set({ proposal: await checkFile(file), reading: false });
  } catch (error) {
    upload.set({ fault: error.message, reading: false });
  }
}

const warning = (text) =>
  html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span><span>${text}</span></p>`;

const names = (list) =>
  html`${list.slice(0, FEW).map((name, at) => html`${at ? t(", ") : ""}<bdi>${name}</bdi>`)}${
    list.length > FEW ? html` <span class="muted">${t("and {count} more", { count: list.length - FEW })}</span>` : ""
  }`;

const row = (heading, list) =>
  list.length ? html`<div><dt>${heading} <span class="count">${number(list.length)}</span></dt><dd>${names(list)}</dd></div>` : "";

function becomes(depots) {
  if (depots === null) return t("Depots stay as they are.");
  return depots
    ? t("depots:{count}", { count: depots })
    : t("The file names no depots: three places are chosen and marked as assumed.");
}

function differences(proposal) {
  const { added, changed, gone, machines, depots } = proposal;
  const nothing = !added.length && !changed.length && !gone.length;
  return html`<p>${t("machines:{count}", { count: machines })} ${becomes(depots)}</p>
    ${nothing ? html`<p class="muted">${t("All machines stay as they are.")}</p>` : ""}
    <dl class="differences">
      ${row(t("New"), added)} ${row(t("Changed"), changed)} ${row(t("No longer in the fleet"), gone)}
    </dl>`;
}

class Upload extends Part {
  get stores() {
    return [upload, fleet];
  }

  updated() {
    const card = this.querySelector(".card");
    if (card && upload.value.file !== this.shownFile) card.focus();
    this.shownFile = upload.value.file;
  }

  async take() {
    if (await takeFile(upload.value.file)) upload.set(NOTHING);
    else upload.set({ fault: fleet.value.fault.message });
  }

  body() {
    const { proposal, fault, reading } = upload.value;
    if (reading) return html`<p class="muted" role="status">${t("Reading the file…")}</p>`;
    const about = proposal ? (proposal.mistakes.length ? mistakes(proposal.mistakes) : differences(proposal)) : "";
    return html`${fault ? warning(fault) : ""}${about}`;
  }

  render() {
    const { file, proposal } = upload.value;
    if (!file) return "";
    const takes = proposal && proposal.mistakes.length === 0;
    return html`<section class="card" tabindex="-1" aria-labelledby="upload-heading">
      <h2 id="upload-heading"><bdi>${file.name}</bdi></h2>
      ${this.body()}
      <div class="ends">
        ${takes ? html`<button class="primary" @click=${this.take} ?disabled=${fleet.value.busy}>${t("Apply")}</button>` : ""}
        <button @click=${() => upload.set(NOTHING)}>${takes ? t("Cancel") : t("Close")}</button>
      </div>
    </section>`;
  }
}
customElements.define("fleet-upload", Upload);
