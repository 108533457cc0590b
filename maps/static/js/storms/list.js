// All storms, and how the next one begins: as a forecast, or at once.
import { html } from "lit";
import { now } from "../pages/boot.js";
import { Part } from "../pages/element.js";
import { post } from "../pages/net.js";
import { duration, named, nameHere, number, t } from "../pages/texts.js";
import { weatherPart } from "../weather/section.js";
import { weather } from "../weather/state.js";
import { mayDispatch, order, storms } from "./state.js";
import { cm, refused, stamp, when } from "./words.js";

const HOUR_MS = 3600000;

function forecast(event) {
  event.preventDefault();
  const told = Object.fromEntries(new FormData(event.target));
  return order("forecast", async () => {
    const row = await post("/api/storms/forecast", told);
    location.assign(`/storms/${row.id}`);
  });
}

const lasted = (row) =>
  row.ended_at ? duration(Date.parse(row.ended_at) - Date.parse(row.started_at)) : duration(now() - Date.parse(row.started_at));

const began = (row) => !["forecast", "alert", "called_off"].includes(row.phase);

function line(row) {
  const { sums } = row;
  const jobs = sums.jobs_open + sums.jobs_done + sums.jobs_cancelled;
  return html`<tr>
    <th scope="row"><a href="/storms/${row.id}"><bdi>${nameHere(row.name)}</bdi></a></th>
    <td><span class="phase phase-${row.phase}">${named("phase", row.phase)}</span></td>
    <td data-head=${t("Start")}>${when(row.started_at)}</td>
    <td data-head=${t("Length of time")}>${began(row) ? lasted(row) : t("not begun")}</td>
    <td data-head=${t("Snow")}>${row.fallen_cm === null ? "–" : cm(row.fallen_cm)}</td>
    <td data-head=${t("Jobs done")}>${jobs ? t("{done} of {all}", { done: sums.jobs_done, all: jobs }) : "–"}</td>
    <td data-head=${t("Plans")}>${number(sums.plans)}</td>
    <td data-head=${t("Corrections of evidence")}>${number(sums.revisions)}</td>
    <td>${began(row) ? html`<a class="quiet" href="/replay?storm=${row.id}"><span class="icon icon-history" aria-hidden="true"></span>${t("Replay")}</a>` : ""}</td>
  </tr>`;
}

const HEADS = ["Name of the storm", "Phase", "Start", "Length of time", "Snow", "Jobs done", "Plans", "Corrections of evidence"];

class StormList extends Part {
  get stores() {
    return [storms, weather];
  }

  form() {
    if (!mayDispatch) return "";
    return html`<details class="card" ?open=${storms.value.list.length === 0}>
      <summary>${t("Snow is forecast …")}</summary>
      <form class="fields" @submit=${forecast}>
        <div class="field"><label for="name">${t("Name of the storm")}</label><input id="name" name="name" required maxlength="80" autocomplete="off" dir="auto"></div>
        <div class="field"><label for="begins_at">${t("Expected to begin")}</label><input id="begins_at" name="begins_at" required dir="ltr" autocomplete="off" .value=${stamp(now() + 6 * HOUR_MS)}></div>
        <div class="field"><label for="phase">${t("Phase")}</label><select id="phase" name="phase"><option value="forecast">${named("phase", "forecast")}</option><option value="alert">${named("phase", "alert")}</option></select></div>
        <button class="primary">${t("Save the storm")}</button>
      </form>
      <p class="small muted">${t("Jobs and shifts are made when the storm becomes active. Where snow falls already, start the storm on the board.")}</p>
      ${refused("forecast")}
    </details>`;
  }

  render() {
    const { list, broken } = storms.value;
    if (broken) return html`<p class="problem" role="alert">${broken}</p>`;
    if (!list) return html`<div class="skeleton" aria-hidden="true"></div>`;
    return html`${this.form()} ${weatherPart(null)}
      ${
        list.length
          ? html`<div class="scroll" tabindex="0" role="region" aria-label=${t("Storms")}><table class="all-storms">
              <thead><tr>${HEADS.map((head) => html`<th scope="col">${t(head)}</th>`)}<td></td></tr></thead>
              <tbody>${list.map(line)}</tbody>
            </table></div>`
          : html`<p class="empty">${t("There has been no storm.")} ${t("Each storm stands here with its snow, what it cost and its audit log.")}</p>`
      }`;
  }
}
customElements.define("storm-list", StormList);
