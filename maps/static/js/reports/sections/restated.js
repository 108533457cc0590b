// Figures of this storm that a change of the rules restated: when, from what, to what, and why.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { date, t, time } from "../../pages/texts.js";
import { council } from "../state.js";
import { kilometres, share } from "../words.js";

const FEW = 3; // more are opened by whoever wants to read them

const causes = () => ({
  snowfall: t("snowfall entries were changed"),
  levels: t("levels of service were changed"),
});

const line = (one) =>
  html`<li>${t("{date} at {time}, {cause}: late {late_before} → {late_after}, within target {before} → {after}.", {
    date: date(one.at),
    time: time(one.at),
    cause: causes()[one.cause],
    late_before: kilometres(one.late_before_m),
    late_after: kilometres(one.late_after_m),
    before: share(one.within_before),
    after: share(one.within_after),
  })}</li>`;

class Restated extends Part {
  get stores() {
    return [council];
  }

  render() {
    const { view } = council.value;
    if (!view?.restated.length) return "";
    return html`<section class="restated" role="note" aria-labelledby="restated-title">
      <h2 id="restated-title">${t("Restated figures")}</h2>
      <p>${t("All figures follow the rules of today, those of earlier moments too. These changes of the rules restated the figures of their moment:")}</p>
      <details ?open=${view.restated.length <= FEW}><summary>${t("{count} changes of the rules", { count: view.restated.length })}</summary>
        <ul>${view.restated.map(line)}</ul>
      </details>
    </section>`;
  }
}
customElements.define("council-restated", Restated);
