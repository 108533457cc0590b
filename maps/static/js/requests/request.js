// A request: what was asked, where it is, and what a dispatcher can do about it.
import { html } from "lit";
import { attempt } from "../pages/notices.js";
import { age, deadline, named, t, time } from "../pages/texts.js";
import { crewPart } from "../crews/jobs.js";
import { facts } from "../pages/facts.js";
import { alertList } from "../alerts/alert-panel.js";
import { dangerAlert, dangersOf, toldOf } from "../alerts/dangers.js";
import { dispatchNow } from "../replanning/replan.js";
import { kindIcon, needsPin, otherWords, requestPlace } from "../board/rows.js";
import { change } from "../messages/presence.js";
import { openSheet } from "../board/bottom-sheets.js";
import { board, choose, mayDispatch, merge, mergeRequests, outlined, selection } from "../board/state.js";
import { numberLink } from "./page.js";
import "./danger-over.js";
import "./photos.js";

function startPlacing(request) {
  openSheet("none");
  selection.set({ placing: request.id });
}

async function cancel(request) {
  const answer = await attempt(() => change(`request:${request.id}`, `/api/requests/${request.id}/cancel`));
  if (answer === undefined) return;
  merge("requests", [{ id: request.id, state: "cancelled", ...answer }]);
  choose(null);
}

/** Put a request where the map was clicked. */
export async function place(id, lngLat) {
  const at = { lon: lngLat.lng, lat: lngLat.lat };
  const placed = await attempt(() => change(`request:${id}`, `/api/requests/${id}/place`, at));
  selection.set({ placing: null });
  if (placed?.id) merge("requests", [placed]);
  return placed;
}

function orders(request) {
  if (!mayDispatch || request.state === "done" || request.state === "cancelled") return "";
  if (selection.value.placing === request.id) {
    return html`<p class="hint">${t("Click the place on the map.")}</p>
      <button class="wide" @click=${() => selection.set({ placing: null })}>${t("Do not place it now")}</button>`;
  }
  return html`${dangerAlert(request.id) ? "" : dispatchNow(request)}
    <button class="wide ${needsPin(request) ? "primary" : ""}" @click=${() => startPlacing(request)}>
      <span class="icon icon-map-pin-plus" aria-hidden="true"></span>${request.lon == null ? t("Place it on the map") : t("Move the pin")}
    </button>
    <button class="wide" @click=${() => cancel(request)}>${t("Cancel request")}</button>`;
}

async function endDanger(id, dangers) {
  const safe = await attempt(() => change(`request:${id}`, `/api/requests/${id}/danger-over`, { dangers }));
  if (safe) mergeRequests([safe]);
}

/** Who is in danger: before all else, with what the dispatcher can do about it. */
function dangerPart(request) {
  const [dangers, alert] = [dangersOf(request), dangerAlert(request.id)];
  if (dangers.length === 0) return "";
  return html`<p><strong class="danger">${dangers.join(t(", "))}</strong></p>
    ${
      alert
        ? html`${alertList([alert])}
            ${mayDispatch ? html`<danger-over .of=${request.id} .dangers=${toldOf(alert)} .end=${endDanger}></danger-over>` : ""}`
        : ""
    }`;
}

/** Everything about one request. */
export function requestPanel(id) {
  const request = board.value.requests.get(id);
  if (!request)
    return html`<p class="muted">${t("This request does not wait for work any more.")}</p>
      <a class="button wide" href="/requests/${id}">${t("All about this request")}</a>`;
  if (outlined(request)) return html`<div class="skeleton" aria-hidden="true"></div>`;
  return html`<h2>${kindIcon(request.kind)} <bdi>${requestPlace(request)}</bdi></h2>
    ${dangerPart(request)}
    ${otherWords(request).map((words) => html`<p class="quote"><bdi>${words}</bdi></p>`)}
    ${facts([
      [t("Reference"), numberLink(request)],
      [t("Subject"), named("kind", request.kind)],
      [t("State"), needsPin(request) ? t("Unlocated") : named("request", request.state)],
      [
        t("Received"),
        t("{span} ago ({time})", { span: age(request.received_at), time: time(request.received_at) }),
      ],
      [t("Clear by"), request.due_at && request.state === "open" ? deadline(request.due_at) : null],
      [
        t("Street"),
        request.segment_id == null
          ? null
          : html`<button class="link" @click=${() => choose("street", request.segment_id)}>${t("Show its street")}</button>`,
      ],
    ])}
    <request-photos .of=${request.id}></request-photos>
    <div class="orders">${crewPart(request)} ${orders(request)}
      <a class="button wide" href="/requests/${request.id}">${t("All about this request")}</a></div>`;
}
