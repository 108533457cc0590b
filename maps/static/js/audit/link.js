// The way from a street or a truck to its lines in the audit log, for those who may read it.
import { html } from "lit";
import { boot } from "../pages/boot.js";
import { t } from "../pages/texts.js";

const READERS = ["administrator", "dispatcher", "supervisor"];

/** A link to the lines of a search like "vehicle=3"; nothing for others. */
export const auditLink = (query) =>
  boot.roles?.some((role) => READERS.includes(role))
    ? html`<p><a href="/audit-log?${query}">${t("Its lines in the audit log")}</a></p>`
    : "";
