// What stands beside the public map: of when it is, what colors mean, how far each class is, who reloads, the chosen street.
import { html } from "lit";
import { Part } from "../pages/element.js";
import { boot } from "../pages/boot.js";
import { featureState, stateGroups } from "../pages/map/coverage.js";
import { CLASSES } from "../streets/plowed-ages.js";
import { date, day, duration, named, percent, t, time } from "../pages/texts.js";
import { shown, streets } from "./state.js";

const MINUTE_MS = 60_000;

class PublicPart extends Part {
  get stores() {
    return [shown];
  }
}

/** What a state is called, of a moment that is over. */
function stateWords(name, view) {
  if (name === "progress") return t("Being plowed at {time}", { time: time(view.at) });
  return name === "not_due" ? t("Not cleared, not due so far") : named("state", name);
}

/** A moment by its time alone where it is of today. */
const moment = (at) => (day(at) === day(shown.value.view.at) && !shown.value.view.storm.ended_at ? time(at) : t("{day}, {time}", { day: day(at), time: time(at) }));

class Moment extends PublicPart {
  render() {
    const { view, failed, mapless } = shown.value;
    const trouble = failed
      ? html`<p class="problem" role="alert"><span class="icon icon-wifi-off" aria-hidden="true"></span>${failed}</p>`
      : "";
    if (mapless) return html`<p class="problem" role="alert">${t("This browser cannot draw the map. Ask for your street above.")}</p>`;
    if (!view) return trouble || html`<p class="muted" role="status">${t("The map is being loaded…")}</p>`;
    const { storm, at, delay_min: minutes } = view;
    const late = minutes ? t("It is shown {span} later on purpose, so that nobody can follow a truck.", { span: duration(minutes * MINUTE_MS) }) : "";
    return html`${trouble}
      <p class="moment">${
        storm === null
          ? t("No snow is being cleared at the moment.")
          : storm.ended_at === null
            ? t("As of {time}.", { time: time(at) })
            : t("The last storm ended on {date}. This is how the streets were then.", { date: date(storm.ended_at) })
      } <span class="muted">${storm && storm.ended_at === null ? late : ""}</span></p>`;
  }
}
customElements.define("public-moment", Moment);

class Legend extends PublicPart {
  entry(swatch, words) {
    return html`<li><span class="swatch ${swatch}" aria-hidden="true"></span>${words}</li>`;
  }

  view(ages, words) {
    return html`<button type="button" class="chip" aria-pressed=${shown.value.ages === ages} @click=${() => shown.set({ ages })}>${words}</button>`;
  }

  render() {
    const { view, ages } = shown.value;
    if (!view) return "";
    const entries = ages
      ? CLASSES.map(({ name, words }) => this.entry(name, words()))
      : stateGroups().map((name) => this.entry(`state-${name}`, stateWords(name, view)));
    return html`<div class="chips" role="group" aria-label=${t("View")}>
        ${this.view(false, t("State"))}${this.view(true, t("Time since cleared"))}
      </div>
      <ul class="legend-list">${entries}</ul>`;
  }
}
customElements.define("public-legend", Legend);

class Figures extends PublicPart {
  row({ service_class: name, clear, within }) {
    return html`<tr><th scope="row">${named("class", name)}</th><td>${percent(clear)}</td><td>${percent(within)}</td></tr>`;
  }

  reloading([district, count]) {
    const name = named("district", shown.value.view.districts[district]);
    return html`<li><span class="icon icon-truck" aria-hidden="true"></span>${t("reloading in {district}:{count}", { district: name, count })}</li>`;
  }

  render() {
    const { view } = shown.value;
    if (!view?.storm) return "";
    return html`${view.reloading.length ? html`<ul class="reloading">${view.reloading.map((one) => this.reloading(one))}</ul>` : ""}
      <table class="shares">
        <caption>${t("Progress of the work")}</caption>
        <thead><tr><th scope="col">${t("Streets")}</th><th scope="col">${t("clear")}</th><th scope="col">${t("within the city's time limits")}</th></tr></thead>
        <tbody>${view.shares.map((one) => this.row(one))}</tbody>
      </table>`;
  }
}
customElements.define("public-figures", Figures);

class Street extends PublicPart {
  cleared(id) {
    const [there, back] = streets.cleared.get(id) ?? [0, 0];
    const ways = (streets.states.get(id) ?? []).map((state, i) => (state === -1 ? null : [there, back][i])).filter((at) => at !== null);
    const { storm } = shown.value.view;
    if (!storm) return "";
    const never = t(storm.ended_at ? "not cleared in that storm" : "not cleared in this storm so far");
    const words = (atS) => (atS ? t("cleared at {time}", { time: moment(new Date(atS * 1000).toISOString()) }) : never);
    if (new Set(ways).size <= 1) return html`<p>${words(ways[0])}</p>`;
    return html`<ul>${ways.map((at, i) => html`<li>${t(i === 0 ? "One direction" : "The other direction")}: ${words(at)}</li>`)}</ul>`;
  }

  render() {
    const { street, view } = shown.value;
    if (!street) return html`<p class="muted">${t("Tap a street to see when it was cleared last.")}</p>`;
    const states = streets.states.get(street.id);
    if (!view || !states) return html`<p class="muted">${t("The map is being loaded…")}</p>`;
    const state = boot.states[featureState(states).s];
    return html`<section class="street">
      <h2>${street.name || t("Unnamed street")}</h2>
      <p><span class="swatch state-${state.group}" aria-hidden="true"></span>${stateWords(state.name, view)}</p>
      ${this.cleared(street.id)}
      <p><a href="/street?id=${street.id}&lang=${boot.language}">${t("More about this street")}</a></p>
    </section>`;
  }
}
customElements.define("public-street", Street);
