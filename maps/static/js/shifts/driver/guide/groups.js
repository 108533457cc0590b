// Runs as one speaks of them: the short pieces of a quarter are one group with one name, which unfolds.
import { html } from "lit";
import { length, t } from "../../../pages/texts.js";
import { current, drive } from "../state.js";
import { icon, row } from "../words.js";
import { guide } from "./state.js";

const isDoneWork = ({ kind, state }) => kind === "work" && state === "done";

const of = (told, stages) => ({
  ...told,
  stages,
  state: stages.some(({ state }) => state === "open") ? "open" : "done",
  expected_at: stages.at(-1).expected_at,
});

function group({ stages, shift }) {
  if (!shift?.groups) return stages.map((stage) => of({ first: stage.first, title: "" }, [stage]));
  let next = 0; // the groups hold all stages, in order
  return shift.groups.map((one) => {
    const from = next;
    while (next < stages.length && stages[next].first <= one.last) next += 1;
    return of(one, stages.slice(from, next));
  });
}

let made = {}; // for which stages; they are asked for at each position

/** The groups of the route with their stages; where an older page kept the route, each stage is its own. */
export function grouped() {
  const { stages, shift } = drive.value;
  if (made.stages !== stages || made.shift !== shift) made = { stages, shift, groups: group({ stages, shift }) };
  return made.groups;
}

/** The quarter that a stage is a piece of; undefined where it stands for itself. */
export const quarterOf = (stage) => grouped().find((group) => group.title && group.stages.includes(stage));

/** The quarter that is to be done as a whole, where no position tells its pieces apart. */
export const wholeQuarter = (stage) => (guide.value.mode === "waiting" ? quarterOf(stage) : undefined);

/** The pieces of a quarter that are open. */
export const openPieces = ({ stages }) => stages.filter(({ kind, state }) => kind === "work" && state === "open");

/** How many pieces of a quarter are done, in words. */
export const piecesDone = ({ stages, runs }) => t("pieces:done", { done: stages.filter(isDoneWork).length, count: runs });

/** The groups after the present one that have something left. */
export function groupsAhead(count) {
  const groups = grouped();
  const stage = current();
  const now = groups.findIndex(({ stages }) => stages.includes(stage));
  return groups.slice(now + 1).filter(({ state }) => state === "open").slice(0, count);
}

/** Pieces and length of a quarter. */
export const size = (group) => `${t("run:pieces", { count: group.runs })} · ${length(group.length_m)}`;

/** A group in a list: what and where, how many pieces and how far. */
export function groupRow(group, more = size(group), picture = "map") {
  if (!group.title) return row(group.stages.at(-1));
  return html`${icon(picture)} <span class="what">${group.title}</span> <span class="sub">${more}</span>`;
}
