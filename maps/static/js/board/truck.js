// A truck: what one may order, what it does now and next, then its driver, what was seen of it, and its route.
import { html } from "lit";
import { auditLink } from "../audit/link.js";
import { now } from "../pages/boot.js";
import { attempt } from "../pages/notices.js";
import { post } from "../pages/net.js";
import { age, duration, length, named, number, streetName, t, time, times } from "../pages/texts.js";
import { outFacts } from "../shifts/route-answers.js";
import { isPast, shiftOf, stateOf, stateSign } from "../shifts/truck-states.js";
import { detailsOf, reloadDetails } from "./details.js";
import { reportsOfTruck } from "../shifts/blockage.js";
import { driverFacts, progress } from "../shifts/drivers.js";
import { truckEdit } from "../edits/panels.js";
import { orderPart } from "../edits/routes.js";
import { facts } from "../pages/facts.js";
import { brokenPart, truckOrders } from "../replanning/replan.js";
import { board, choose, mayDispatch } from "./state.js";
import { trackPart } from "./track/panel.js";
import { truckActions } from "./truck-actions.js";
import { alertFacts } from "../alerts/alert-panel.js";
import { checkFacts, lateness } from "../alerts/server-alerts.js";

const LATE_MIN = 10;

/** The published route of a truck, if it has one. */
export const routeOf = (vehicleId) =>
  board.value.plan?.routes?.find((route) => route.shift_id === shiftOf(vehicleId)?.id);

const speed = (vehicle) =>
  vehicle.speed_mps == null ? null : t("{value} km/h", { value: Math.round(vehicle.speed_mps * 3.6) });

function routeFacts(route) {
  if (!route) return html`<p class="muted small">${t("The published plan gives this truck no route.")}</p>`;
  return html`<h3>${t("Its route")}</h3>
    ${facts([
      [t("Hours"), html`<bdi>${times(route.starts_at, route.ends_at)}</bdi>`],
      [t("Ends"), route.end ? html`<bdi>${times(route.end.earliest_at, route.end.latest_at)}</bdi>` : null],
      [t("Plowing"), length(route.work_m)],
      [t("Deadhead"), length(route.drive_m)],
      [t("Reloads"), number(route.reloads ?? 0)],
    ])}
    <p class="muted small">${t("The line on the map is the plan; colors show only what trucks have proved.")}</p>`;
}

/** "Imam to Mill Street, 1.2 km, both directions": what of a run's street is to be done. */
function stretch({ kind, start, end, length_m: metres, both_ways: both }) {
  const [from, to] = [start, end].map((name) => name && streetName(name));
  const between = from && to && from !== to ? t("{start} to {end}", { start: from, end: to }) : from ? t("from {start}", { start: from }) : "";
  const far = kind === "work" || kind === "drive" ? length(metres) : "";
  return [between, far, both ? t("both directions") : ""].filter(Boolean).join(t(", "));
}

function runItem(run, truck, first) {
  const place = run.street ? html`<bdi>${streetName(run.street)}</bdi>` : "";
  const street =
    run.segment_id === null
      ? place
      : html`<button class="link" @click=${() => choose("street", run.segment_id, { vehicle: truck, leg: run.leg })}>${place}</button>`;
  return html`<li class=${first ? "present" : ""}>
    <span class="lane-bar ${run.kind}" aria-hidden="true"></span>
    <span>${run.kind === "work" ? "" : named("leg_kind", run.kind)} ${street} <span class="muted small stretch">${stretch(run)}</span></span>
    <span class="when ${run.late_min >= LATE_MIN ? "danger" : ""}">${run.expected_at === null ? "–" : time(run.expected_at)}</span>
  </li>`;
}

function nextRuns(details) {
  if (details.runs.length === 0) return "";
  return html`<section class="next-legs">
    <h3>${isPast(details.vehicle_id) ? t("Left on its route") : t("Now and next")}</h3>
    <ol class="legs">${details.runs.map((run, i) => runItem(run, details.vehicle_id, i === 0))}</ol>
    <p class="muted small">${details.more > 0 ? html`${t("more runs:{count}", { count: details.more })} · ` : ""}${t("{length} of work ahead in all", { length: length(details.left_m) })}</p>
  </section>`;
}

