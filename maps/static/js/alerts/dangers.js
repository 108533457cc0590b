// Requests in which somebody's life is in danger, as the server watches over them, and what endangers whom.
import { named, streetName, t } from "../pages/texts.js";
import { board, once } from "../board/state.js";

const byRequest = once(
  (alerts) => new Map([...alerts.values()].filter((alert) => !alert.until && alert.facts.request !== undefined).map((alert) => [alert.facts.request, alert])),
);

/** The alert that somebody's life is in danger for which this request came. */
export const dangerAlert = (requestId) => byRequest(board.value.alerts).get(requestId);

/** Such alerts that nobody has acknowledged, the oldest first. */
export const unanswered = () =>
  [...byRequest(board.value.alerts).values()].filter((alert) => !alert.acknowledged_at).sort((one, other) => one.since.localeCompare(other.since));

/** The dangers to life that such an alert tells. */
export const toldOf = (alert) => (alert ? alert.facts.dangers.split(",") : []);

/** What makes a request more urgent than its street does, those of requests that were merged into it too. */
export const dangersOf = ({ id, dangers = [] }) => [...new Set([...toldOf(dangerAlert(id)), ...dangers])].map((danger) => named("danger", danger));

/** Its street; where nobody knows that yet, its caller's words, which a wall is not told. */
function placeOf({ street, facts: { request } }) {
  if (street) return streetName(street);
  const { address, text } = board.value.requests.get(request) ?? {};
  return address || text || t("place unknown");
}

/** Who is in danger of what, and where. */
export const dangerTitle = (alert) =>
  [toldOf(alert).map((danger) => named("danger", danger)).join(t(", ")), placeOf(alert)].join(" · ");
