// The areas of yards and places to load: their part of a form, and how the map shows them.
import { html } from "lit";
import { DEGREE_M } from "../../pages/map/distance.js";
import { t } from "../../pages/texts.js";
import { color, onTheme } from "../../pages/theme.js";
import { field } from "../../pages/form-parts.js";
import { cornersIn, textOf } from "./geojson.js";
import { numberField } from "../../pages/number-fields.js";
import { fleet } from "./state.js";

const CIRCLE_STEPS = 48;

const alter = (change) => fleet.set({ editing: { ...fleet.value.editing, ...change } });

const corners = () => fleet.value.editing.polygon;

/** Whether the form has an area that can be saved. */
export const isArea = ({ drawn, polygon }) => !drawn || polygon.length > 2;

/** What is sent of an area; `radius` is what the form says. */
export const areaOf = ({ drawn, polygon, radius_m: before }, radius) => ({
  radius_m: drawn ? before : radius,
  polygon: drawn ? polygon : [],
});

/** Take a click on the map as the next corner; says whether one was wanted. */
export function takeCorner({ lng, lat }) {
  const { editing } = fleet.value;
  if (!editing?.drawn || editing.lon == null) return false;
  alter({ polygon: [...editing.polygon, [lng, lat]] });
  return true;
}

function takeText({ target }) {
  const { corners: found, fault } = cornersIn(target.value);
  target.setCustomValidity(fault ?? "");
  if (fault) target.reportValidity();
  else alter({ polygon: found });
}

const choice = (drawn, word, chosen) => html`<label class="chip"><input type="radio" name="area" value=${drawn ? "drawn" : "circle"} .checked=${chosen} @change=${() => alter({ drawn })}><span>${word}</span></label>`;

const drawing = (polygon) => html`<p class="small" role="status">${t("Click its corners on the map, one after the other.")} ${t("corners:{count}", { count: polygon.length })}</p>
  <button type="button" ?disabled=${polygon.length === 0} @click=${() => alter({ polygon: corners().slice(0, -1) })}><span class="icon icon-undo-2 mirrored" aria-hidden="true"></span>${t("Take back the last corner")}</button>
  ${field("polygon", t("Or as GeoJSON"), html`<textarea id="polygon" name="polygon" rows="3" dir="ltr" spellcheck="false" .value=${textOf(polygon)} @change=${takeText}></textarea>`)}`;

/** How far it reaches: a circle, or what was drawn. */
export const areaFields = ({ drawn, polygon, radius_m: radius }) => html`<fieldset class="chips">
    <legend>${t("Site area")}</legend>
    ${choice(false, t("A circle"), !drawn)} ${choice(true, t("Drawn on the map"), Boolean(drawn))}
  </fieldset>
  ${drawn ? drawing(polygon) : numberField("radius_m", t("field:radius_m"), radius, { unit: t("m") })}`;

function circle({ lon, lat, radius_m: radius }) {
  const north = radius / DEGREE_M;
  const east = north / Math.cos((lat * Math.PI) / 180);
  return Array.from({ length: CIRCLE_STEPS }, (_, step) => {
    const angle = (step / CIRCLE_STEPS) * 2 * Math.PI;
    return [lon + east * Math.cos(angle), lat + north * Math.sin(angle)];
  });
}

function outline(thing) {
  const drawn = thing.drawn ?? thing.polygon.length > 0;
  const ring = drawn ? thing.polygon : circle(thing);
  const geometry = ring.length > 2
    ? { type: "Polygon", coordinates: [[...ring, ring[0]]] }
    : { type: "MultiPoint", coordinates: ring };
  return { type: "Feature", geometry, properties: {} };
}

const outlines = (things) => ({
  type: "FeatureCollection",
  features: things.filter(({ lon, radius_m: radius }) => lon != null && radius != null).map(outline),
});

/** Draw areas under the pins; returns what to call with the things to show. */
export function showAreas(map) {
  map.addSource("areas", { type: "geojson", data: outlines([]) });
  const paint = () => color("accent");
  map.addLayer({ id: "area-fill", type: "fill", source: "areas", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": paint(), "fill-opacity": 0.14 } });
  map.addLayer({ id: "area-outline", type: "line", source: "areas", filter: ["==", ["geometry-type"], "Polygon"], paint: { "line-color": paint(), "line-width": 2 } });
  map.addLayer({ id: "area-corners", type: "circle", source: "areas", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": paint(), "circle-radius": 5 } });
  onTheme(() => {
    map.setPaintProperty("area-fill", "fill-color", paint());
    map.setPaintProperty("area-outline", "line-color", paint());
    map.setPaintProperty("area-corners", "circle-color", paint());
  });
  return (things) => map.getSource("areas").setData(outlines(things));
}
