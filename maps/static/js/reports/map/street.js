// The evidence behind one street's colors: when, what proves it, how many passes. No vehicle, no driver.
import { html } from "lit";
import { boot } from "../../pages/boot.js";
import { Part } from "../../pages/element.js";
import { get } from "../../pages/net.js";
import { passWords } from "../../streets/passes.js";
import { Store } from "../../pages/store.js";
import { date, duration, length, named, percent, streetName, t, time } from "../../pages/texts.js";
import { choice, choose, districtName, followStreets, live, query } from "../state.js";
import { stateName } from "../words.js";

const PROOFS_SHOWN = 8;

const shown = new Store({ street: null, failed: null });

async function ask(id) {
  const wanted = query();
  try {
    const street = await get(`/api/council/streets/${id}${wanted}`);
    if (choice.value.street !== id || wanted !== query()) return;
    shown.set({ street, failed: null });
    if (choice.value.bring) choice.set({ bring: false, reveal: street.place });
  } catch (error) {
    shown.set({ failed: error.message });
  }
}

choice.follow(({ street }, changes) => {
  if (!("street" in changes)) return;
  shown.set({ street: null, failed: null });
  if (street !== null) ask(street);
});
followStreets((ids) => {
  const { street } = choice.value;
  if (street !== null && ids.length && ids.includes(street)) ask(street);
});

const swatch = (state) => html`<span class="swatch state-${state}" aria-hidden="true"></span>`;

const moment = (at) => t("{date} at {time}", { date: date(at), time: time(at) });

function age(at, since) {
  return t("{span} before the time of this map", { span: duration(Date.parse(at) - Date.parse(since)) });
}

function proved(way, at) {
  if (way.last_pass_at)
    return html`<p>${t("Cleared on {when}", { when: moment(way.last_pass_at) })} <span class="muted">(${age(at, way.last_pass_at)})</span></p>`;
  return html`<p>${
    way.driven_at
      ? t("A machine drove through on {when}, without proof of plowing.", { when: moment(way.driven_at) })
      : t("No machine was seen clearing here in this storm.")
  }</p>`;
}

function wayFacts(way, street) {
  const state = boot.states[way.state]?.name ?? "not_due";
  const alone = street.ways.length === 1;
  const word = alone ? t("The street") : way.forward ? t("One way") : t("The other way");
  return html`<div class="way">
    <h3>${word}</h3>
    <p class="state">${swatch(state)} ${stateName(state, live())}</p>
    ${proved(way, street.at)}
    ${way.evidence ? html`<p>${t("Evidence: {kind}", { kind: named("evidence", way.evidence) })}</p>` : ""}
    ${way.passes_done ? html`<p>${passWords(way, state)}</p>` : ""}
  </div>`;
}

function promise(street) {
  if (street.cycle_s !== null)
    return t("cleared at least every {span}", { span: duration(street.cycle_s * 1000) });
  return t("on request, within {span}", { span: duration(street.deadline_s * 1000) });
}

function proofs(street) {
  if (street.proofs.length === 0) return "";
  const rows = street.proofs.slice(0, PROOFS_SHOWN);
  const alone = street.ways.length === 1;
  return html`<details class="proofs">
    <summary>${t("All passes seen here ({count})", { count: street.proofs.length })}</summary>
    <ol>${rows.map(
      (one) => html`<li>${moment(one.ended_at)} · ${named("evidence", one.evidence)} · ${t("{share} of the length", { share: percent(one.share) })}${
        alone ? "" : html` · ${one.forward ? t("One way") : t("The other way")}`
      }</li>`,
    )}</ol>
    ${street.proofs.length > PROOFS_SHOWN ? html`<p class="muted">${t("Only the last {count} are shown.", { count: PROOFS_SHOWN })}</p>` : ""}
  </details>`;
}

function reason(street) {
  const words = named("because", street.reason);
  return street.subject ? html`${words}: <bdi>${street.subject}</bdi>` : words;
}

class Side extends Part {
  get stores() {
    return [choice, shown];
  }

  /** A street that was just asked for comes into sight, and under the keyboard where it came from there. */
  updated() {
    const { street } = shown.value;
    if (!street || this.seen === street.id) {
      if (choice.value.street === null) this.seen = null;
      return;
    }
    this.seen = street.id;
    this.scrollIntoView({ block: "nearest" });
    if (choice.value.focus) this.querySelector("h3").focus({ preventScroll: true });
    choice.value.focus = false;
  }

  render() {
    const { street, failed } = shown.value;
    if (choice.value.street === null)
      return html`<p class="hint">${t("Click a street, or find it by its name, to see when it was cleared and what proves it.")}</p>`;
    if (failed) return html`<p class="problem" role="alert">${failed}</p>`;
    if (!street) return html`<div class="skeleton" aria-hidden="true"></div>`;
    return html`<article class="street" aria-live="polite">
      <button class="quiet close" type="button" @click=${() => choose(null)} aria-label=${t("Close")}><span class="icon icon-x" aria-hidden="true"></span></button>
      <h3 tabindex="-1"><bdi>${streetName(street.names)}</bdi></h3>
      <dl>
        <div><dt>${t("Kind of street")}</dt><dd>${named("road", street.road_class)} · ${length(street.length_m)}</dd></div>
        <div><dt>${t("Class")}</dt><dd>${named("class", street.service_class)} · ${reason(street)}</dd></div>
        <div><dt>${t("Promised")}</dt><dd>${promise(street)}</dd></div>
        ${street.district ? html`<div><dt>${t("District")}</dt><dd><bdi>${districtName(street.district)}</bdi></dd></div>` : ""}
      </dl>
      ${street.ways.map((way) => wayFacts(way, street))}
      ${proofs(street)}
    </article>`;
  }
}
customElements.define("council-side", Side);
