// All about one request: its clock, what was noted and seen, and what can be done about it.
import { html } from "lit";
import { TickingPart } from "../pages/element.js";
import { date, deadline, named, t, time } from "../pages/texts.js";
import { kindIcon, requestPlace } from "../board/rows.js";
import { actions } from "./actions.js";
import { sightingEntry } from "./sighting.js";
import { office, open } from "./state.js";

const TIMES = ["received", "placed", "planned", "done", "closed", "told"];

const said = (at) => t("{date}, {time}", { date: date(at), time: time(at) });

const moment = (at) => html`<time datetime=${at}>${said(at)}</time>`;

const clockLine = (clock, step) => html`<li class=${clock[`${step}_at`] ? "passed" : ""}>
  <span class="icon icon-${clock[`${step}_at`] ? "check" : "square"}" aria-hidden="true"></span>
  <span>${t(`step:${step}`)}</span>
  <span class="muted">${clock[`${step}_at`] ? moment(clock[`${step}_at`]) : t("not yet")}</span>
</li>`;

const comment = (noted) => html`<li class="said">
  <p dir="auto">${noted.text}</p>
  <p class="muted small"><bdi>${noted.author}</bdi>${t(", ")}${moment(noted.at)}</p>
</li>`;

const entries = (title, list, draw) =>
  list.length ? html`<section><h3>${title}</h3><ul class="entries">${list.map(draw)}</ul></section>` : "";

class OfficeRequest extends TickingPart {
  get stores() {
    return [office];
  }

  head({ row, request }) {
    return html`<header>
      <button class="quiet back" @click=${() => open(null)}><span class="icon icon-x" aria-hidden="true"></span>${t("Back to the list")}</button>
      <h2>${kindIcon(row.kind)} <bdi>${requestPlace(row)}</bdi></h2>
      <p class="muted"><bdi class="code">${row.reference}</bdi> · ${named("kind", row.kind)}${row.due ? "" : html` · ${named("request", row.state)}`}${row.district ? html` · <bdi>${row.district}</bdi>` : ""}${row.service_class ? html` · ${t(`class:${row.service_class}`)}` : ""}</p>
      ${row.dangers.length ? html`<p class="tags">${row.dangers.map((danger) => html`<span class="tag danger">${named("danger", danger)}</span>`)}</p>` : ""}
      ${request.text && request.address ? html`<p dir="auto">${request.text}</p>` : ""}
      ${row.due ? html`<p class="next">${t(`next:${row.due.step}`)} <strong class=${row.due.late ? "danger" : ""}>${deadline(row.due.due_at)}</strong></p>` : ""}
      ${request.closed_for ? html`<p class="next">${named("closing", request.closed_for)}</p>` : ""}
    </header>`;
  }

  render() {
    const { chosen, file } = office.value;
    if (chosen === null) return html`<p class="empty">${t("Choose a request in the list to see its clock and what was done.")}</p>`;
    if (!file) return html`<div class="skeleton"></div>`;
    return html`<article>
      ${this.head(file)}
      <section>
        <h3>${t("Clock")}</h3>
        <ul class="times">${TIMES.map((step) => clockLine(file.clock, step))}</ul>
        ${file.clock.reopened_at ? html`<p class="muted small">${t("Reopened {count} times, last on {when}.", { count: file.row.reopened, when: said(file.clock.reopened_at) })}</p>` : ""}
      </section>
      ${actions(file)} ${entries(t("Seen on the spot"), file.sightings, sightingEntry)} ${entries(t("Notes"), file.comments, comment)}
    </article>`;
  }
}
customElements.define("office-request", OfficeRequest);
