// What a street's panel says beside its color: who comes when, who asked, what was seen in storms before.
import { html } from "lit";
import { age, date, day, deadline, named, number, t, time } from "../pages/texts.js";
import { detailsOf } from "../board/details.js";
import { board, choose } from "../board/state.js";
import { isClosed } from "../storms/closures.js";

const SHOWN = 6;

function when(visit, closed) {
  if (visit.done_at) return t("{state} at {time}", { state: named("leg", visit.state), time: time(visit.done_at) });
  if (closed) return t("closed");
  if (visit.expected_at) return deadline(visit.expected_at);
  return named("leg", visit.state);
}

function visitItem(visit, street) {
  const mark = { vehicle: visit.vehicle_id, leg: visit.leg };
  return html`<li>
    <span class="leg leg-${visit.state}" aria-hidden="true"></span>
    <span><button class="link" @click=${() => choose("truck", visit.vehicle_id, mark)}><bdi>${visit.vehicle}</bdi></button>
      <span class="muted small">${visit.forward ? t("One way") : t("The other way")} · ${t("planned {time}", { time: time(visit.ends_at) })}</span></span>
    <span class="when">${when(visit, isClosed(street, visit.forward))}</span>
  </li>`;
}

function visits(details, street) {
  if (details.visits.length === 0)
    return html`<p class="muted small">${board.value.plan ? t("The published plan sends no truck here.") : t("No plan is published yet.")}</p>`;
  return html`<ol class="legs">${details.visits.map((visit) => visitItem(visit, street))}</ol>`;
}

const requestItem = (request) => html`<li>
  <span class="dot" aria-hidden="true"></span>
  <span>${
    board.value.requests.has(request.id)
      ? html`<button class="link" @click=${() => choose("request", request.id)}><bdi class="code">${request.reference}</bdi></button>`
      : html`<bdi class="code">${request.reference}</bdi>`
  } ${named("kind", request.kind)} <span class="muted small">${named("request", request.state)}</span></span>
  <span class="when">${age(request.received_at)}</span>
</li>`;

const stormItem = (storm) => html`<li>
  <span class="icon icon-snowflake" aria-hidden="true"></span>
  <span><bdi>${storm.name}</bdi> <span class="muted small">${t("passes:{count}", { count: storm.passes })}</span></span>
  <span class="when" title=${date(storm.last_at)}>${day(storm.last_at)} ${time(storm.last_at)}</span>
</li>`;

const passItem = (pass) => html`<li>
  <span class="icon icon-check" aria-hidden="true"></span>
  <span><bdi>${pass.vehicle || t("seen on the spot")}</bdi> <span class="muted small">${pass.forward ? t("One way") : t("The other way")} · ${named("evidence", pass.evidence.kind)}${pass.treatment ? "" : ` · ${t("only driven through")}`}</span></span>
  <span class="when">${time(pass.ended_at)}</span>
</li>`;

const part = (title, list, item) =>
  list.length === 0
    ? ""
    : html`<section class="next-legs">
        <h3>${title} <span class="count">${number(list.length)}</span></h3>
        <ol class="legs">${list.slice(0, SHOWN).map(item)}</ol>
      </section>`;

/** Who comes to a street, and its past; `street` is what its color rests on. */
export function streetDetails(street) {
  const details = detailsOf("street", street.id);
  if (!details) return html`<div class="skeleton" aria-hidden="true"></div>`;
  return html`<section class="next-legs"><h3>${t("Planned truck")}</h3>${visits(details, street.id)}</section>
    ${part(t("Passes in this storm"), street.passes, passItem)} ${part(t("Requests"), details.requests, requestItem)}
    ${part(t("Earlier storms"), details.storms, stormItem)}`;
}
