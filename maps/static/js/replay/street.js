// The street that is chosen: what was known of it at the moment that is shown, and what was seen there until then.
import { html } from "lit";
import { boot } from "../pages/boot.js";
import { Part } from "../pages/element.js";
import { get } from "../pages/net.js";
import { passWords } from "../streets/passes.js";
import { Store } from "../pages/store.js";
import { day, duration, length, named, percent, streetName, t, time } from "../pages/texts.js";
import { colorsNow, momentAt, play, seek, shown, storm } from "./state.js";

const SHOWN = 6;
const TOUCHED = 0.05; // a smaller share of a street is the truck turning into another one
const LEAD_S = 30; // before a pass, so that one sees the truck come

const past = new Store({ street: null, failed: null });

async function ask(id) {
  const { view } = storm.value;
  try {
    const street = await get(`/api/replay/${view.storm.id}/streets/${id}`);
    if (shown.value.street === id && storm.value.view === view) past.set({ street, failed: null });
  } catch (error) {
    past.set({ failed: error.message });
  }
}

shown.follow(({ street }, changes) => {
  if (!("street" in changes)) return;
  past.set({ street: null, failed: null });
  if (street !== null) ask(street);
});

const clock = (at) => t("{day}, {time}", { day: day(momentAt(at)), time: time(momentAt(at)) });

const before = (at, then) => t("{span} before", { span: duration((at - then) * 1000) });

function proof(step, at) {
  if (step?.cleared_s != null)
    return html`${t("Cleared on {when}", { when: clock(step.cleared_s) })} <span class="muted">(${before(at, step.cleared_s)})</span>`;
  if (step?.driven_s != null && step.driven_s <= at)
    return t("A machine drove through on {when}, without proof of plowing.", { when: clock(step.driven_s) });
  return t("No machine had been seen here in this storm by then.");
}

function way(street, { forward, steps }, at) {
  const step = steps.findLast((one) => one.at_s <= at);
  const state = boot.states[colorsNow(street.id)[forward ? 0 : 1]]?.name; // none while the hour is on the way
  const word = street.ways.length === 1 ? t("The street") : forward ? t("One way") : t("The other way");
  return html`<div class="way">
    <h3>${word}</h3>
    ${state ? html`<p><span class="swatch state-${state}" aria-hidden="true"></span> ${named("state", state)}</p>` : ""}
    <p class="small">${proof(step, at)}</p>
    ${step?.evidence ? html`<p class="small muted">${t("Evidence: {kind}", { kind: named("evidence", step.evidence) })}</p>` : ""}
    ${step ? html`<p class="small muted">${passWords(step, state)}</p>` : ""}
  </div>`;
}

function pass(street, one) {
  const vehicle = storm.value.view.vehicles[one.vehicle]?.name;
  const words = [
    one.treatment ? named("evidence", one.evidence) : t("only driven through"),
    t("{share} of the length", { share: percent(one.share) }),
  ];
  if (street.ways.length > 1) words.push(one.forward ? t("One way") : t("The other way"));
  return html`<li><button class="quiet" type="button" title=${t("Show this moment")} @click=${() => seek(one.from_s - LEAD_S)}>
    <time>${clock(one.to_s)}</time><span>${words.join(" · ")}${vehicle ? html` · <bdi>${vehicle}</bdi>` : ""}</span>
  </button></li>`;
}

class Street extends Part {
  get stores() {
    return [past, storm];
  }

  connectedCallback() {
    super.connectedCallback();
    this.leavePlay = play.follow(() => this.drawn !== this.moment() && this.requestUpdate());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.leavePlay();
  }

  /** The second that is shown; while a storm is played fast, it is drawn anew twice a second at most. */
  moment() {
    const { at, running, speed, waits } = play.value;
    if (shown.value.street === null) return null;
    return `${Math.floor(at / (running ? Math.max(1, speed / 2) : 1))}${waits}`;
  }

  render() {
    this.drawn = this.moment();
    const { street, failed } = past.value;
    if (shown.value.street === null || !storm.value.view?.storm) return "";
    const close = html`<button class="quiet close" type="button" aria-label=${t("Close")} @click=${() => shown.set({ street: null })}>
      <span class="icon icon-x" aria-hidden="true"></span>
    </button>`;
    if (failed) return html`<aside class="past">${close}<p class="problem" role="alert">${failed}</p></aside>`;
    if (!street) return html`<aside class="past">${close}<div class="skeleton" aria-hidden="true"></div></aside>`;
    const { at } = play.value;
    const passes = street.passes.filter(({ share }) => share >= TOUCHED);
    const seen = passes.filter((one) => one.to_s <= at).reverse();
    const later = passes.find((one) => one.to_s > at);
    return html`<aside class="past" aria-label=${t("The street at this moment")}>
      ${close}
      <h2><bdi>${streetName(street.names)}</bdi></h2>
      <p class="small muted">${named("road", street.road_class)} · ${named("class", street.service_class)} · ${length(street.length_m)}</p>
      ${street.ways.map((one) => way(street, one, at))}
      ${seen.length ? html`<h3>${t("Seen until now ({count})", { count: seen.length })}</h3>` : ""}
      <ul class="seen">${seen.slice(0, SHOWN).map((one) => pass(street, one))}</ul>
      ${later ? html`<button type="button" @click=${() => seek(later.from_s - LEAD_S)}>${t("To the next pass here ({when})", { when: clock(later.from_s) })}</button>` : ""}
    </aside>`;
  }
}
customElements.define("replay-street", Street);
