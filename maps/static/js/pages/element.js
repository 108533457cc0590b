// A part of the page that follows a store; it renders into the page itself, so that one style sheet serves all.
import { html, LitElement } from "lit";

export class Part extends LitElement {
  /** The stores to follow. */
  get stores() {
    return [];
  }

  /** Whether changes of a store are a reason to draw anew. */
  minds() {
    return true;
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.leave = this.stores.map((store) => store.follow((_, changes) => this.minds(changes) && this.requestUpdate()));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.leave.forEach((stop) => stop());
  }
}

/** A part that shows how time goes by: it is drawn anew every second. */
export class TickingPart extends Part {
  connectedCallback() {
    super.connectedCallback();
    this.ticking = setInterval(() => this.requestUpdate(), 1000);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.ticking);
  }
}

/** A picture of the set, drawn in the color of the text around it. */
export const icon = (name, extra = "") => html`<span class="icon icon-${name} ${extra}" aria-hidden="true"></span>`;
