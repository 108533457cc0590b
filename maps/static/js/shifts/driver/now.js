// One thing at a time, in the biggest type: what to do now, and the three things after it.
import { html, nothing } from "lit";
import { Part } from "../../pages/element.js";
import { duration, length, number, t, times } from "../../pages/texts.js";
import { checkPart, looking } from "./duty/check.js";
import "./duty/summary.js";
import { isResting, restPart, withRest } from "./duty/rest.js";
import { groupRow, groupsAhead, openPieces, piecesDone, quarterOf, size, wholeQuarter } from "./guide/groups.js";
import { guide } from "./guide/state.js";
import { current, drive, isOver } from "./state.js";
import { equipment, icon, measure, row, stageIcon, task, turnIcon, turnsOf, until, where } from "./words.js";

const NEXT = 3;
const STEPS = 4;

const sum = (things) => things.reduce((metres, thing) => metres + thing.length_m, 0);

function facts(pairs) {
  return html`<dl class="facts">${pairs.map(([word, value]) => html`<div><dt>${word}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function plain(title, text, more = nothing) {
  return html`<div class="plain"><h2>${title}</h2><p class="lead">${text}</p>${more}</div>`;
}

function storedWords(stored) {
  if (!stored) return t("being prepared…");
  if (stored.full) return t("no space on this phone");
  return stored.bytes ? t("ready, {size} MB on this phone", { size: stored.bytes / 1e6 }) : t("ready on this phone");
}

/** Whether the shift can go on without a signal (only secure pages stay on the phone), and whether tones alone lead. */
function aside({ stored, voiceless }) {
  const kept = [t("Without a network"), storedWords(stored)];
  const heard = [t("Voice"), t("none for your language: tones lead, rising for right, falling for left")];
  return [...(globalThis.isSecureContext ? [kept] : []), ...(voiceless ? [heard] : [])];
}

function before({ shift, stages, ...rest }) {
  const { end } = shift;
  if (stages.length === 0)
    return plain(t("No route yet"), t("It appears here by itself as soon as the dispatcher publishes it."), checkPart({ shift }));
  return html`<div class="plain">
    <h2>${t("Ready to go?")}</h2>
    ${checkPart({ shift })}
    ${facts([
      [t("Hours"), html`<bdi>${times(shift.starts_at, shift.ends_at)}</bdi>`],
      ...(end ? [[t("Ends"), html`<bdi>${times(end.earliest_at, end.latest_at)}</bdi>`]] : []),
      [t("Plowing"), length(sum(stages.filter((stage) => stage.kind === "work")))],
      [t("Deadhead"), length(sum(stages.flatMap((stage) => stage.steps)))],
      [t("Reloads"), number(stages.filter((stage) => stage.kind === "reload").length)],
      ...aside(rest),
    ])}
    <h3>${t("First street")}</h3>
    <ol class="next">${stages.slice(0, NEXT).map((stage) => html`<li>${row(stage)}</li>`)}</ol>
  </div>`;
}

const step = ({ kind, text }) => html`<li>${icon(turnIcon(kind))}<span class="what">${text}</span></li>`;

function steps(stage) {
  const turns = turnsOf(stage);
  if (stage.kind !== "drive" || turns.length < 2) return nothing;
  const hidden = turns.length - STEPS;
  return html`<ol class="steps">
    ${turns.slice(0, STEPS).map(step)}
    ${hidden > 0 ? html`<li class="muted">${t("and {count} more turns", { count: hidden })}</li>` : nothing}
  </ol>`;
}

const turnLine = ({ kind, text }) => html`<li class="turn">${icon(turnIcon(kind))}<span class="say">${text}</span></li>`;

/** The way to the work, where there is one worth telling: its maneuvers, as they are led through. */
function way(stage) {
  if (stage.kind !== "work") return nothing;
  const there = turnsOf(stage).filter(({ at }) => at <= stage.work_from);
  return there.length > 0 ? html`<ol class="way">${there.map(turnLine)}</ol>` : nothing;
}

const firstTurn = (stage) =>
  stage.kind === "drive" && turnsOf(stage)[0] ? html`<p class="until say">${turnsOf(stage)[0].text}</p>` : nothing;

/** How the truck stands on a stage while the phone leads along it; null where it does not. */
function stands(stage) {
  const { mode, standing } = guide.value;
  return mode === "on" && standing && drive.value.stages[standing.run] === stage ? standing : null;
}

const ON_THE_WAY_M = 30; // nearer than that the work has begun

function remaining(stage, led) {
  if (!led) return measure(stage);
  const [, ...more] = measure(stage);
  const parts = [length(led.left_m)];
  if (led.left > 0) parts.push(duration(led.left));
  return [...parts, ...more];
}

/** In which quarter a piece lies, and how far that is. */
const quarterLine = (quarter) =>
  html`<p class="quarter">${icon("map")}<span class="what">${quarter.title}</span><span class="when">${piecesDone(quarter)}</span></p>`;

const isOnTheWay = (stage, led) => Boolean(led) && stage.kind === "work" && led.work_m > ON_THE_WAY_M;

/** Whether the blade belongs down where the truck is now; null where that does not matter. */
export function wantsBladeDown() {
  const stage = current();
  if (stage?.kind !== "work" && stage?.kind !== "drive") return null;
  return stage.blade && !isOnTheWay(stage, stands(stage));
}

function stageView(stage) {
  const led = stands(stage);
  const quarter = quarterOf(stage);
  const onTheWay = isOnTheWay(stage, led);
  return html`<section class="stage ${stage.kind}">
      ${quarter ? quarterLine(quarter) : nothing} ${led ? nothing : way(stage)}
      <div class="order" aria-live="polite">
        ${icon(stageIcon(stage), "huge")}
        <div>
          <p class="task">${onTheWay ? t("Drive to") : task(stage)}${stage.both_ways ? html` · ${t("both directions")}` : nothing}</p>
          <h2><bdi>${where(stage)}</bdi></h2>
          ${stage.until ? html`<p class="until">${until(stage)}</p>` : firstTurn(stage)}
        </div>
      </div>
      <p class="measure">${remaining(stage, led).map((text) => html`<span>${text}</span>`)}</p>
      ${equipment(onTheWay ? { ...stage, blade: false, spreader: false } : stage)} ${led ? nothing : steps(stage)}
    </section>
    ${next()}`;
}

/** A quarter as one thing to do, with its pieces to be looked up, where no position tells which of them is driven. */
function quarterView(quarter) {
  return html`<section class="stage work">
      <div class="order" aria-live="polite">
        ${icon("map", "huge")}
        <h2>${quarter.title}</h2>
      </div>
      <p class="measure">${size(quarter)}</p>
      <ol class="next">${openPieces(quarter).map((stage) => html`<li>${row(stage)}</li>`)}</ol>
    </section>
    ${next()}`;
}

function next() {
  const groups = withRest(drive.value, groupsAhead(NEXT));
  if (groups.length === 0) return html`<p class="muted after">${t("After this your route is finished.")}</p>`;
  return html`<section class="after">
    <h3>${t("Then")}</h3>
    <ol class="next">${groups.map((group) => html`<li>${group.stages ? groupRow(group) : row(group)}</li>`)}</ol>
  </section>`;
}

class Now extends Part {
  get stores() {
    return [drive, guide, looking];
  }

  minds(changes) {
    return !("place" in changes);
  }

  render() {
    const { loaded, failed, shift, stages } = drive.value;
    if (failed) return html`<p class="problem" role="alert">${failed}</p>`;
    if (!loaded) return html`<div class="skeleton" aria-hidden="true"></div>`;
    if (isOver(shift))
      return plain(
        shift.state === "ended" ? t("Your shift is over. Good rest!") : t("Your shift was cancelled."),
        t("Your work is recorded."),
        html`<drive-summary></drive-summary>
          <p><a class="wide button" href="/drive">${t("Enter another code")}</a></p>`,
      );
    if (shift.state === "planned") return before(drive.value);
    if (isResting(drive.value)) return restPart(drive.value);
    const stage = current();
    const quarter = stage && wholeQuarter(stage);
    if (quarter) return quarterView(quarter);
    if (stage) return stageView(stage);
    return stages.length === 0
      ? plain(t("No route yet"), t("It appears here by itself as soon as the dispatcher publishes it."))
      : plain(t("Route finished"), t("If there is more to do, a new route appears here by itself."));
  }
}
customElements.define("drive-now", Now);
