// All about one request: words, caller, photos, place, clock, jobs, promises, messages, notes, history, and what can be done.
import { html } from "lit";
import { TickingPart } from "../../pages/element.js";
import { date, deadline, named, t, time } from "../../pages/texts.js";
import { kindIcon, requestPlace } from "../../board/rows.js";
import { numberLink } from "../../requests/page.js";
import { photoStrip } from "../../requests/photos.js";
import "../../requests/danger-over.js";
import { person } from "../../accounts/people.js";
import { sightingEntry } from "../sighting.js";
import { actions } from "./actions.js";
import { drawMap, placePart } from "./place.js";
import { calls, history, jobs, messages, promises, referrals } from "./records.js";
import { endDanger, opened, refresh, showCaller } from "./state.js";

const TIMES = ["received", "placed", "planned", "done", "closed", "told"];

const said = (at) => t("{date}, {time}", { date: date(at), time: time(at) });

const clockLine = (clock, step) => html`<li class=${clock[`${step}_at`] ? "passed" : ""}>
  <span class="icon icon-${clock[`${step}_at`] ? "check" : "square"}" aria-hidden="true"></span>
  <span>${t(`step:${step}`)}</span>
  <span class="muted">${clock[`${step}_at`] ? html`<time datetime=${clock[`${step}_at`]}>${said(clock[`${step}_at`])}</time>` : t("not yet")}</span>
</li>`;

const comment = (noted) => html`<li class="said">
  <p dir="auto">${noted.text}</p>
  <p class="muted small">${person(noted.author, opened.value.file.names)}${t(", ")}<time datetime=${noted.at}>${said(noted.at)}</time></p>
</li>`;

const entries = (title, list, draw) =>
  list.length ? html`<section><h3>${title}</h3><ul class="entries">${list.map(draw)}</ul></section>` : "";

function caller() {
  const { caller: who } = opened.value;
  if (!who) return html`<button class="quiet caller" @click=${showCaller}><span class="icon icon-phone" aria-hidden="true"></span>${t("Show the caller")}</button>`;
  return html`<p class="caller" role="status">
    ${who.name ? html`<bdi>${who.name}</bdi>` : ""}
    ${who.phone ? html`<a href="tel:${who.phone}" dir="ltr">${who.phone}</a>` : ""}
    ${who.email ? html`<a href="mailto:${who.email}" dir="ltr">${who.email}</a>` : ""}
    <span class="muted small">${who.consent ? t("wants messages") : t("wants no messages")}</span>
  </p>`;
}

/** Who is in danger; whoever knows that nobody is any more says so. */
const dangers = ({ row, dangers: told, life_dangers: life }) =>
  told.length
    ? html`<p class="tags">${told.map((danger) => html`<span class="tag danger">${named("danger", danger)}</span>`)}</p>
        ${life.length ? html`<danger-over .of=${row.id} .dangers=${life} .end=${endDanger}></danger-over>` : ""}`
    : "";

/** The file of the open request; `empty` is said while none is, `back` leads back to the list that it was opened from. */
class RequestFile extends TickingPart {
  static properties = { empty: { attribute: false }, back: { attribute: false }, own: { attribute: false } };

  get stores() {
    return [opened];
  }

  updated() {
    if (opened.value.file) drawMap();
  }

  head(file) {
    const { row, request } = file;
    const place = requestPlace(row);
    return html`<header>
      ${this.back ? html`<button class="quiet back" @click=${this.back}><span class="icon icon-x" aria-hidden="true"></span>${t("Back to the list")}</button>` : ""}
      <h2>${kindIcon(row.kind)} <bdi>${place}</bdi></h2>
      <p class="muted">${this.own ? html`<bdi class="code">${row.reference}</bdi>` : numberLink(row)} · ${named("kind", row.kind)} · ${named("request", row.state)}${row.district ? html` · <bdi>${named("district", row.district)}</bdi>` : ""}${row.service_class ? html` · ${t(`class:${row.service_class}`)}` : ""}</p>
      ${dangers(file)}
      ${request.text && request.text !== place ? html`<p class="quote" dir="auto">${request.text}</p>` : ""}
      ${row.assigned_to ? html`<p>${t("Assigned to")}: ${person(row.assigned_to, opened.value.file.names)}</p>` : ""}
      ${row.due ? html`<p class="next">${t(`next:${row.due.step}`)} · <strong class=${row.due.late ? "danger" : ""}>${deadline(row.due.due_at)}</strong></p>` : ""}
      ${file.kept ? html`<p>${t("Merged into")} ${numberLink(file.kept)}</p>` : ""}
      ${file.duplicates.length ? html`<p>${t("Stands for")} ${file.duplicates.map((one, nth) => html`${nth ? t(", ") : ""}${numberLink(one)}${one.text ? html` <q dir="auto">${one.text}</q>` : ""}`)}</p>` : ""}
      ${request.closed_for ? html`<p class="next">${named("closing", request.closed_for)}</p>` : ""}
      ${caller()}
    </header>`;
  }

  clock({ clock, row }) {
    return html`<section>
      <h3>${t("Clock")}</h3>
      <ul class="times">${TIMES.map((step) => clockLine(clock, step))}</ul>
      ${clock.reopened_at ? html`<p class="muted small">${t("Reopened {count} times, last on {when}.", { count: row.reopened, when: said(clock.reopened_at) })}</p>` : ""}
    </section>`;
  }

  render() {
    const { id, file, fault } = opened.value;
    if (id === null) return html`<p class="empty">${this.empty}</p>`;
    if (fault && !file) return html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span>${fault}</p>`;
    if (!file) return html`<div class="skeleton"></div>`;
    return html`<article>
      ${this.head(file)}
      ${file.photos.length ? html`<section><h3>${t("Photos of the caller")}</h3>${photoStrip(file.photos)}</section>` : ""}
      ${placePart(file)} ${actions(file)}
      <urgent-insertion .taken=${refresh}></urgent-insertion>
      <div class="records">
        ${this.clock(file)} ${jobs(file)} ${promises(file)} ${messages(file)} ${calls(file)} ${referrals(file)}
        ${entries(t("Seen on the spot"), file.sightings, (seen) => sightingEntry(seen, file.names))} ${entries(t("Notes"), file.comments, comment)} ${history(file)}
      </div>
    </article>`;
  }
}
customElements.define("request-file", RequestFile);
