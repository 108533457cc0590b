// What one more machine would have brought: asked here, answered by searches of a worker, said in words of the server.
import { html } from "lit";
import { boot } from "../../pages/boot.js";
import { Part } from "../../pages/element.js";
import { inOrder } from "../../pages/app/in-order.js";
import { get, post } from "../../pages/net.js";
import { attempt } from "../../pages/notices.js";
import { percent, t } from "../../pages/texts.js";
import { council, live } from "../state.js";

const LOOK_MS = 2000;
const RETRY_MS = 10_000;

/** A cell whose range in brackets stays on one line. */
const unbroken = (cell) => cell.replace(/\([^)]*\)$/, (range) => range.replaceAll(" ", "\u00a0"));

class MachineGain extends Part {
  panel = null;
  type = null;

  get stores() {
    return [council];
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.waiting);
  }

  updated() {
    const storm = council.value.view?.storm?.id ?? null;
    if (storm === this.storm && live() === this.live) return;
    if (storm !== this.storm) this.take(null);
    this.storm = storm;
    this.live = live();
    if (storm !== null) this.look();
  }

  /** Show what the server says, and look again while a question is computed. */
  take(panel) {
    this.panel = panel;
    clearTimeout(this.waiting);
    if (panel?.types.some((one) => one.state === "computing")) this.lookIn(LOOK_MS);
    this.requestUpdate();
  }

  lookIn(ms) {
    clearTimeout(this.waiting);
    if (this.isConnected) this.waiting = setTimeout(() => this.look(), ms);
  }

  /** Answers about the storm that is shown, but those that a later one has overtaken; without one, look again. */
  told = inOrder(
    async (ask) => {
      const { storm } = this;
      return { storm, panel: await ask(storm) };
    },
    ({ storm, panel }) => {
      if (storm !== this.storm) return;
      if (panel) this.take(panel);
      else this.lookIn(RETRY_MS);
    },
  );

  look() {
    return this.told((storm) => get(`/api/council/machines?storm=${storm}&lang=${boot.language}`).catch(() => null));
  }

  /** The type of machine that is shown: the chosen one, else the first with an answer, else the most frequent. */
  get shown() {
    const types = this.panel.types;
    return types.find(({ type }) => type === this.type) ?? types.find(({ answer, state }) => answer || state === "computing") ?? types[0];
  }

  order = (path, body) => this.told((storm) => attempt(() => post(`/api/council/machines/${storm}${path}?lang=${boot.language}`, body)));

  ask = (event) => {
    event.preventDefault();
    this.type = this.shown.type;
    return this.order("", { type: this.type });
  };

  choose = (event) => {
    this.type = event.target.value;
    this.requestUpdate();
  };

  form(shown) {
    return html`<form class="row" @submit=${this.ask}>
      <label>${t("One machine more of this type")}
        <select id="gain-type" @change=${this.choose}>${this.panel.types.map((one) => html`<option value=${one.type} ?selected=${one.type === shown.type}>${one.name}</option>`)}</select>
      </label>
      ${this.panel.over ? html`<button ?disabled=${shown.state === "computing"}>${t("What would one more have brought?")}</button>` : html`<p class="muted">${t("This can be asked once the storm has ended.")}</p>`}
    </form>`;
  }

  progress(shown) {
    if (shown.state === "failed") return html`<p class="muted">${shown.fault || t("error:server")}</p>`;
    if (shown.state !== "computing") return "";
    return html`<div class="row computing">
      <span>${shown.share ? t("Being worked out: {share}. Plans for trucks go first.", { share: percent(shown.share) }) : t("Waits for its turn. Plans for trucks go first.")}</span>
      <progress max="1" .value=${shown.share} aria-label=${t("Time used")}></progress>
      <button type="button" class="quiet" @click=${() => this.order(`/${shown.run_id}/stop`)}>${t("Cancel")}</button>
    </div>`;
  }

  answer({ answer }) {
    const [, ...heads] = answer.heads;
    return html`<ul class="said">${answer.sentences.map((one) => html`<li>${one}</li>`)}</ul>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="gain-title"><table>
        <thead><tr><td></td>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
        ${answer.groups.map(({ name, rows }) => html`<tbody>
          <tr class="group"><th colspan="4" scope="rowgroup">${name}</th></tr>
          ${rows.map(([label, ...cells]) => html`<tr><th scope="row">${label}</th>${cells.map((cell) => html`<td><bdi>${unbroken(cell)}</bdi></td>`)}</tr>`)}
        </tbody>`)}
      </table></div>
      <details class="definition"><summary>${t("What this rests on")}</summary>${answer.basis.map((one) => html`<p>${one}</p>`)}</details>`;
  }

  render() {
    if (!this.panel?.types.length) return "";
    const { shown } = this;
    return html`<section class="numbers money gain" aria-labelledby="gain-title">
      <h2 id="gain-title">${t("What one more machine would have brought")}</h2>
      ${this.form(shown)}
      <div role="status">${this.progress(shown)}</div>
      ${shown.answer ? this.answer(shown) : shown.state === null && this.panel.over ? html`<p class="muted">${t("Nobody has asked about this type in this storm yet. The storm is then planned anew with and without the machine, which takes minutes.")}</p>` : ""}
    </section>`;
  }
}
customElements.define("council-machine-gain", MachineGain);
