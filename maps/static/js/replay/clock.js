// The moment that is shown, large over the map: in the city's time, with its day.
import { html } from "lit";
import { Part } from "../pages/element.js";
import { date, t, time } from "../pages/texts.js";
import { momentAt, play, storm } from "./state.js";

class Clock extends Part {
  get stores() {
    return [storm];
  }

  connectedCallback() {
    super.connectedCallback();
    this.leavePlay = play.follow(() => this.minute() !== this.drawn && this.requestUpdate());
  }

  minute() {
    const { at, waits } = play.value;
    return storm.value.view?.storm ? `${Math.floor(momentAt(at) / 60000)}${waits}` : "";
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.leavePlay();
  }

  render() {
    this.drawn = this.minute();
    const { view } = storm.value;
    if (!view) return "";
    if (!view.storm) return html`<p class="now">${t("There was no storm yet. What happens in one can be played again here.")}</p>`;
    const moment = momentAt(play.value.at);
    return html`<div class="now" role="timer">
      <time datetime=${new Date(moment).toISOString()}><strong>${time(moment)}</strong><span>${date(moment)}</span></time>
      ${play.value.waits ? html`<span class="muted">${t("Loading the next hour…")}</span>` : ""}
    </div>`;
  }
}
customElements.define("replay-clock", Clock);
