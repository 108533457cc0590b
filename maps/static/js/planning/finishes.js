// When a draft finishes each class, beside the plan that was in force as it was made.
import { html } from "lit";
import { duration, named, t, time } from "../pages/texts.js";

/** How the end of a class changes; nothing where it is the same within minutes. */
function endWords({ service_class: code, now_at: present, then_at: then, differs }) {
  if (!differs) return "";
  const name = named("short", code);
  if (!then) return t("draft:never", { name, time: time(present) });
  if (!present) return t("draft:whole", { name, time: time(then) });
  const later = Date.parse(then) - Date.parse(present);
  return t(later > 0 ? "draft:later" : "draft:earlier", { name, span: duration(Math.abs(later)) });
}

const moreWords = ({ service_class: code, more }) => (more > 0 ? t("draft:more:{count}", { name: named("short", code), count: more }) : "");

const isLater = ({ now_at: present, then_at: then, differs }) => differs && present && (!then || Date.parse(then) > Date.parse(present));

/** What becomes of each class with a draft, as far as it is other than now; nothing where there was no plan to compare with. */
export function draftFinishes({ finishes }) {
  if (finishes.length === 0) return "";
  const lines = finishes.flatMap((one) => [endWords(one), moreWords(one)].filter(Boolean).map((words) => ({ words, late: words === endWords(one) && isLater(one) })));
  if (lines.length === 0) return html`<p class="small muted">${t("draft:alike")}</p>`;
  return html`<p class="small">${lines.map(({ words, late }, at) => html`${at > 0 ? " · " : ""}<span class=${late ? "danger" : ""}>${words}</span>`)}</p>`;
}
