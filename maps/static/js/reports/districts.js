// The districts as small multiples: the same picture for each, so that they can be compared at a glance.
import { html } from "lit";
import { Part } from "../pages/element.js";
import { t } from "../pages/texts.js";
import { course } from "./charts.js";
import { choice, council, districtName, filter } from "./state.js";
import { shareChange, withinRules, withinTarget } from "./words.js";

function look(key) {
  filter({ district: choice.value.district === key ? null : key });
}

/** Choose a district, and go to its streets that are late and the places that must be reached. */
function showWorst(key) {
  filter({ district: key });
  const title = document.getElementById("worst-title");
  title?.scrollIntoView({ block: "start" });
  title?.focus({ preventScroll: true }); // the next Tab goes on from there
}

class Districts extends Part {
  get stores() {
    return [council, choice];
  }

  district(view, part) {
    const name = districtName(part.name);
    const change = shareChange(part.now.within, part.earlier?.within);
    const tone = change ? ["worse", "same", "better"][change.tone + 1] : "same";
    return html`<li>
      <button type="button" class="district" aria-pressed=${choice.value.district === part.name} @click=${() => look(part.name)} title=${t("Show only this district on the map")}>
        <span class="name"><bdi>${name}</bdi></span>
        <span class="value"><strong>${withinTarget(part.now)}</strong>${change ? html`<span class="change ${tone}">${change.text}</span>` : ""}</span>
      </button>
      ${course(view.moments_s, part, t("{name}: lane-km in each state since the storm began", { name }))}
      <button type="button" class="link" @click=${() => showWorst(part.name)}>${t("Its worst streets")}<span class="unseen"> · <bdi>${name}</bdi></span></button>
      <p class="small muted">${t("{answered} of {asked} requests answered", { answered: part.now.answered, asked: part.now.asked })}</p>
    </li>`;
  }

  render() {
    const { view } = council.value;
    if (!view?.storm || !view.districts.some((part) => part.name)) return "";
    return html`<section class="parts" aria-labelledby="districts-title">
      <h2 id="districts-title">${t("Districts")}</h2>
      <p class="rules">${t("Share of lane-km within target, by the rule of each street's class:")} ${withinRules(view)}</p>
      <ul class="districts">${view.districts.filter((part) => part.now.lane_m > 0).map((part) => this.district(view, part))}</ul>
    </section>`;
  }
}
customElements.define("council-districts", Districts);
