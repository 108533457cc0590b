// A truck: what it does now and next, its load and hours, its driver, what was seen of it, and its route.
import { html } from "lit";
import { now } from "../pages/boot.js";
import { attempt } from "../pages/notices.js";
import { post } from "../pages/net.js";
import { age, brief, length, named, number, streetName, t, time } from "../pages/texts.js";
import { outFacts, shiftOf } from "../shifts/route-answers.js";
import { detailsOf, reloadDetails } from "./details.js";
import { driverFacts } from "../shifts/drivers.js";
import { truckEdit } from "../edits/panels.js";
import { orderPart } from "../edits/routes.js";
import { facts } from "../pages/facts.js";
import { brokenPart, truckOrders } from "../replanning/replan.js";
import { board, choose, mayDispatch } from "./state.js";
import { alertFacts, checkFacts } from "../alerts/server-alerts.js";

const MINUTE_MS = 60000;
const LATE_MS = 10 * MINUTE_MS;

/** The published route of a truck, if it has one. */
export const routeOf = (vehicleId) =>
  board.value.plan?.routes?.find((route) => route.shift_id === shiftOf(vehicleId)?.id);

const speed = (vehicle) =>
  vehicle.speed_mps == null ? null : t("{value} km/h", { value: Math.round(vehicle.speed_mps * 3.6) });

function routeFacts(route) {
  if (!route) return html`<p class="muted small">${t("The published plan gives this truck no route.")}</p>`;
  return html`<h3>${t("Its route")}</h3>
    ${facts([
      [t("Hours"), html`<bdi dir="ltr">${time(route.starts_at)}–${time(route.ends_at)}</bdi>`],
      [t("Plowing"), length(route.work_m)],
      [t("Deadhead"), length(route.drive_m)],
      [t("Reloads"), number(route.reloads ?? 0)],
    ])}
    <p class="muted small">${t("The line on the map is the plan; colors show only what trucks have proved.")}</p>`;
}

function legItem(leg, truck, first) {
  const late = Date.parse(leg.expected_at) - Date.parse(leg.ends_at);
  const place = leg.street ? html`<bdi>${streetName(leg.street)}</bdi>` : "";
  const street =
    leg.segment_id === null
      ? place
      : html`<button class="link" @click=${() => choose("street", leg.segment_id, { vehicle: truck, leg: leg.number })}>${place}</button>`;
  return html`<li class=${first ? "present" : ""}>
    <span class="lane-bar ${leg.kind}" aria-hidden="true"></span>
    <span>${named("leg_kind", leg.kind)} ${street}</span>
    <span class="when ${late >= LATE_MS ? "danger" : ""}">${leg.expected_at === null ? "–" : time(leg.expected_at)}</span>
  </li>`;
}

function legs(details) {
  if (details.legs.length === 0) return "";
  return html`<section class="next-legs">
    <h3>${t("Now and next")}</h3>
    <ol class="legs">${details.legs.map((leg, i) => legItem(leg, details.vehicle_id, i === 0))}</ol>
    <p class="muted small">${t("ahead:{count}", { count: details.ahead })}</p>
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
    ? t("{span} left, until {time}", { span: brief(left), time: until })
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

/** The driver's number to call, or a field to write it down. */
function call(details) {
  if (!details.driver) return "";
  if (details.phone) {
    return html`<a class="button wide" href="tel:${details.phone.replace(/[^+\d]/g, "")}">
      <span class="icon icon-phone" aria-hidden="true"></span>${t("Call {who}", { who: `\u2068${details.driver}\u2069` })} <bdi dir="ltr">${details.phone}</bdi>
    </a>`;
  }
  if (!mayDispatch) return "";
  return html`<form class="ask" @submit=${(event) => keepPhone(event, details.driver)}>
    <label><span>${t("Phone of the driver")}</span><input name="phone" type="tel" dir="ltr" maxlength="30" required /></label>
    <button>${t("Keep it")}</button>
  </form>`;
}

function detailFacts(details) {
  if (!details) return html`<div class="skeleton" aria-hidden="true"></div>`;
  return html`${facts([
      [t("Load by the plan"), load(details)],
      [t("Hours of service"), hours(details)],
      [t("Actual"), evidence(details)],
    ])}
    ${call(details)} ${legs(details)}`;
}

/** Everything about one truck; messages to its driver come in an element of their own. */
export function truckPanel(id) {
  const vehicle = board.value.vehicles.get(id);
  if (!vehicle) return html`<p class="muted">${t("error:not_found")}</p>`;
  return html`<h2><bdi>${vehicle.name}</bdi></h2>
    ${brokenPart(id)} ${alertFacts(id)} ${facts([
      [
        t("Status"),
        html`<span class="dot truck-${vehicle.state}" aria-hidden="true"></span> ${named("truck", vehicle.state)}`,
      ],
      [t("Machine"), named("machine", vehicle.type)],
      [t("Out of service"), outFacts(id)],
      [t("Speed"), vehicle.state === "silent" ? null : speed(vehicle)],
      [
        t("Last position"),
        vehicle.fixed_at
          ? t("{span} ago ({time})", { span: age(vehicle.fixed_at), time: time(vehicle.fixed_at) })
          : t("never"),
      ],
    ])}
    ${orderPart(id)} ${detailFacts(detailsOf("truck", id))}
    <truck-messages .vehicle=${id}></truck-messages>
    ${driverFacts(id)} ${checkFacts(id)} ${truckEdit(id)} ${routeFacts(routeOf(id))} ${truckOrders(id)}`;
}
