// A street: its state in each direction and the evidence for its color.
import { html } from "lit";
import { auditLink } from "../audit/link.js";
import { boot } from "../pages/boot.js";
import { get } from "../pages/net.js";
import { Store } from "../pages/store.js";
import { passesOfRound, passWords } from "./passes.js";
import { age, deadline, length, named, streetName, t, time } from "../pages/texts.js";
import { rhythm, why } from "./classes/why.js";
import { sightingEntry } from "../followup/sighting.js";
import { closurePart } from "../storms/closures.js";
import { streetCrews } from "../crews/jobs.js";
import { streetEdit } from "../edits/panels.js";
import { facts } from "../pages/facts.js";
import { urgentOrder } from "../replanning/replan.js";
import { coverage, selection } from "../board/state.js";
import { streetDetails } from "./details.js";

/** Evidence by street, as last asked for. */
export const streets = new Store({ known: new Map(), failed: null });

async function ask(id) {
  try {
    const street = await get(`/api/segments/${id}`);
    streets.set({ known: new Map(streets.value.known).set(id, street), failed: null });
  } catch (error) {
    streets.set({ failed: error.message });
  }
}

selection.follow(({ chosen }, changes) => {
  if ("chosen" in changes && chosen?.kind === "street") ask(chosen.id);
});
coverage.followers.add((ids) => {
  const { chosen } = selection.value;
  if (chosen?.kind === "street" && ids.includes(chosen.id)) ask(chosen.id);
});

const swatch = (state) => html`<span class="swatch state-${state}" aria-hidden="true"></span>`;

const ago = (moment) => t("{span} ago ({time})", { span: age(moment), time: time(moment) });

function proof(direction) {
  if (!direction.last_pass_at)
    return direction.driven_at
      ? t("driven through {when}, without proof of plowing", { when: ago(direction.driven_at) })
      : t("not plowed here in this storm");
  const words = t("cleared {when}", { when: ago(direction.last_pass_at) });
  return direction.vehicle ? html`${words} · <bdi>${direction.vehicle}</bdi>` : words;
}

const stateOf = (direction) => boot.states[direction.state]?.name ?? "not_due";

const sideOf = (direction) => (direction.forward ? t("One way") : t("The other way"));

const leads = ({ toward }) => Object.keys(toward).length > 0;

/** Where a direction leads to, by the street at its end. */
const whither = (direction) =>
  leads(direction) ? t("toward {street}", { street: streetName(direction.toward) }) : sideOf(direction);

const headOf = (direction) =>
  leads(direction) ? [sideOf(direction), whither(direction)].join(t(", ")) : sideOf(direction);

/** Of a street that is done one way only: how many passes are done, and which are missing. */
function missing(directions) {
  const done = directions.map((one) => passesOfRound(one, stateOf(one)));
  const wanting = directions.filter((one, i) => done[i] < one.passes_needed);
  const sum = (counts) => counts.reduce((all, one) => all + one, 0);
  if (directions.length < 2 || sum(done) === 0 || wanting.length === 0) return "";
  return html`<p class="missing">${t("{done} of {needed} passes, missing: {ways}", {
    done: sum(done),
    needed: sum(directions.map((one) => one.passes_needed)),
    ways: wanting.map(whither).join(t(", ")),
  })}</p>`;
}

function directionFacts(direction, alone) {
  const state = stateOf(direction);
  const passes = passWords(direction, state);
  return html`<div class="way">
    <h3>${alone ? t("The street") : headOf(direction)}</h3>
    <p>${swatch(state)} ${named("state", state)}</p>
    <p class="small muted">${proof(direction)}</p>
    ${direction.evidence ? html`<p class="small muted">${t("Evidence: {kind}", { kind: named("evidence", direction.evidence.kind) })}</p>` : ""}
    ${passes ? html`<p class="small muted">${passes}</p>` : ""}
  </div>`;
}

const inspections = (sightings) =>
  sightings.length
    ? html`<section class="inspections">
        <h3>${t("Inspection on the spot")}</h3>
        <ul class="entries">${sightings.map((seen) => sightingEntry(seen))}</ul>
        <p class="small muted">${t("An inspection that found the street clear colors both directions, as far as the city's rules let inspections count.")}</p>
      </section>`
    : "";

/** Everything about one street. */
export function streetPanel(id) {
  const street = streets.value.known.get(id);
  if (!street) {
    return streets.value.failed
      ? html`<p class="problem" role="alert">${streets.value.failed}</p>`
      : html`<div class="skeleton" aria-hidden="true"></div>`;
  }
  return html`<h2><bdi>${streetName(street.names)}</bdi></h2>
    ${facts([
      [t("Importance"), named("class", street.service_class)],
      [t("Clear by"), street.job?.state === "open" ? deadline(street.job.due_at) : null],
    ])}
    ${missing(street.directions)}
    ${street.directions.map((direction) => directionFacts(direction, street.directions.length === 1))}
    ${streetEdit(id)} ${streetDetails(street)} ${urgentOrder({ segment_id: id })} ${closurePart(id, street.directions)} ${streetCrews(id)} ${inspections(street.sightings)}
    ${facts([
      [t("Kind of street"), named("road", street.road_class)],
      [t("Why this class"), why(street.level, street.road_class)],
      [t("Cycle time"), rhythm(street.level.cycle_h)],
      [t("Length"), length(street.length_m)],
    ])}
    ${auditLink(`segment=${id}`)}`;
}
