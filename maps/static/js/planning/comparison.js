// The page of two plans: their routes on a map, a color for each truck, and the draft published from here.
import "../pages/theme.js";
import "../pages/notices.js";
import { html, render } from "lit";
import { get, post } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { dangerousChoice } from "../pages/form-parts.js";
import { followTheme, makeMap } from "../pages/map/map.js";
import { t } from "../pages/texts.js";
import { color, onTheme } from "../pages/theme.js";

const NOTHING_HIDDEN = new Set();
const LAYER = "compared";
const TURN_DEG = 137.5; // golden angle: neighbours in the list never look alike

const box = document.getElementById("plans"); // nothing where there are no two plans yet
const sides = { first: Number(box?.dataset.first), second: Number(box?.dataset.second) };
const legs = {};
let shown = "second";

/** A color of its own for each truck, in both themes as strong as the streets. */
const truckColor = (vehicle) => `hsl(${(vehicle * TURN_DEG) % 360}, 65%, 45%)`;

const works = (collection) => collection.features.filter(({ geometry, properties }) => properties.kind === "work" && geometry?.type === "LineString");

/** Which truck does each street, by the direction and pass. */
const doers = (collection) =>
  new Map(works(collection).map(({ properties }) => [`${properties.segments[0]} ${properties.pass} ${properties.jobs}`, properties.vehicle_id]));

function featuresOf(view) {
  const side = view === "first" ? "first" : "second";
  const drawn = works(legs[side]).map((each) => ({ ...each, properties: { color: truckColor(each.properties.vehicle_id), ...each.properties } }));
  if (view !== "changes") return drawn;
  const before = doers(legs.first);
  return drawn.filter(({ properties: one }) => before.get(`${one.segments[0]} ${one.pass} ${one.jobs}`) !== one.vehicle_id);
}

function draw(map) {
  map.getSource(LAYER)?.setData({ type: "FeatureCollection", features: featuresOf(shown) });
}

/** The first layer of names: routes are drawn below it. */
const firstNames = (map) => map.getStyle().layers.find(({ type }) => type === "symbol")?.id;

function addLayers(map) {
  const below = firstNames(map);
  map.addSource(LAYER, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  const line = { "line-cap": "round", "line-join": "round" };
  const width = (px) => ["interpolate", ["linear"], ["zoom"], 11, px / 2, 15, px * 1.5];
  map.addLayer({ id: `${LAYER}-halo`, type: "line", source: LAYER, layout: line, paint: { "line-color": color("halo"), "line-width": width(7) } }, below);
  map.addLayer({ id: LAYER, type: "line", source: LAYER, layout: line, paint: { "line-color": ["get", "color"], "line-width": width(4) } }, below);
  onTheme(() => map.setPaintProperty(`${LAYER}-halo`, "line-color", color("halo")));
}

const VIEWS = () => [
  ["first", t("First plan")],
  ["second", t("Second plan")],
  ["changes", t("Streets that another truck clears")],
];

function choices(map) {
  const choose = (view) => {
    shown = view;
    draw(map);
    choices(map);
  };
  render(
    html`${VIEWS().map(([view, word]) => html`<button type="button" class="chip" aria-pressed=${view === shown} @click=${() => choose(view)}>${word}</button>`)}`,
    document.getElementById("views"),
  );
}

async function showMap() {
  const [first, second, map] = await Promise.all([
    get(`/api/plans/${sides.first}/geojson`),
    get(`/api/plans/${sides.second}/geojson`),
    makeMap(NOTHING_HIDDEN),
  ]);
  Object.assign(legs, { first, second });
  map.cooperativeGestures.enable(); // the page itself scrolls
  followTheme(map, () => NOTHING_HIDDEN);
  addLayers(map);
  choices(map);
  draw(map);
}

/** What may be done with a draft of this page, where it stands in the head. */
function orders(place, state = {}) {
  const id = Number(place.dataset.plan);
  const again = (change) => orders(place, { ...state, ...change });
  const publish = async () => {
    again({ busy: true });
    try {
      await post(`/api/plans/${id}/publish`, { dropping: state.drops === true });
      again({ asked: false, busy: false, done: Date.now(), words: "" });
    } catch (error) {
      const { reason } = error.values ?? {};
      again({ asked: true, busy: false, words: error.message, drops: reason === "plan_drops_jobs", old: reason?.startsWith("draft_") });
    }
  };
  const planAgain = async () => {
    again({ busy: true });
    if (await attempt(() => post(`/api/plans/${id}/again`))) location.assign("/");
    else again({ busy: false });
  };
  const takeBack = async () => {
    again({ busy: true });
    if (await attempt(() => post(`/api/plans/${id}/take-back`))) location.reload();
    else again({ busy: false });
  };
  render(template({ ...state, publish, planAgain, takeBack, ask: () => again({ asked: true }), keep: () => again({ asked: false, words: "", drops: false }) }), place);
}

function template({ asked, busy, done, words, drops, old, ...order }) {
  if (done)
    return html`<p role="status"><span class="icon icon-check" aria-hidden="true"></span> <strong>${t("Published.")}</strong>
      <button type="button" ?disabled=${busy} @click=${order.takeBack}>${t("Take it back")}</button> <a href="/">${t("To the board")}</a></p>`;
  if (!asked)
    return html`<button type="button" class="primary" @click=${order.ask}><span class="icon icon-check" aria-hidden="true"></span>${t("Publish to the trucks")}</button>`;
  return html`<div role="alertdialog" aria-label=${t("Publish to the trucks")}>
    <p>${words || t("Publish this plan? Drivers see it at once.")}</p>
    ${
      drops
        ? dangerousChoice({ act: order.publish, busy, acts: t("Publish and drop them"), keep: order.keep, keeps: t("Not now") })
        : html`${
              old
                ? html`<button type="button" class="primary" ?disabled=${busy} @click=${order.planAgain}>${t("Plan again from now")}</button>`
                : html`<button type="button" class="primary" ?disabled=${busy} @click=${order.publish}>${t("Yes, publish")}</button>`
            }
            <button type="button" @click=${order.keep}>${t("Not now")}</button>`
    }
  </div>`;
}

document.getElementById("print")?.addEventListener("click", () => print());
for (const place of document.querySelectorAll(".publish[data-plan]")) orders(place);
if (sides.first && sides.second) attempt(showMap);
