// Asking for a plan: how long to search, and for which classes, districts and machines.
import { html } from "lit";
import { boot } from "../pages/boot.js";
import { attempt } from "../pages/notices.js";
import { get, post } from "../pages/net.js";
import { named, t, time } from "../pages/texts.js";
import { board, mayDispatch } from "../board/state.js";
import { awaitDraft } from "./drafts.js";

const SECONDS = [10, 30, 60, 120, 300];

let wanted = 30;
let choices = null;
const chosen = { classes: new Set(), districts: new Set(), vehicles: new Set() };

const redraw = () => board.set({});

const longest = () => board.value.figures.longest_search_s ?? Infinity;

/** How long to search: as long as was chosen, where the draft would not be too old then; else the longest that may be. */
const seconds = () => Math.max(...SECONDS.filter((each) => each <= Math.min(wanted, longest())), 0) || longest();

function lengths() {
  const chosen = seconds();
  const all = SECONDS.includes(chosen) ? SECONDS : [chosen, ...SECONDS];
  return all.map((each) => html`<option value=${each} ?selected=${each === chosen} ?disabled=${each > longest()}>${t("{count} s", { count: each })}</option>`);
}

/** Why the longest searches cannot be chosen. */
const tooLong = () =>
  longest() < SECONDS.at(-1) ? html`<p class="muted small too-long">${t("At most {most} s now: after a longer search the draft would be too old to be published.", { most: longest() })}</p>` : "";
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
  const run = await attempt(() => post("/api/plans", { seconds: seconds(), ...options }));
  if (run) awaitDraft(run);
}

/** Ask for a plan of everything that is open. */
export async function planNow() {
  everything();
  const run = await attempt(() => post("/api/plans", { seconds: seconds() }));
  if (run) awaitDraft(run);
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
      ><select @change=${(event) => (wanted = Number(event.target.value))}>
        ${lengths()}
      </select></label
    >
    <button class="primary">${board.value.plan ? t("Make a new plan") : t("Make a plan")}</button>
    ${tooLong()}
    <details class="narrow-plan" @toggle=${open}>
      <summary>${narrowed() ? t("Only for a part of the work") : t("For everything that is open")}</summary>
      <p class="muted small">${t("Nothing ticked means all of them. What trucks have ahead stays on a truck, and machines that are not ticked keep their routes.")}</p>
      ${groups()}
      ${narrowed() ? html`<button type="button" class="quiet" @click=${everything}>${t("Plan for everything again")}</button>` : ""}
    </details>
  </form>`;
}
