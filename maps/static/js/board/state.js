// What the board knows, as the server told it, and what is selected.
import { boot, setClock } from "../pages/boot.js";
import { get } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { Store } from "../pages/store.js";
import { withNews } from "../pages/stream.js";

export const board = new Store({
  loaded: false,
  storm: null,
  figures: {},
  classes: [],
  vehicles: new Map(),
  requests: new Map(),
  runs: new Map(),
  shifts: new Map(),
  trucks: new Map(),
  blockages: new Map(),
  out: new Map(),
  alerts: new Map(),
  alertsLoaded: false,
  snoozes: new Map(),
  checks: new Map(),
  messages: new Map(),
  canned: [],
  owners: [],
  plan: null,
  heardAt: Date.now(),
  connected: false,
});

/**
 * `{kind: "request" | "truck" | "street" | "blockage", id}` or null, the leg of the timeline that it was chosen by
 * (`{vehicle, leg}`), the place on the map being asked for, and the requests that a filter lets through (null for all).
 */
export const selection = new Store({ chosen: null, leg: null, placing: null, hidden: new Set(), listed: null });

/** States of each street as [forward, backward]; the map follows `changes` of it. */
export const coverage = { states: new Map(), followers: new Set() };

/** A list as a map by id. */
export const keyed = (list) => new Map(list.map((item) => [item.id, item]));

/** Take in [id, forward, backward] rows. */
export function takeCoverage(rows) {
  const ids = [];
  for (const [id, forward, backward] of rows) {
    const [was, wasBack] = coverage.states.get(id) ?? [];
    if (was === forward && wasBack === backward) continue;
    coverage.states.set(id, [forward, backward]);
    ids.push(id);
  }
  for (const follower of coverage.followers) follower(ids);
}

const iso = (seconds) => (seconds === null ? null : new Date(1000 * seconds).toISOString());

/** What the map draws of a request: its words are asked for when somebody looks. */
const outline = ([id, lon, lat, kind, received, due]) => ({
  id,
  lon,
  lat,
  kind,
  state: lon === null ? "new" : "open",
  received_at: iso(received),
  due_at: iso(due),
});

/** Whether nobody has asked yet for the words of a request. */
export const outlined = (request) => request?.text === undefined;

const placed = (request) => request.lon !== null;

/** All requests that wait: those told in full, what was known of others in full, and outlines of the rest. */
function waitingRequests({ waiting, requests }) {
  const known = board.value.requests;
  const told = keyed(requests);
  const fresh = (drawn) => {
    const before = known.get(drawn.id);
    if (outlined(before) || placed(before) !== placed(drawn)) return drawn;
    return { ...before, due_at: drawn.due_at };
  };
  return new Map(waiting.map(outline).map((drawn) => [drawn.id, told.get(drawn.id) ?? fresh(drawn)]));
}

/** Learn everything of a request that is known in outline only. */
async function tellInFull(id) {
  const request = board.value.requests.get(id);
  if (request && (outlined(request) || (request.job_id !== null && request.due_at === null))) merge("requests", [await get(`/api/requests/${id}`)]);
}

const SETTLE_MS = 120; // who scrolls through a list reads nothing on the way
const MOST_ASKED = 100;
let sought = [];
let asking = null;

/** Learn everything of the requests that came into sight, as soon as they stay there. */
export function tellSeen(requests) {
  sought = requests.filter(outlined).map(({ id }) => id);
  clearTimeout(asking);
  if (sought.length === 0 || onlyWall) return;
  asking = setTimeout(async () => {
    const ids = sought.slice(0, MOST_ASKED).map((id) => `ids=${id}`);
    const told = await attempt(() => get(`/api/board/told?${ids.join("&")}`));
    if (told) merge("requests", told);
  }, SETTLE_MS);
}

/** Learn which waiting requests have some words in them; returns their ids. */
export async function findRequests(words) {
  const found = await get(`/api/board/requests?words=${encodeURIComponent(words)}`);
  merge("requests", found);
  return new Set(found.map(({ id }) => id));
}

/** Merge changed things into one of the board's maps. */
export function merge(field, list) {
  const merged = new Map(board.value[field]);
  for (const item of list) merged.set(item.id, { ...merged.get(item.id), ...item });
  board.set({ [field]: merged });
}

/** Take in requests as they changed; whoever tells of them does not always know when their work is due. */
export function mergeRequests(list) {
  const known = board.value.requests;
  const due = (request) =>
    request.due_at ?? (known.get(request.id)?.job_id === request.job_id ? known.get(request.id).due_at : null);
  merge(
    "requests",
    list.map((request) => ({ ...request, due_at: due(request) })),
  );
}

/** Ask for what changes with every pass: figures and how far classes are. */
export async function reloadFigures() {
  const { now, figures, classes } = await get("/api/board/figures");
  setClock(now);
  board.set({ figures, classes });
}

/** Ask for everything: at the start, after a break, when a storm or plan changes. */
export const reload = withNews(async () => {
  const whole = await get("/api/board");
  setClock(whole.now);
  takeCoverage(whole.coverage);
  board.set({
    loaded: true,
    storm: whole.storm,
    figures: whole.figures,
    classes: whole.classes ?? [],
    vehicles: keyed(whole.vehicles),
    requests: waitingRequests(whole),
    runs: keyed(whole.runs),
    plan: whole.plan,
  });
});

/** Select something everywhere at once, by a leg of the timeline or by itself; null clears. */
export function choose(kind, id, leg = null) {
  const { chosen, leg: before } = selection.value;
  const same = (chosen?.kind ?? null) === kind && chosen?.id === id;
  if (same && leg === before) return;
  selection.set(same ? { leg } : { chosen: kind ? { kind, id } : null, leg });
  if (kind === "request") attempt(() => tellInFull(id));
}

/** Whether the signed-in user may change plans and storms. */
export const mayDispatch = boot.roles.some((role) => role === "dispatcher" || role === "administrator");

/** The last result of `make` while what it is made of stays the same object. */
export function once(make) {
  let source;
  let made;
  return (of) => {
    if (of !== source) [source, made] = [of, make(of)];
    return made;
  };
}

const waitingOf = once((requests) =>
  [...requests.values()]
    .filter((request) => request.state === "open" || request.state === "new")
    .sort((one, other) => (one.received_at < other.received_at ? -1 : 1)),
);

/** Whether this is a screen on a wall that may do nothing else. */
export const onlyWall = boot.roles.every((role) => role === "wall");

/** Open requests and those that wait for a pin, the oldest first. */
export const openRequests = () => waitingOf(board.value.requests);

/** Machines, those that were heard of first, then by name: an order that holds still while one reads. */
export const vehicles = () => sortedVehicles(board.value.vehicles);

const collator = new Intl.Collator(boot.language, { numeric: true });
const unheard = (vehicle) => (vehicle.fixed_at ? 0 : 1);
const sortedVehicles = once((found) =>
  [...found.values()].sort(
    (one, other) => unheard(one) - unheard(other) || collator.compare(one.name, other.name),
  ),
);
