// One line of each list.
import { html } from "lit";
import { age, inLanguage, isolated, named, readable, t, time } from "../pages/texts.js";
import { dangersOf } from "../alerts/dangers.js";
import { answerSign, outSign } from "../shifts/route-answers.js";
import { progress } from "../shifts/drivers.js";
import { doingWords, phaseOf, restChip, stateOf } from "../shifts/truck-states.js";
import { board, outlined } from "./state.js";

const KIND_ICON = {
  plow: "snowflake",
  ice: "thermometer-snowflake",
  sidewalk: "footprints",
  tree: "tree-pine",
  haul: "shovel",
  blocked: "construction",
};

/** The picture of what is asked for. */
export const kindIcon = (kind) =>
  html`<span class="icon icon-${KIND_ICON[kind] ?? "snowflake"}" aria-hidden="true"></span>`;

/** Whether nobody knows yet where a request is; one that is placed waits for a storm, not for us. */
export const needsPin = (request) => request.state === "new" && request.lon == null;

/** What one calls the place of a request: its caller's words, or its street where those are in another script than the reader's. */
export function requestPlace(request) {
  const words = request.address || request.text;
  const street = inLanguage(request.street ?? {});
  if (street && (!words || (!readable(words) && readable(street)))) return street;
  return words || (outlined(request) ? named("kind", request.kind) : t("No address"));
}

/** A caller's words that are not said by the name of the place. */
export const otherWords = (request) => [request.address, request.text].filter((words) => words && words !== requestPlace(request));

/** A request: what, where, how old; who is in danger stands first. */
export const requestRow = (request) => html`${kindIcon(request.kind)}
  <span class="what"><bdi>${requestPlace(request)}</bdi></span>
  <span class="when">${age(request.received_at)}</span>
  <span class="sub"
    >${dangersOf(request).map((words) => html`<strong class="danger">${words}</strong> · `)}<bdi class="code">${request.reference}</bdi> · ${named("kind", request.kind)}${
      needsPin(request) ? html` · <strong class="danger">${t("place unknown")}</strong>` : ""
    }</span
  >`;

/** How far a truck's route is, once it has begun; else what kind of machine it is. */
const doing = (vehicle) => (phaseOf(vehicle.id) === "driving" && progress(vehicle.id)) || named("machine", vehicle.type);

/** How many messages of a truck's driver nobody has read. */
export const unread = (vehicleId) =>
  [...board.value.messages.values()].filter((one) => one.vehicle_id === vehicleId && one.from_driver && !one.seen_at).length;

function letters(vehicleId) {
  const count = unread(vehicleId);
  return count > 0 ? html`<span class="fresh" title=${t("unread:{count}", { count })}><span class="icon icon-message-square" aria-hidden="true"></span>${t("{value}", { value: count })}</span>` : "";
}

const seen = ({ fixed_at: at }) => (at ? t("seen {time}", { time: time(at) }) : "");

/** A machine: its name, what it does and how far its route is, and when it was seen, or that its driver's rest is due. */
export const truckRow = (vehicle) => html`<span class="dot truck-${stateOf(vehicle)}" aria-hidden="true"></span>
  <span class="what"><bdi>${vehicle.name}</bdi>${letters(vehicle.id)}</span>
  <span class="when">${restChip(vehicle.id) ?? seen(vehicle)}</span>
  <span class="sub">${outSign(vehicle.id) ?? html`${doingWords(vehicle)}${answerSign(vehicle.id)} · ${doing(vehicle)}`}</span>`;

/** Something that wants a human: what it is, whole, and below it since when. */
export const alertRow = (
  alert,
) => html`<span class="icon icon-${alert.icon ?? "triangle-alert"} ${alert.tone}" aria-hidden="true"></span>
  <span class="what whole">${isolated(alert.title)}</span>
  <span class="sub told">${alert.since ? html`<span class="when">${age(alert.since)}</span> · ` : ""}${alert.putOff ? html`<strong>${alert.putOff}</strong> ` : ""}${alert.text}</span>`;
