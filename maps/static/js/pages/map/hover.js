// What is under the pointer, and the words beside it, on every page with a map of streets.

const COVERED = ["streets", "forward", "backward", "casing"];
const REACH_PX = 6;

/** What some layers show around a point of the screen, the topmost first. */
export function around(map, { x, y }, layers = COVERED, reachPx = REACH_PX) {
  const corners = [
    [x - reachPx, y - reachPx],
    [x + reachPx, y + reachPx],
  ];
  return map.queryRenderedFeatures(corners, { layers });
}

const empty = new WeakMap(); // sources that have nothing in them

/** Put features into a source; none into one that has none is no reason to draw the map anew. */
export function put(map, name, features) {
  const source = map.getSource(name);
  if (features.length === 0 && (empty.get(source) ?? true)) return;
  empty.set(source, features.length === 0);
  source.setData({ type: "FeatureCollection", features });
}

/** The sign that names what is under the pointer: call it with words and the pointer's place, or with none. */
export function makeTooltip(map) {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.dir = "auto";
  tip.hidden = true;
  map.getContainer().append(tip);
  return (words, { x, y } = { x: 0, y: 0 }) => {
    tip.hidden = !words;
    tip.textContent = words ?? "";
    tip.style.transform = `translate(${x + 12}px, ${y + 12}px)`;
  };
}
