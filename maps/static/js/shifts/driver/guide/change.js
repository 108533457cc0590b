// What a new route changes, shown before it is driven and never while a turn is near; it is taken by itself after a while.
import { html, nothing } from "lit";
import { Part } from "../../../pages/element.js";
import { t } from "../../../pages/texts.js";
import { adopt, drive } from "../state.js";
import { icon } from "../words.js";
import { distances } from "./announcer.js";
import { guide } from "./state.js";

const LONG_MS = 30000; // so long what changes is shown before it is taken without a tap
const LOOK_MS = 1000;

/** Whether a turn is so near that nothing else may be on the screen. */
export const turns = () => {
  const { standing, mps, mode } = guide.value;
  return mode === "on" && (mps ?? 0) > 1 && standing?.maneuver && standing.maneuver.m < distances(mps).first + 20;
};

class Change extends Part {
  get stores() {
    return [drive];
  }

  updated() {
    clearTimeout(this.looking);
    if (!drive.value.change) return;
    if (this.since && !turns() && Date.now() - this.since > LONG_MS) adopt();
    else this.looking = setTimeout(() => this.requestUpdate(), LOOK_MS); // a turn passes, and time
  }

  render() {
    const { change } = drive.value;
    if (change !== this.change) this.since = null;
    this.change = change;
    if (!change || turns()) return nothing;
    this.since ??= Date.now();
    return html`<section class="answer" role="alert">
      <h2>${icon("navigation")}${t("The route changes")}</h2>
      <p>${t("Streets added: {more}, removed: {less}.", change)}</p>
      ${change.first ? html`<p class="small">${t("It goes on here: {run}", { run: change.first })}</p>` : nothing}
    </section>`;
  }
}
customElements.define("drive-change", Change);
