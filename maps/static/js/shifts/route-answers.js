// How each truck's route stands with its driver, and which machines are out of service and why.
import { html } from "lit";
import { get } from "../pages/net.js";
import { t, time } from "../pages/texts.js";
import { board, keyed } from "../board/state.js";
import { isCalledBack, isPast, phaseOf, shiftOf } from "./truck-states.js";

/** Ask which machines are out of service, and why. */
export async function reloadOut() {
  board.set({ out: keyed(await get("/api/machines-out")) });
}

/** Whether a route waits for its driver to answer: he has not set off and was not called back. */
const waits = ({ answer, vehicle_id: id }) => answer === "waiting" && phaseOf(id) === "planned" && !isCalledBack(id);

/** What a route's driver says of it; nothing where nobody asked him, or where he drives it without a word. */
export function answerWords(shift) {
  if (!shift || shift.answer === "none" || isPast(shift.vehicle_id)) return null;
  if (shift.answer === "waiting" && !waits(shift)) return null;
  const word = t(`route_answer:${shift.answer}`);
  if (shift.answer !== "declined") return shift.answered_at ? html`${word} · ${time(shift.answered_at)}` : word;
  const words = shift.words ? html` · <bdi>${shift.words}</bdi>` : "";
  return html`<strong class="danger">${word}: ${t(`decline:${shift.declined}`)}</strong>${words} · ${time(shift.answered_at)}`;
}

/** The sign of a route that waits for its driver, who has not set off, or is declined, for the list of trucks. */
export function answerSign(vehicleId) {
  const shift = isPast(vehicleId) ? null : shiftOf(vehicleId);
  if (shift && waits(shift)) return html` · <span class="muted">${t("route_answer:waiting")}</span>`;
  if (shift?.answer === "declined") return html` · <strong class="danger">${t("route_answer:declined")}</strong>`;
  return "";
}

const reasonOf = ({ reason }) => t(`out:${reason ?? "unknown"}`);

/** Why a machine is out of service, in the list; or nothing. */
export function outSign(vehicleId) {
  const out = board.value.out?.get(vehicleId);
  return out ? html`<span class="danger">${t("Out of service: {reason}", { reason: reasonOf(out) })}</span>` : null;
}

/** Why a machine is out of service, in its panel. */
export function outFacts(vehicleId) {
  const out = board.value.out?.get(vehicleId);
  if (!out) return null;
  return html`<strong class="danger">${reasonOf(out)}</strong>${out.note ? html`, <bdi>${out.note}</bdi>` : ""} · ${t("since {time}", { time: time(out.since) })} · <bdi>${out.by}</bdi>`;
}
