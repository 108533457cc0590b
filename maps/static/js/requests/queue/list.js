// The page of the queue: rows that arrow keys walk through, Enter or a click opens, and the space bar or the box marks.
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { now } from "../../pages/boot.js";
import { Part } from "../../pages/element.js";
import { age, deadline, named, number, streetName, t } from "../../pages/texts.js";
import { kindIcon, requestPlace } from "../../board/rows.js";
import { openPage } from "../page.js";
import { isAwaited, load, mark, narrowed, queue, sort, turn } from "./state.js";

const pageOf = () => queue.value.trail.length;

const standing = (row) => (row.state === "new" ? t(`stage:${row.street ? "placed" : "unplaced"}`) : row.agency && row.state === "handed_over" ? t("with {agency}", { agency: row.agency }) : named("request", row.state));

const dangers = (row) => row.dangers.map((danger) => html`<span class="tag">${named("danger", danger)}</span>`);

const street = (row) => (row.street ? streetName(row.street) : "");

/** Its street where its name does not say that already, class and district. */
const where = (row) => [requestPlace(row).includes(street(row)) ? "" : street(row), row.service_class ? named("short", row.service_class) : "", row.district ? named("district", row.district) : ""].filter(Boolean);

const late = (row) => row.due_at && Date.parse(row.due_at) < now();

/** By when the next step of a request is due; one that has none says how old it is. */
const due = (row) => (row.due_at ? html`<span class="when due ${late(row) ? "danger" : ""}" title=${t("Next step due")}><span class="unseen">${t("Next step due")} </span>${deadline(row.due_at)}</span>` : html`<span class="when">${age(row.received_at)}</span>`);

function row(each) {
  const parts = where(each);
  return html`<span class="box" aria-hidden="true"></span>${kindIcon(each.kind)}
    <span class="what"><bdi>${requestPlace(each)}</bdi></span>
    ${due(each)}
    <span class="sub"><bdi class="code">${each.reference}</bdi> · <span class="standing ${each.state}">${standing(each)}</span>${parts.map((part) => html` · <bdi>${part}</bdi>`)}${each.due_at ? html` · ${t("{span} ago", { span: age(each.received_at) })}` : ""}</span>
    ${each.dangers.length ? html`<span class="tags">${dangers(each)}</span>` : ""}`;
}

/** Why the list is empty: nobody ever asked for anything, or what was chosen leaves nothing. Until that is known, neither. */
function nothingToShow({ counts }) {
  if (isAwaited()) return html`<div class="skeleton" aria-hidden="true"></div>`;
  const some = narrowed() || Object.values(counts.stage).some((count) => count > 0);
  const [title, words] = some
    ? [t("No matching request"), t("Use fewer filters, or search for something else.")]
    : [t("There is no request yet"), t("Requests from callers, citizens and files appear here until they are closed.")];
  return html`<div class="empty"><h3>${title}</h3><p class="muted small">${words}</p></div>`;
}

class List extends Part {
  get stores() {
    return [queue];
  }

  step(event) {
    const { view, focus, marked } = queue.value;
    const rows = view.rows;
    const at = rows.findIndex(({ id }) => id === focus);
    const to = { ArrowDown: at + 1, ArrowUp: Math.max(at - 1, 0), Home: 0, End: rows.length - 1 }[event.key];
    if (to !== undefined && rows.length) {
      event.preventDefault();
      const next = rows[Math.min(to, rows.length - 1)];
      if (event.shiftKey) mark([focus ?? next.id, next.id], true);
      queue.set({ focus: next.id });
      document.getElementById(`request-${next.id}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && at >= 0) {
      openPage(focus);
    } else if (event.key === " " && at >= 0) {
      event.preventDefault();
      mark([focus], !marked.has(focus));
    } else if (event.key === "a" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      mark(rows.map(({ id }) => id), true);
    }
  }

  click(event, id) {
    const marks = event.ctrlKey || event.metaKey || event.shiftKey || event.target.closest(".box");
    if (!marks) return void openPage(id);
    mark([id], !queue.value.marked.has(id));
    queue.set({ focus: id });
  }

  rows() {
    const { view, focus, marked } = queue.value;
    return html`<ul class="list" id="queue" role="listbox" aria-multiselectable="true" tabindex="0" aria-label=${t("Requests")} aria-busy=${isAwaited()} aria-activedescendant=${focus ? `request-${focus}` : ""} @keydown=${this.step}>
      ${repeat(
        view.rows,
        ({ id }) => id,
        (each) => html`<li id="request-${each.id}" class="row ${each.id === focus ? "focus" : ""} ${late(each) ? "late" : ""}" role="option" aria-selected=${marked.has(each.id)} @click=${(event) => this.click(event, each.id)}>${row(each)}</li>`,
      )}
    </ul>`;
  }

  head() {
    const { view, order, marked, news } = queue.value;
    const ids = view.rows.map(({ id }) => id);
    const all = ids.length > 0 && ids.every((id) => marked.has(id));
    return html`<div class="list-head">
      <label class="choice all"><input type="checkbox" .checked=${all} .indeterminate=${!all && ids.some((id) => marked.has(id))} @change=${({ target }) => mark(ids, target.checked)} ?disabled=${ids.length === 0}><span>${t("Select this page")}</span></label>
      <p class="tally muted small" role="status">${isAwaited() ? t("Loading…") : t("{count} requests", { count: view.total })}</p>
      ${news ? html`<button class="link" @click=${load}>${t("Something has changed: show it")}</button>` : ""}
      <label class="unseen" for="order">${t("Order")}</label>
      <select id="order" @change=${({ target }) => sort(target.value)}>
        <option value="oldest" ?selected=${order === "oldest"}>${t("Oldest first")}</option>
        <option value="newest" ?selected=${order === "newest"}>${t("Newest first")}</option>
        <option value="due" ?selected=${order === "due"}>${t("Soonest next step first")}</option>
      </select>
    </div>`;
  }

  /** The request whose number was searched: filters do not hide it, and it says so. */
  numbered() {
    const { numbered } = queue.value.view;
    if (!numbered) return "";
    return html`<section class="numbered" role="status">
      <p class="muted small">${t("By its number, whatever is filtered:")}</p>
      <a class="row ${late(numbered) ? "late" : ""}" href="/requests/${numbered.id}">${row(numbered)}</a>
    </section>`;
  }

  pages() {
    const { view } = queue.value;
    if (pageOf() === 0 && view.next === null) return "";
    return html`<nav class="pages" aria-label=${t("Pages of the list")}>
      <button @click=${() => turn(false)} ?disabled=${pageOf() === 0}><span class="icon icon-chevron-left mirrored" aria-hidden="true"></span>${t("Back")}</button>
      <span class="muted small">${t("Page {page}", { page: number(pageOf() + 1) })}</span>
      <button @click=${() => turn(true)} ?disabled=${view.next === null}>${t("Next")}<span class="icon icon-chevron-right mirrored" aria-hidden="true"></span></button>
    </nav>`;
  }

  render() {
    const { view, broken } = queue.value;
    if (broken) return html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${broken}<button class="link" @click=${load}>${t("Try again")}</button></p>`;
    if (!view) return html`<div class="skeleton" aria-hidden="true"></div>`;
    return html`${this.numbered()}${this.head()}${view.rows.length ? this.rows() : view.numbered ? "" : nothingToShow(view)}${this.pages()}`;
  }
}
customElements.define("requests-list", List);
