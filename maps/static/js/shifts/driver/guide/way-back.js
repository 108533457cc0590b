// The way back to the route over the streets that the phone has stored: A* over arcs, since turns are forbidden between
// arcs and not at junctions. A truck turns back at dead ends only. Knows no page.
import TinyQueue from "tinyqueue";

import { bearing, nearestOn, planeAt, turned } from "./line.js";

const RING = 1;
const NARROW = 2;
const CLOSED = 4;
const NARROW_TIMES = 20; // a depot may lie in a street that is too narrow: dear, not forbidden
const FASTEST_MPS = 25;
const ON_STREET_M = 40;
const HEADING_DEG = 60;

/** How far a place is off a line, which share of the line lies before it, and the line's heading there. */
function nearestOnLine(line, place) {
  let best = { off: Infinity, along: 0, way: 0 };
  let whole = 0;
  for (let i = 1; i < line.length; i += 1) {
    const [from, to] = [line[i - 1], line[i]];
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    const { share, off } = nearestOn(from, to, place);
    if (off < best.off) best = { off, along: whole + length * share, way: bearing(from, to) };
    whole += length;
  }
  return { ...best, share: best.along / (whole || 1) };
}

/** The stored streets, ready to be asked for ways. */
export class StreetGraph {
  constructor(network) {
    this.network = network;
    this.plane = planeAt(network.nodes[0]);
    this.nodes = network.nodes.map(this.plane.metres);
    this.lines = network.streets.map(([, , , line]) => line.map(this.plane.metres));
    this.out = network.nodes.map(() => []);
    network.arcs.forEach(([from], arc) => this.out[from].push(arc));
    this.meeting = network.nodes.map(() => new Set());
    network.arcs.forEach(([from, to, , , street]) => {
      this.meeting[from].add(street);
      this.meeting[to].add(street);
    });
    this.headings = network.arcs.map((_, arc) => this.headingsOf(arc));
    this.banned = new Set(network.banned.map(([one, other]) => one * network.arcs.length + other));
    this.turnsBack = new Set(network.turn_back);
    this.turns = network.turns;
    this.byStreet = new Map();
    network.arcs.forEach(([, , , , street, forward], arc) => {
      const id = network.streets[street][0];
      this.byStreet.set(forward ? id : -id, arc);
    });
  }

  /** Metres and seconds of a street in its direction, as numbered in `streets` of a run; nothing where it is not stored. */
  sizeOf(street) {
    const [, , seconds, metres] = this.network.arcs[this.byStreet.get(street)] ?? [0, 0, 0, 0];
    return { seconds, metres };
  }

  /** The points of an arc in driving order, in metres. */
  lineOf(arc) {
    const [, , , , street, forward] = this.network.arcs[arc];
    return forward ? this.lines[street] : this.lines[street].toReversed();
  }

  /** The headings with which an arc is entered and left; a search asks for them at each turn. */
  headingsOf(arc) {
    const [, , , , street, forward] = this.network.arcs[arc];
    const line = this.lines[street];
    const [first, second, last, beforeLast] = [line[0], line[1], line.at(-1), line.at(-2)];
    return forward ? [bearing(first, second), bearing(beforeLast, last)] : [bearing(last, beforeLast), bearing(second, first)];
  }

  flags(arc) {
    return this.network.streets[this.network.arcs[arc][4]][2];
  }

  seconds(arc) {
    return this.network.arcs[arc][2] * (this.flags(arc) & NARROW ? NARROW_TIMES : 1);
  }

  angle(one, other) {
    return turned(this.headings[one][1], this.headings[other][0]);
  }

  /** What a turn costs in seconds; Infinity where it is forbidden. */
  turn(one, other) {
    const { arcs } = this.network;
    const back = arcs[one][4] === arcs[other][4] && arcs[one][5] !== arcs[other][5];
    if (this.flags(other) & CLOSED) return Infinity;
    if (back) return this.turnsBack.has(one) ? this.turns.back_s : Infinity;
    if (this.banned.has(one * arcs.length + other)) return Infinity;
    if (this.meeting[arcs[one][1]].size === 2) return 0;
    const angle = this.angle(one, other);
    if (Math.abs(angle) <= this.turns.straight_deg) return 0;
    return angle > 0 ? this.turns.right_s : this.turns.left_s;
  }

