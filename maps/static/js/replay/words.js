// How moments of a storm are called.
import { named, t } from "../core/texts.js";

/** A moment in words. */
export function momentName({ kind, service_class: serviceClass, count }) {
  const name = serviceClass ? named("class", serviceClass) : "";
  if (kind === "first_clear") return t("First street cleared: {name}", { name });
  if (kind === "all_cleared") return t("Every street cleared once: {name}", { name });
  if (kind === "request_done") return t("moment:request_done", { count });
  return t(`moment:${kind}`);
}
