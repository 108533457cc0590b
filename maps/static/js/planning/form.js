// Asking for a plan: how long to search, and for which classes, districts and machines.
import { html } from "lit";
import { boot } from "../pages/boot.js";
import { attempt } from "../pages/notices.js";
import { get, post } from "../pages/net.js";
import { named, t, time } from "../pages/texts.js";
import { board, mayDispatch, merge } from "../board/state.js";

const SECONDS = [10, 30, 60, 120, 300];

let seconds = 30;
let choices = null;
const chosen = { classes: new Set(), districts: new Set(), vehicles: new Set() };

const redraw = () => board.set({});
const narrowed = () => Object.values(chosen).some((set) => set.size > 0);

async function open(event) {
  if (!event.target.open) return;
  choices = (await attempt(() => get(`/api/plan-choices?lang=${boot.language}`))) ?? choices;
  if (!choices) return;
  const machines = new Set(choices.machines.map(({ id }) => id));
  for (const id of chosen.vehicles) if (!machines.has(id)) chosen.vehicles.delete(id);
  redraw();
}

function choose(set, value, wanted) {
  if (wanted) set.add(value);
  else set.delete(value);
  redraw();
}

function everything() {
  Object.values(chosen).forEach((set) => set.clear());
  redraw();
}

async function askForPlan(event) {
  event.preventDefault();
  const options = Object.fromEntries(Object.entries(chosen).map(([name, set]) => [name, [...set]]));
  const run = await attempt(() => post("/api/plans", { seconds, ...options }));
  if (run) merge("runs", [run]);
}

/** Ask for a plan of everything that is open. */
export async function planNow() {
  everything();
  const run = await attempt(() => post("/api/plans", { seconds }));
  if (run) merge("runs", [run]);
}

const box = (set, value, label, note) => html`<label class="tick"
  ><input type="checkbox" .checked=${set.has(value)} @change=${(event) => choose(set, value, event.target.checked)} /><span
    ><bdi>${label}</bdi> <span class="muted small">${note}</span></span
  ></label
>`;

const jobs = (count) => t("open jobs:{count}", { count });

function groups() {
  if (!choices) return html`<p class="muted small">${t("Loading…")}</p>`;
  const { classes, districts, machines } = choices;
  return html`<fieldset>
      <legend>${t("Priority classes")}</legend>
      ${classes.map(({ name, jobs: count }) => box(chosen.classes, name, named("class", name), jobs(count)))}
    </fieldset>
    ${
      districts.length
        ? html`<fieldset class="long">
            <legend>${t("Districts")}</legend>
            ${districts.map(({ name, label, jobs: count }) => box(chosen.districts, name, label, jobs(count)))}
          </fieldset>`
        : ""
    }
    <fieldset class="long">
      <legend>${t("Machines")}</legend>
      ${machines.map(({ id, name, until }) => box(chosen.vehicles, id, name, t("until {time}", { time: time(until) })))}
    </fieldset>`;
}

/** The form, closed to all who only look. */
export function planForm() {
  if (!mayDispatch) return "";
  return html`<form class="ask" @submit=${askForPlan}>
    <label
      ><span>${t("Time to search")}</span
      ><select @change=${(event) => (seconds = Number(event.target.value))}>
        ${SECONDS.map((choice) => html`<option value=${choice} ?selected=${choice === seconds}>${t("{count} s", { count: choice })}</option>`)}
      </select></label
    >
    <button class="primary">${board.value.plan ? t("Make a new plan") : t("Make a plan")}</button>
    <details class="narrow-plan" @toggle=${open}>
      <summary>${narrowed() ? t("Only for a part of the work") : t("For everything that is open")}</summary>
      <p class="muted small">${t("Nothing ticked means all of them. What trucks have ahead stays on a truck, and machines that are not ticked keep their routes.")}</p>
      ${groups()}
      ${narrowed() ? html`<button type="button" class="quiet" @click=${everything}>${t("Plan for everything again")}</button>` : ""}
    </details>
  </form>`;
}
