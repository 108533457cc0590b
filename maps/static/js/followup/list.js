// The list of the office: filters with their counts, what is due first before the others, a page at a time.
import { html, nothing } from "lit";
import { now } from "../pages/boot.js";
import { TickingPart } from "../pages/element.js";
import { age, deadline, named, number, t } from "../pages/texts.js";
import { listbox } from "../pages/listbox.js";
import { openPage } from "../requests/page.js";
import { kindIcon, requestPlace } from "../board/rows.js";
import { person } from "../accounts/people.js";
import { open, opened } from "./request/state.js";
import { FILTERS, office, show } from "./state.js";

const late = (row) => row.due && Date.parse(row.due.due_at) < now();

const dueText = (row) =>
  row.due
    ? html`${t(`next:${row.due.step}`)} · <strong class=${late(row) ? "danger" : ""}>${deadline(row.due.due_at)}</strong>`
    : t("Waits for snow");

const row = (one) => html`${kindIcon(one.kind)}
  <span class="what"><bdi>${requestPlace(one)}</bdi></span>
  <span class="when">${age(one.received_at)}</span>
  <span class="sub"
    ><bdi class="code">${one.reference}</bdi>${one.service_class ? html` · ${named("short", one.service_class)}` : ""} · ${dueText(one)}${one.assigned_to ? html` · ${person(one.assigned_to, office.value.view.names)}` : ""}</span
  >
  ${
    one.dangers.length || one.escalated_at || one.reopened
      ? html`<span class="tags"
          >${one.dangers.map((danger) => html`<span class="tag danger">${named("danger", danger)}</span>`)}${one.escalated_at ? html`<span class="tag">${t("escalated")}</span>` : ""}${one.reopened ? html`<span class="tag">${t("reopened")}</span>` : ""}</span
        >`
      : nothing
  }`;

class List extends TickingPart {
  get stores() {
    return [office, opened];
  }

  filters() {
    const { view, filter } = office.value;
    return html`<div class="filters" role="group" aria-label=${t("What to look at")}>
      ${FILTERS.map(
        (each) =>
          html`<button class="filter" aria-pressed=${each === filter} @click=${() => show(each)}>
            <span>${t(`filter:${each}`)}</span><span class="count ${each === "late" && view.counts.late ? "danger" : ""}">${number(view.counts[each])}</span>
          </button>`,
      )}
    </div>`;
  }

  pager() {
    const { view, filter } = office.value;
    if (view.pages === 1) return "";
    const turn = (page, icon, label) => html`<button
      class="quiet"
      ?disabled=${page < 1 || page > view.pages}
      @click=${() => show(filter, page)}
      aria-label=${label}
      title=${label}
    ><span class="icon icon-${icon} mirrored" aria-hidden="true"></span></button>`;
    return html`<nav class="pager" aria-label=${t("Pages of the list")}>
      ${turn(view.page - 1, "chevron-left", t("Page before"))}
      <span>${t("Page {page} of {pages}", { page: view.page, pages: view.pages })}</span>
      ${turn(view.page + 1, "chevron-right", t("Next page"))}
    </nav>`;
  }

  failure() {
    const { filter, page, broken } = office.value;
    return html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${broken}<button class="link" @click=${() => show(filter, page)}>${t("Try again")}</button></p>`;
  }

  rows() {
    const { view, filter, page, broken } = office.value;
    const awaited = view.filter !== filter || view.page !== page;
    if (awaited && broken) return this.failure();
    if (view.rows.length === 0) return awaited ? html`<div class="skeleton"></div>` : html`<p class="empty">${t(`none:${filter}`)}</p>`;
    return listbox({ id: "office", label: t(`filter:${view.filter}`), items: view.rows, selected: opened.value.id ?? undefined, choose: open, enter: openPage, row, busy: awaited });
  }

  render() {
    const { view, stale, broken } = office.value;
    if (broken && !view) return this.failure();
    if (!view) return html`<div class="skeleton"></div>`;
    return html`${this.filters()}
      ${stale || broken ? html`<p class="problem" role="status">${t("No connection to the server. This list may be out of date.")}</p>` : ""}
      ${this.rows()} ${this.pager()}`;
  }
}
customElements.define("office-list", List);
