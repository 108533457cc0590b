// Names of trucks without collisions, and trucks that stand together as one sign with their number.

const STACK_PX = 14; // trucks that stand so near to each other cover each other
const STACK_LEAST = 3;
const AWAY_PX = 20; // from the middle of a truck to its name
const APART_PX = 6; // between two names in a line, which would read as one
const TRUCK_PX = 10; // from the middle of a truck to its edge
export const LINE_PX = 16;
const STANDS = new Set(["stopped", "silent", "reloading", "in_yard", "out", "off_duty", "shift_over"]);

/** Where a name may be, as [across, down] in its own sizes from the middle of its truck, the best first. */
const SPOTS = [
  [-0.5, 0, 0, AWAY_PX],
  [-0.5, -1, 0, -AWAY_PX],
  [0, -0.5, AWAY_PX, 0],
  [-1, -0.5, -AWAY_PX, 0],
];

const meet = (one, other) =>
  one.left < other.left + other.wide + APART_PX &&
  other.left < one.left + one.wide + APART_PX &&
  one.top < other.top + LINE_PX &&
  other.top < one.top + LINE_PX;

/** Whether a name at `box` lies over a truck. */
const covers = ({ left, top, wide }, { x, y }) =>
  left < x + TRUCK_PX && x - TRUCK_PX < left + wide && top < y + TRUCK_PX && y - TRUCK_PX < top + LINE_PX;

/** Put trucks `{id, x, y, state}` that stand together into stacks; `apart` are ids of trucks that stay by themselves. */
export function stacked(trucks, apart) {
  const alone = [];
  const stacks = [];
  for (const truck of trucks) {
    if (!STANDS.has(truck.state) || apart.has(truck.id)) {
      alone.push(truck);
      continue;
    }
    const near = stacks.find(([{ x, y }]) => Math.hypot(x - truck.x, y - truck.y) <= STACK_PX);
    if (near) near.push(truck);
    else stacks.push([truck]);
  }
  return {
    alone: [...alone, ...stacks.filter(({ length }) => length < STACK_LEAST).flat()],
    stacks: stacks.filter(({ length }) => length >= STACK_LEAST),
  };
}

/** Places names; a name stays on its side of the truck while there is room. */
export class LabelPlacer {
  constructor() {
    this.spots = new Map();
  }

  /**
   * Return the boxes `{id, words, left, top, wide}` of names `{id, words, wide, x, y}` that touch no other and lie over none
   * of the `trucks` `{x, y}`; earlier names go first, and one without room is left out. The first one always has room.
   */
  place(names, trucks = []) {
    const placed = [];
    for (const name of names) {
      const before = this.spots.get(name.id) ?? 0;
      const order = [before, ...SPOTS.keys()];
      const free = (each) => {
        const box = boxOf(name, each);
        return !placed.some((other) => meet(box, other)) && !trucks.some((truck) => covers(box, truck));
      };
      const spot = order.find(free) ?? (placed.length === 0 ? before : undefined);
      if (spot === undefined) continue;
      this.spots.set(name.id, spot);
      placed.push({ id: name.id, words: name.words, ...boxOf(name, spot) });
    }
    return placed;
  }
}

function boxOf({ x, y, wide }, spot) {
  const [across, down, right, below] = SPOTS[spot];
  return { left: x + across * wide + right, top: y + down * LINE_PX + below, wide };
}
