// How moments of a storm are called.
import { named, t } from "../pages/texts.js";

/** A moment in words. */
export function momentName({ kind, service_class: serviceClass, count }) {
  const name = serviceClass ? named("class", serviceClass) : "";
  if (kind === "request_done") return t("moment:request_done", { count });
  const what = t(`moment:${kind}`, { name });
  return count > 1 ? t("{what} ({count} times)", { what, count }) : what;
}
