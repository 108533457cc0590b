// The timeline as lists: for who cannot see bars, or would rather read.
import { html } from "lit";
import { named, number, t, time, times } from "../../pages/texts.js";
import "../long-list.js";
import { choose, selection } from "../state.js";
import { stateOf } from "./lanes.js";
import { doneWords, lateWords } from "./words.js";

const LEG_PX = 36;

function truckRow(lane, chosen) {
  const { ends_at: expected, end } = lane.became;
  return html`<tr aria-selected=${lane.vehicle === chosen}>
    <th scope="row"><button class="link" @click=${() => choose("truck", lane.vehicle)}><bdi>${lane.name}</bdi></button></th>
    <td>${doneWords(lane)}</td>
    <td class=${lane.became.late_s >= 600 ? "danger" : ""}>${lateWords(lane)}</td>
    <td>${time(lane.ends.at(-1))}</td>
    <td>${end ? html`<bdi>${times(end.earliest_at, end.latest_at)}</bdi>` : expected === null ? "" : time(expected)}</td>
  </tr>`;
}

function trucks(lanes, chosen) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t("Trucks of the plan")}>
    <table class="classes">
      <thead>
        <tr>
          <th scope="col">${t("Truck")}</th><th scope="col">${t("Legs done")}</th><th scope="col">${t("Now")}</th>
          <th scope="col">${t("Planned end")}</th><th scope="col">${t("Expected end")}</th>
        </tr>
      </thead>
      <tbody>${lanes.map((lane) => truckRow(lane, chosen))}</tbody>
    </table>
  </div>`;
}

function legRow({ lane, leg }) {
  const at = lane.became.done.get(leg);
  return html`<span class="leg leg-${stateOf(lane, leg)}" aria-hidden="true"></span>
    <span class="what"><bdi>${times(lane.starts[leg], lane.ends[leg])}</bdi> · ${number(leg + 1)} · ${named("leg_kind", lane.kinds[leg])}</span>
    <span class="when">${named("leg", stateOf(lane, leg))}${at ? ` · ${time(at)}` : ""}</span>`;
}

function legs(lane, take, leg) {
  if (!lane) return html`<p class="muted small tally">${t("Choose a truck to read its legs.")}</p>`;
  const items = lane.kinds.map((_, i) => ({ id: i, lane, leg: i }));
  return html`<long-list
    .label=${t("Legs of {truck}", { truck: lane.name })}
    .name=${"legs"}
    .items=${items}
    .selected=${leg}
    .height=${LEG_PX}
    .row=${legRow}
    .choose=${(id) => take(lane, id)}
  ></long-list>`;
}

/** Trucks of the plan as a table, and beside it the legs of the one that is chosen; `take` chooses one. */
export function timelineTable(lanes, leg, take) {
  const { chosen } = selection.value;
  const truck = chosen?.kind === "truck" ? chosen.id : selection.value.leg?.vehicle;
  const lane = lanes.find((one) => one.vehicle === truck);
  return html`<div class="lane-table">${trucks(lanes, truck)}${legs(lane, take, leg)}</div>`;
}
