// Off the route: the way back to it over the stored streets, found on the phone, as its own small route.
import { inLanguage, t } from "../../../pages/texts.js";
import { storedFor, storedNetwork } from "../storage.js";
import { drive } from "../state.js";
import { due } from "./announcer.js";
import { routeLine } from "./line.js";
import { beginAt, isOff, matched } from "./matcher.js";
import { interrupt } from "./speech.js";
import { sentence } from "./speaker.js";
import { guide, route } from "./state.js";
import { StreetGraph } from "./way-back.js";

const MOST_EXITS = 8; // that have a word of their own
const AGAIN_MS = 4000; // between two ways, where the truck does not follow the first
const NONE_MS = 20000; // after no way was found

let graph = null;
let made = null; // the plan and closures whose streets the graph has
let way = null;
let match = null;
let said = new Set();
let restsUntil = 0;

async function streets() {
  const version = storedFor();
  if (graph && made === version) return graph;
  const network = await storedNetwork();
  if (network) {
    graph = new StreetGraph(network);
    made = version;
  }
  return graph;
}

/**
 * The streets of the present run to which a way back may lead, with the seconds from each to the work: the one that was
 * left where the truck was at work, else all from there to where the work begins.
 */
function wanted() {
  const { metre, standing } = guide.value;
  const { from, work } = route().runs[standing.run];
  const stage = drive.value.stages[standing.run];
  const rest = [];
  let at = from;
  for (const street of stage.streets) {
    const { metres } = graph.sizeOf(street);
    if (at + metres > metre + 1 && (rest.length === 0 || stage.kind !== "work" || at < work + 1)) rest.push(street);
    at += metres;
  }
  let seconds = 0;
  return rest.toReversed().map((street) => {
    const entry = [street, seconds];
    seconds += graph.sizeOf(street).seconds;
    return entry;
  });
}

/** A maneuver of the way in words, as the server says those of the route. */
function worded({ kind, exit, name }) {
  const turn = kind === "roundabout" ? t("maneuver:roundabout", { exit: t(`exit:${Math.min(exit, MOST_EXITS)}`) }) : t(`maneuver:${kind}`);
  return { turn, text: inLanguage(name) ? t("maneuver:into", { turn, street: inLanguage(name) }) : turn };
}

function begin(arcs) {
  const line = graph.course(arcs);
  const maneuvers = graph.maneuvers(arcs).map((one) => ({ ...one, ...worded(one) }));
  way = routeLine([{ line, work_from: 0, maneuvers }]);
  match = beginAt(0);
  said = new Set();
}

/** The next maneuver of the way, with how far it is. */
function next() {
  const found = way.maneuvers.find((one) => one.metre > match.metre);
  return found ? { ...found, m: found.metre - match.metre } : null;
}

async function find() {
  if (Date.now() < restsUntil) return;
  restsUntil = Date.now() + AGAIN_MS;
  const { place } = drive.value;
  const known = await streets();
  const arcs = known?.way([place.lon, place.lat], place.heading, wanted());
  if (arcs) begin(arcs);
  else restsUntil = Date.now() + NONE_MS;
  guide.set({ back: arcs ? { line: known.course(arcs), maneuver: next() } : null });
}

function follow() {
  const { fix, mode } = guide.value;
  if (mode !== "off") {
    way = null;
    if (guide.value.back) guide.set({ back: null });
    return;
  }
  if (!way) {
    find();
    return;
  }
  const [x, y] = way.plane.metres([fix.lon, fix.lat]);
  match = matched(way, match, { ...fix, x, y });
  if (isOff(match)) {
    way = null;
    find();
    return;
  }
  const told = due(way.maneuvers, match.metre, match.mps, said);
  if (told) interrupt(sentence(told), told.maneuver.kind, sentence(told, ({ turn }) => turn));
  guide.set({ back: { ...guide.value.back, maneuver: next() } });
}

/** Look for ways back from now on. */
export function startWayBack() {
  guide.follow((_, changes) => {
    if ("fix" in changes && route()) follow();
  });
}
