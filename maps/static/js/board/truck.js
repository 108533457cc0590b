// A truck: what it does now and the route it was given.
import { html } from "lit";
import { age, length, named, number, t, time } from "../core/texts.js";
import { driverFacts } from "./drivers.js";
import { facts } from "./facts.js";
import { board } from "./state.js";
import { alertFacts, checkFacts } from "./watch.js";

/** The published route of a truck, if it has one. */
export const routeOf = (vehicleId) =>
  board.value.plan?.routes?.find((route) => route.vehicle_id === vehicleId);

const speed = (vehicle) =>
  vehicle.speed_mps == null ? null : t("{value} km/h", { value: Math.round(vehicle.speed_mps * 3.6) });

function routeFacts(route) {
  if (!route) return html`<p class="muted small">${t("The published plan gives this truck no route.")}</p>`;
  return html`<h3>${t("Its route")}</h3>
    ${facts([
      [t("Hours"), html`<bdi dir="ltr">${time(route.starts_at)}–${time(route.ends_at)}</bdi>`],
      [t("Clearing"), length(route.work_m)],
      [t("Driving between"), length(route.drive_m)],
      [t("Reloads"), number(route.reloads ?? 0)],
    ])}
    <p class="muted small">${t("The line on the map is the plan; colors are only what trucks proved.")}</p>`;
}

/** Everything about one truck. */
export function truckPanel(id) {
  const vehicle = board.value.vehicles.get(id);
  if (!vehicle) return html`<p class="muted">${t("error:not_found")}</p>`;
  return html`<h2><bdi>${vehicle.name}</bdi></h2>
    ${alertFacts(id)} ${facts([
      [
        t("Doing"),
        html`<span class="dot truck-${vehicle.state}" aria-hidden="true"></span> ${named("truck", vehicle.state)}`,
      ],
      [t("Machine"), named("machine", vehicle.type)],
      [t("Speed"), vehicle.state === "silent" ? null : speed(vehicle)],
      [
        t("Last position"),
        vehicle.fixed_at
          ? t("{span} ago ({time})", { span: age(vehicle.fixed_at), time: time(vehicle.fixed_at) })
          : t("never"),
      ],
    ])}
    ${driverFacts(id)} ${checkFacts(id)} ${routeFacts(routeOf(id))}`;
}
