// The end side: what is selected, or the plan when nothing is.
import { html } from "lit";
import { Part } from "../pages/element.js";
import { t } from "../pages/texts.js";
import { blockagePanel } from "../shifts/blockage.js";
import { closures } from "../storms/closures.js";
import { crewPanel, crews } from "../crews/jobs.js";
import { details } from "./details.js";
import { codes } from "../shifts/drivers.js";
import { fleet, fleetPanel } from "../shifts/fleet-orders.js";
import { staging } from "../shifts/staging.js";
import { draftState } from "../edits/draft.js";
import { drafted } from "../edits/routes.js";
import { planPanel } from "../planning/plan.js";
import "../planning/drafts.js";
import { compare } from "../replanning/replan.js";
import { requestPanel } from "../requests/request.js";
import { besideUs } from "../messages/who-is-here.js";
import { presence } from "../messages/presence.js";
import { board, choose, selection } from "./state.js";
import { streetPanel, streets } from "../streets/street.js";
import { track } from "./track/track.js";
import { truckPanel } from "./truck.js";
import { opened } from "./truck-actions.js";
import { alertPanel } from "../alerts/alert-panel.js";
import { causePanel } from "../alerts/cause-panel.js";

const PANELS = { alert: alertPanel, cause: causePanel, fleet: fleetPanel, request: requestPanel, truck: truckPanel, street: streetPanel, blockage: blockagePanel, crew_job: crewPanel };

/** Plans to publish stay in sight, whatever is selected. */
const drafts = html`<board-drafts .see=${compare}></board-drafts>`;

class Side extends Part {
  /** That the server was heard is no news here, and comes several times a second. */
  minds(changes) {
    return !("heardAt" in changes);
  }

  get stores() {
    return [board, selection, streets, codes, closures, crews, details, fleet, staging, opened, presence, draftState, drafted, track];
  }

  connectedCallback() {
    super.connectedCallback();
    this.ticking = setInterval(() => this.requestUpdate(), 10000); // ages go on
    this.stopFollowing = selection.follow((_, changes) => {
      if ("chosen" in changes) this.querySelector(".panel")?.scrollTo({ top: 0 });
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.ticking);
    this.stopFollowing();
  }

  render() {
    if (!board.value.loaded)
      return html`<div class="panel"><div class="skeleton" aria-hidden="true"></div></div>`;
    const { chosen } = selection.value;
    if (!chosen) return html`<div class="panel">${besideUs()} ${planPanel()}</div>${drafts}`;
    return html`<div class="panel">
      <button class="quiet close" @click=${() => choose(null)} title=${t("Close (Esc)")} aria-label=${t("Close (Esc)")}>
        <span class="icon icon-x" aria-hidden="true"></span>
      </button>
      ${besideUs()} ${PANELS[chosen.kind](chosen.id)}
    </div>${drafts}`;
  }
}
customElements.define("board-side", Side);
