// The plan: start a storm, ask for routes, watch the search, publish what it found.
import { html } from "lit";
import { attempt } from "../core/notices.js";
import { post } from "../core/net.js";
import { length, named, number, percent, t, time } from "../core/texts.js";
import { facts } from "./facts.js";
import { listbox } from "./listbox.js";
import { board, choose, mayDispatch, merge, reload } from "./state.js";
import { endStorm, startStorm } from "./storm.js";

const SECONDS = [10, 30, 60, 120, 300];

let seconds = 30;

const newest = () => [...board.value.runs.values()].sort((one, other) => other.id - one.id)[0];

async function askForPlan(event) {
  event.preventDefault();
  const run = await attempt(() => post("/api/plans", { seconds }));
  if (run) merge("runs", [run]);
}

async function stop(run) {
  const stopped = await attempt(() => post(`/api/plan-runs/${run.id}/stop`));
  if (stopped !== undefined) merge("runs", [{ id: run.id, stop_requested: true, ...stopped }]);
}

const publish = (planId) =>
  attempt(async () => {
    await post(`/api/plans/${planId}/publish`);
    await reload();
  });

function progress(run) {
  const share = run.state === "queued" ? 0 : Math.min(1, run.elapsed_s / run.seconds);
  return html`<section class="run" aria-label=${t("Making a plan")}>
    <h3>${run.state === "queued" ? t("Waiting for a free planner") : t("Looking for better routes")}</h3>
    <progress max="1" .value=${share} aria-label=${t("Time used")}></progress>
    ${facts([
      [t("Time"), t("{used} of {all} s", { used: Math.round(run.elapsed_s), all: run.seconds })],
      [t("Best cost so far"), run.best == null ? t("none yet") : number(run.best)],
      [t("No plan can cost less than"), run.bound == null ? null : number(run.bound)],
      [t("Passes left out"), run.unserved == null ? null : number(run.unserved)],
    ])}
    ${
      mayDispatch
        ? html`<button class="wide" ?disabled=${run.stop_requested} @click=${() => stop(run)}>
          <span class="icon icon-square" aria-hidden="true"></span>${run.stop_requested ? t("Stopping…") : t("Stop and take the best")}
        </button>`
        : ""
    }
  </section>`;
}

function form() {
  if (!mayDispatch) return "";
  return html`<form class="ask" @submit=${askForPlan}>
    <label
      ><span>${t("Time to search")}</span
      ><select @change=${(event) => (seconds = Number(event.target.value))}>
        ${SECONDS.map((choice) => html`<option value=${choice} ?selected=${choice === seconds}>${t("{count} s", { count: choice })}</option>`)}
      </select></label
    >
    <button class="primary">${board.value.plan ? t("Make a new plan") : t("Make a plan")}</button>
  </form>`;
}

function draft(run) {
  if (run?.state !== "done" || !run.plan_id || run.plan_id === board.value.plan?.id) return "";
  if (board.value.plan && run.plan_id < board.value.plan.id) return "";
  return html`<section class="run">
    <h3>${t("A new plan is ready to publish.")}</h3>
    ${facts([
      [t("Cost"), run.best == null ? null : number(run.best)],
      [t("No plan can cost less than"), run.bound == null ? null : number(run.bound)],
      [t("Passes left out"), run.unserved == null ? null : number(run.unserved)],
    ])}
    ${
      mayDispatch
        ? html`<button class="primary wide" @click=${() => publish(run.plan_id)}><span class="icon icon-check" aria-hidden="true"></span>${t("Publish to the trucks")}</button>`
        : ""
    }
  </section>`;
}

function published(plan) {
  if (!plan)
    return html`<p class="muted">${mayDispatch ? t("No plan is published. Make one; it is checked before you see it.") : t("No plan is published yet.")}</p>`;
  const routes = plan.routes.map((route) => ({ ...route, id: route.vehicle_id }));
  return html`<p class="muted small">
      ${t("Revision {revision}, made at {time}", { revision: plan.revision, time: time(plan.made_at) })} ·
      ${t("routes:{count}", { count: routes.length })} · ${t("left:{count}", { count: plan.unserved })}
    </p>
    ${listbox({
      id: "routes",
      label: t("Routes"),
      items: routes,
      selected: undefined,
      choose: (id) => choose("truck", id),
      row: (
        route,
      ) => html`<span class="icon icon-truck" aria-hidden="true"></span><span class="what" dir="auto">${route.vehicle}</span>
        <span class="when"><bdi dir="ltr">${time(route.starts_at)}–${time(route.ends_at)}</bdi></span>
        <span class="sub">${t("{work} to clear, {drive} between", { work: length(route.work_m), drive: length(route.drive_m) })}</span>`,
    })}`;
}

function classRow({ service_class: name, length_m: all, done_m: done, late_m: late }) {
  return html`<tr>
    <th scope="row">${named("class", name)}</th>
    <td>${length(all)}</td>
    <td>${all > 0 ? percent(done / all) : t("none")}</td>
    <td class=${late > 0 ? "danger" : ""}>${late > 0 ? length(late) : t("none")}</td>
  </tr>`;
}

function classes() {
  const rows = board.value.classes;
  if (rows.length === 0) return "";
  return html`<table class="classes" id="classes">
    <caption>${t("By importance")}</caption>
    <thead>
      <tr><th scope="col">${t("Class")}</th><th scope="col">${t("Streets")}</th><th scope="col">${t("Clear")}</th><th scope="col">${t("Late")}</th></tr>
    </thead>
    <tbody>${rows.map(classRow)}</tbody>
  </table>`;
}

/** What to show when nothing is selected. */
export function planPanel() {
  const { storm, plan } = board.value;
  if (!storm) return startStorm();
  const run = newest();
  const running = run && (run.state === "queued" || run.state === "running");
  return html`<h2>${t("Plan")}</h2>
    ${running ? progress(run) : form()} ${draft(run)} ${published(plan)} ${classes()} ${endStorm(storm)}`;
}