  /** The arcs on which a truck at a place may be, those in its heading first. */
  under(place, heading) {
    const near = [];
    this.network.arcs.forEach((_, arc) => {
      const { off, share, way } = nearestOnLine(this.lineOf(arc), place);
      const wrong = heading === null ? 0 : Math.abs(turned(way, heading));
      if (off <= ON_STREET_M) near.push({ arc, off, left: 1 - share, wrong });
    });
    const ahead = near.filter(({ wrong }) => wrong <= HEADING_DEG);
    const found = (ahead.length > 0 ? ahead : near).sort((one, other) => one.off - other.off);
    return found.filter(({ off }) => off <= found[0].off + 5);
  }

  /**
   * The quickest way from a place (lon, lat) to any of the wanted streets, each driven in its direction: numbers as in
   * `streets` of a run, with the seconds of what follows. Returns the arcs, or null where none leads there.
   */
  way(place, heading, wanted) {
    const goals = new Map();
    for (const [street, seconds] of wanted) {
      const arc = this.byStreet.get(street);
      if (arc !== undefined) goals.set(arc, Math.min(seconds, goals.get(arc) ?? Infinity));
    }
    const starts = this.under(this.plane.metres(place), heading);
    if (goals.size === 0 || starts.length === 0) return null;
    return this.search(starts, goals);
  }

  search(starts, goals) {
    const { arcs } = this.network;
    const ends = [...goals.keys()].map((arc) => this.nodes[arcs[arc][0]]);
    const far = ([x, y], node) => Math.hypot(x - this.nodes[node][0], y - this.nodes[node][1]);
    const left = (node) => Math.min(...ends.map((end) => far(end, node))) / FASTEST_MPS;
    const cost = new Float64Array(arcs.length).fill(Infinity);
    const came = new Int32Array(arcs.length).fill(-1);
    const done = new Uint8Array(arcs.length);
    const waiting = new TinyQueue([], ([one], [other]) => one - other);
    for (const { arc, left: rest } of starts) {
      cost[arc] = this.seconds(arc) * rest;
      waiting.push([cost[arc] + left(arcs[arc][1]), arc]);
    }
    let goal = -1;
    let price = Infinity;
    while (waiting.length > 0) {
      const [least, arc] = waiting.pop();
      if (least >= price) break;
      if (done[arc]) continue;
      done[arc] = 1;
      if (goals.has(arc) && cost[arc] + goals.get(arc) < price && came[arc] >= 0) {
        goal = arc;
        price = cost[arc] + goals.get(arc);
      }
      for (const next of this.out[arcs[arc][1]]) {
        const turn = this.turn(arc, next);
        const through = cost[arc] + turn + this.seconds(next);
        if (through >= cost[next]) continue;
        cost[next] = through;
        came[next] = arc;
        waiting.push([through + left(arcs[next][1]), next]);
      }
    }
    if (goal < 0) return null;
    const way = [];
    for (let arc = goal; arc >= 0; arc = came[arc]) way.unshift(arc);
    return way;
  }

  /** The line of a way in degrees. */
  course(way) {
    return way.flatMap((arc, i) => this.lineOf(arc).slice(i > 0 ? 1 : 0)).map(this.plane.degrees);
  }

  /** The maneuvers of a way: where one turns, into which street, the exits of roundabouts. */
  maneuvers(way) {
    const found = [];
    let point = 0;
    let exits = 0;
    let entered = 0;
    way.forEach((arc, i) => {
      const name = this.network.names[this.network.streets[this.network.arcs[arc][4]][1]];
      const before = way[i - 1];
      if (before !== undefined) {
        const leaving = this.flags(before) & RING;
        if (leaving) exits += this.exitsAt(before);
        const kind = this.kind(before, arc);
        if (this.flags(arc) & RING) {
          if (!leaving) [entered, exits] = [point, 0];
        } else if (leaving) found.push({ at: entered, kind: "roundabout", exit: Math.max(exits, 1), name });
        else if (kind) found.push({ at: point, kind, exit: 0, name });
      }
      point += this.lineOf(arc).length - 1;
    });
    return found;
  }

  exitsAt(arc) {
    return this.out[this.network.arcs[arc][1]].some((next) => !(this.flags(next) & RING)) ? 1 : 0;
  }

  kind(one, other) {
    const { arcs } = this.network;
    if (arcs[one][4] === arcs[other][4]) return "back";
    if (this.meeting[arcs[one][1]].size === 2) return null;
    const angle = this.angle(one, other);
    if (Math.abs(angle) <= this.turns.straight_deg) return null;
    const side = angle > 0 ? "right" : "left";
    return Math.abs(angle) > 130 ? `sharp_${side}` : side;
  }
}
