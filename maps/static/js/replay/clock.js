// The moment that is shown, large over the map: in the city's time, with its day.
import { html } from "lit";
import { TickingPart } from "../pages/element.js";
import { date, t, time } from "../pages/texts.js";
import { awaited } from "./hours.js";
import { momentAt, play, storm } from "./state.js";

const SECOND_MS = 1000;

const secondsSince = (moment) => Math.floor((performance.now() - moment) / SECOND_MS);

/** What the page waits for and for how long, in words; nothing where all is there. */
function waiting() {
  const { view, askedAt } = storm.value;
  if (askedAt !== null) return t("Loading the storm: {seconds} s", { seconds: secondsSince(askedAt) });
  const hour = play.value.waits ? awaited(view) : null;
  if (!hour) return "";
  const span = { start: time(momentAt(hour.from)), end: time(momentAt(hour.to)) };
  if (hour.failed) return t("{start} to {end} could not be loaded and is asked for again.", span);
  return t("Loading streets and trucks from {start} to {end}: {seconds} s", { ...span, seconds: secondsSince(hour.askedAt) });
}

class Clock extends TickingPart {
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
    const wait = view && !view.storm ? "" : waiting();
    const waits = wait ? html`<span class="muted">${wait}</span>` : "";
    if (!view) return wait ? html`<p class="now">${waits}</p>` : "";
    if (!view.storm) return html`<p class="now">${t("There was no storm yet. What happens in one can be played again here.")}</p>`;
    const moment = momentAt(play.value.at);
    return html`<div class="now" role="timer">
      <time datetime=${new Date(moment).toISOString()}><strong>${time(moment)}</strong><span>${date(moment)}</span></time>
      ${waits}
    </div>`;
  }
}
customElements.define("replay-clock", Clock);
