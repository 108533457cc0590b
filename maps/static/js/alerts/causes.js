// Causes of alerts, how grave they are, and what several alerts of one cause are called.
import { t } from "../pages/texts.js";

/** What follows when nobody acts: somebody is in danger, streets stay late, a truck loses time, or nothing. The server says it of its own alerts. */
export const SEVERITY = { danger: 3, streets: 2, truck: 1, note: 0 };

/** By cause; a cause that never has two alerts at a time has no words here. */
const SEVERAL = {
  sos: (count) => t("cause:sos:{count}", { count }),
  request_danger: (count) => t("cause:request_danger:{count}", { count }),
  fault: (count) => t("cause:fault:{count}", { count }),
  blocked: (count) => t("cause:blocked:{count}", { count }),
  reported: (count) => t("cause:reported:{count}", { count }),
  seen_clear: (count) => t("cause:seen_clear:{count}", { count }),
  route_declined: (count) => t("cause:route_declined:{count}", { count }),
  vehicle_fault: (count) => t("cause:vehicle_fault:{count}", { count }),
  at_risk: (count) => t("cause:at_risk:{count}", { count }),
  late_requests: (count) => t("cause:late_requests:{count}", { count }),
  silent: (count) => t("cause:silent:{count}", { count }),
  long_stop: (count) => t("cause:long_stop:{count}", { count }),
  off_route: (count) => t("cause:off_route:{count}", { count }),
  reload_overdue: (count) => t("cause:reload_overdue:{count}", { count }),
  hours: (count) => t("cause:hours:{count}", { count }),
  rest_due: (count) => t("cause:rest_due:{count}", { count }),
  blade_up: (count) => t("cause:blade_up:{count}", { count }),
  blade_down: (count) => t("cause:blade_down:{count}", { count }),
  blade_sensor: (count) => t("cause:blade_sensor:{count}", { count }),
  speeding: (count) => t("cause:speeding:{count}", { count }),
};

const CAUSES = Object.keys(SEVERAL);

/** What several alerts of one cause are called. */
export const severalOf = (cause, count) => SEVERAL[cause](count);

/** A cause as the number by which it is selected, and back. */
export const numberOf = (cause) => CAUSES.indexOf(cause);
export const causeOf = (number) => CAUSES[number];

const ofOne = (alert) => alert.vehicle_id !== null || alert.kind === "sos" || alert.kind === "request_danger";

/** The cause of one of the server's alerts: what concerns the whole fleet is another one than what concerns a truck, a crew or a request. */
export const causeOfAlert = (alert) => (ofOne(alert) ? alert.kind : `fleet:${alert.kind}`);

/** Whether alerts of a cause may be put off: where somebody is in danger, nobody may. */
export const mayWait = (cause) => cause !== "sos" && cause !== "request_danger";
