// What the storm cost: the city's own machines beside those that were called in, without any name.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { number, t } from "../../pages/texts.js";
import { council } from "../state.js";
import { inKilometres } from "../words.js";

const SIDES = ["own", "hired", "total"];

const estimated = () => html`<span class="small muted">${t("an estimate")}</span>`;

/** The lines of the table: their words, what each side has, and whether that is an estimate. */
const lines = (money) => [...work(), ...(money.total.cost > 0 ? prices(money) : [])];

const work = () => [
  [t("Machines"), (side) => number(side.machines)],
  [t("Paid hours"), (side) => number(side.paid_h, 1)],
  [t("Hours at work"), (side) => number(side.work_h, 1)],
  [t("km at work"), (side) => inKilometres(side.work_m)],
  [t("Material, t"), (side) => number(side.material_kg / 1000, 1), (side) => side.assumed_kg > 0],
  [t("Lane-km cleared, each time"), (side) => inKilometres(side.cleared_m), () => true, ["own", "hired"]],
];

/** The lines of money; there are none while nothing has a price. */
const prices = (money) => [
  [t("Machines, {currency}", money), (side) => number(side.machines_cost)],
  [t("Material, {currency}", money), (side) => number(side.material_cost), (side) => side.assumed_kg > 0],
  [t("Together, {currency}", money), (side) => html`<strong>${number(side.cost)}</strong>`],
  [
    t("Cost of a lane-km cleared, {currency}", money),
    (side) => (side.cost_per_km === null ? "" : html`<strong>${number(side.cost_per_km)}</strong>`),
    (side) => side.cost_per_km !== null,
    ["own", "hired"],
  ],
];

function row(money, [words, say, guessed = () => false, sides = SIDES]) {
  const both = money.own.machines > 0 && money.hired.machines > 0; // else nothing is shared out
  const mark = (name) => ((sides === SIDES || both) && sides.includes(name) && guessed(money[name]) ? estimated() : "");
  return html`<tr><th scope="row">${words}</th>${SIDES.map((name) => html`<td>${money[name].machines ? html`${say(money[name])} ${mark(name)}` : ""}</td>`)}</tr>`;
}

/** The crews' hours, and what they cost where that is set. */
function crews({ crews_h: hours, crews_cost: cost, currency }) {
  const values = { hours: number(hours, 1), cost: number(cost), currency };
  return cost > 0
    ? t("Crews beside them: {hours} hours of all their people, {cost} {currency}.", values)
    : t("Crews beside them: {hours} hours of all their people.", values);
}

class Money extends Part {
  get stores() {
    return [council];
  }

  notes(money) {
    return html`<ul class="said">
      ${money.crews_h > 0 ? html`<li>${crews(money)}</li>` : ""}
      ${money.open_hires ? html`<li>${t("{count} hires go on and are counted until now.", { count: money.open_hires })}</li>` : ""}
      ${money.doubtful_hires ? html`<li>${t("Of {count} hires the track shows clearly fewer hours than are paid.", { count: money.doubtful_hires })}</li>` : ""}
      ${money.total.cost === 0 ? html`<li>${t("No hourly rate of a machine and no price of material is set yet, so nothing can be said of money.")}</li>` : ""}
    </ul>`;
  }

  render() {
    const found = council.value.view?.money;
    if (!found || !found.total.machines) return "";
    const money = { ...found, currency: found.currency === "IRR" ? t("IRR") : found.currency };
    return html`<section class="numbers money" aria-labelledby="money-title">
      <h2 id="money-title">${t("What it cost")}</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="money-title"><table>
        <thead><tr><td></td><th scope="col">${t("The city's own")}</th><th scope="col">${t("Called in: reserve and contractors")}</th><th scope="col">${t("Together")}</th></tr></thead>
        <tbody>${lines(money).map((line) => row(money, line))}</tbody>
      </table></div>
      ${this.notes(money)}
      <details class="definition"><summary>${t("How costs are counted")}</summary>
        <p>${t("The whole city, until now or the end of the storm. Own machines are paid for their hours of service in shifts, machines called in from arrival to release, each at its hourly rate. Hours, kilometres and material come from positions; material is estimated where no spreader told how much it spread.")}</p>
        <p>${t("Lane-kilometres are counted each time that they were cleared. Nobody counts by which side: they are shared out by the kilometres at work, so the cost of one side is an estimate; that of both together is not.")}</p>
      </details>
    </section>`;
  }
}
customElements.define("council-money", Money);