function load(details) {
  if (details.load_kg === null || details.hopper_kg <= 0) return null;
  const share = Math.min(1, details.load_kg / details.hopper_kg);
  return html`<meter min="0" max="1" low="0.2" .value=${share} aria-label=${t("Load")}></meter>
    ${t("{kg} of {all} kg", { kg: Math.round(details.load_kg), all: Math.round(details.hopper_kg) })}`;
}

function hours(details) {
  if (details.shift_ends_at === null) return null;
  const left = Date.parse(details.shift_ends_at) - now();
  const until = time(details.shift_ends_at);
  return left > 0
    ? t("{span} left, until {time}", { span: duration(left), time: until })
    : html`<strong class="danger">${t("over since {time}", { time: until })}</strong>`;
}

function evidence(details) {
  if (details.worked.length === 0) return null;
  const passes = details.worked.reduce((sum, one) => sum + one.passes, 0);
  const metres = details.worked.reduce((sum, one) => sum + one.length_m, 0);
  const kinds = details.worked.map((one) => t("{kind}: {count}", { kind: named("evidence", one.evidence), count: one.passes })).join(" · ");
  const last = details.worked.map((one) => one.last_at).sort().at(-1);
  return html`${t("passes:{count}", { count: passes })} · ${length(metres)}
    <span class="muted small">${kinds}</span>
    <span class="muted small">${t("last at {time}", { time: time(last) })}${details.last_street ? html` · <bdi>${streetName(details.last_street)}</bdi>` : ""}</span>`;
}

async function keepPhone(event, login) {
  event.preventDefault();
  const { phone } = Object.fromEntries(new FormData(event.target));
  if (await attempt(() => post("/api/drivers/phone", { login, phone }))) reloadDetails();
}

/** A field for the driver's number, where nobody has written it down. */
function phoneField(details) {
  if (!details.driver || details.phone || !mayDispatch) return "";
  return html`<form class="ask" @submit=${(event) => keepPhone(event, details.driver)}>
    <label><span>${t("Phone of the driver")}</span><input name="phone" type="tel" dir="ltr" maxlength="30" required /></label>
    <button>${t("Keep it")}</button>
  </form>`;
}

const lastSeen = ({ fixed_at: at }) => (at ? t("{span} ago ({time})", { span: age(at), time: time(at) }) : t("never"));

/** The machine, and where and how it was last seen. */
const machineFacts = (vehicle, details) => html`<h3>${t("Machine")}</h3>
  ${facts([
    [t("Machine"), named("machine", vehicle.type)],
    [t("Out of service"), outFacts(vehicle.id)],
    [t("Speed"), stateOf(vehicle) === "silent" ? null : speed(vehicle)],
    [t("Last position"), lastSeen(vehicle)],
    [t("Load by the plan"), details ? load(details) : null],
    [t("Actual"), details ? evidence(details) : null],
  ])}`;

const seen = ({ fixed_at: at }) => (at ? t("seen {span} ago ({time})", { span: age(at), time: time(at) }) : "");

/** What a truck does now, how far its route is and how late it drives it. */
function doing(vehicle) {
  const late = isPast(vehicle.id) ? "" : lateness(vehicle.id);
  const facts = [progress(vehicle.id), late, seen(vehicle)].filter(Boolean);
  return html`<p class="doing">${stateSign(vehicle)}
    <span class="muted small">${facts.map((fact, i) => html`${i > 0 ? " · " : ""}${fact}`)}</span></p>`;
}

/** One truck: what it does, what one may order, what it does next; then all else that is known. */
export function truckPanel(id) {
  const vehicle = board.value.vehicles.get(id);
  if (!vehicle) return html`<p class="muted">${t("error:not_found")}</p>`;
  const details = detailsOf("truck", id);
  return html`<h2><bdi>${vehicle.name}</bdi></h2>
    ${doing(vehicle)} ${brokenPart(id)} ${alertFacts(id)} ${reportsOfTruck(id)} ${truckActions(id, details)} ${orderPart(id)}
    ${details ? nextRuns(details) : html`<div class="skeleton" aria-hidden="true"></div>`}
    ${trackPart(id)} ${driverFacts(id, details ? hours(details) : null)} ${details ? phoneField(details) : ""}
    ${checkFacts(id)} ${machineFacts(vehicle, details)}
    ${truckEdit(id)} ${routeFacts(routeOf(id))} ${truckOrders(id)} ${auditLink(`vehicle=${id}`)}`;
}
