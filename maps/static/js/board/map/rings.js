// The rings of requests and blockages on the board's map: told to it as a whole once, then only what became different.
import { now } from "../../pages/boot.js";
import { ringPaints } from "../../pages/map/requests.js";
import { put } from "../../pages/map/hover.js";
import { openBlockages } from "../../shifts/blockage.js";
import { board, openRequests, selection } from "../state.js";

const FILL_MS = 4 * 3600000; // a ring without a deadline is full after four hours
const STEPS = 24; // of filling: nobody sees finer ones
const MANY = 2000; // rings from which on they are small: nobody sees them fill
const FILLS_EVERY_MS = 30000;
const SLOWLY = 10; // so much more rarely where there are many
const RESTS = 2; // a repaint holds the page up: news waits so many times as long as the last one took
const LONGEST_MS = 3000; // a map that moves all the time is never idle

const after = (ms) => new Promise((done) => setTimeout(done, ms));

const feature = (id, { lon, lat }, properties) => ({
  type: "Feature",
  id,
  geometry: { type: "Point", coordinates: [lon, lat] },
  properties,
});

function ring(request) {
  const received = Date.parse(request.received_at);
  const due = request.due_at ? Date.parse(request.due_at) : received + FILL_MS;
  const share = Math.min(1, Math.max(0.04, (now() - received) / Math.max(1, due - received)));
  const age = Math.ceil(share * STEPS) / STEPS;
  return feature(request.id, request, { id: request.id, age, danger: age === 1 || request.kind === "blocked" });
}

const barrier = (blockage) => feature(blockage.id, blockage, { blockage: blockage.id });

const listed = (request) => request.lon != null && (selection.value.listed?.has(request.id) ?? true);

const rings = () => openRequests().filter(listed).map(ring);

const looks = ({ geometry: { coordinates }, properties: { age, danger } }) => `${coordinates} ${age} ${danger}`;

/** Keeps the source `requests` of a map equal to what waits. */
class Rings {
  constructor(map) {
    Object.assign(this, { map, source: map.getSource("requests"), told: new Map(), many: null, busy: false, stale: false });
  }

  /** Tell the map what is different, as soon as it has drawn what it was told before. */
  tell() {
    this.stale = true;
    if (this.busy) return;
    this.stale = false;
    const found = rings();
    const diff = this.differing(found);
    if (diff.add.length + diff.remove.length === 0) return;
    this.fit(found.length);
    this.give(found, diff);
  }

  differing(found) {
    const looked = new Map(found.map((one) => [one.id, looks(one)]));
    const add = found.filter(({ id }) => this.told.get(id) !== looked.get(id));
    const remove = [...this.told.keys()].filter((id) => !looked.has(id));
    this.told = looked;
    return { add, remove };
  }

  fit(count) {
    const many = count > MANY;
    if (many === this.many) return;
    this.many = many;
    for (const [layer, property, value] of ringPaints(many)) this.map.setPaintProperty(layer, property, value);
  }

  async give(found, diff) {
    const began = performance.now();
    this.busy = true;
    if (diff.add.length === found.length) this.source.setData({ type: "FeatureCollection", features: found });
    else this.source.updateData(diff);
    await Promise.race([new Promise((done) => this.map.once("idle", done)), after(LONGEST_MS)]);
    await after(RESTS * (performance.now() - began));
    this.busy = false;
    if (this.stale) this.tell();
  }
}

const drawBlockages = (map) => put(map, "blockages", openBlockages().map(barrier));

/** Draw rings, and keep them so as requests come and go and as time goes by. */
export function drawRings(map) {
  const drawn = new Rings(map);
  let turn = 0;
  drawBlockages(map);
  board.follow((_, changes) => {
    if (changes.requests) drawn.tell();
    if (changes.blockages) drawBlockages(map);
  });
  selection.follow((_, changes) => "listed" in changes && drawn.tell());
  setInterval(() => {
    turn += 1;
    if (!drawn.many || turn % SLOWLY === 0) drawn.tell();
  }, FILLS_EVERY_MS);
  drawn.tell();
}
