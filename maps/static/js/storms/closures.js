// Streets that a dispatcher closed: drawn on the map, and closed or opened again from a street's panel.
import { html, nothing } from "lit";
import { now } from "../pages/boot.js";
import { attempt } from "../pages/notices.js";
import { get, post } from "../pages/net.js";
import { Store } from "../pages/store.js";
import { withNews } from "../pages/stream.js";
import { day, t, time } from "../pages/texts.js";
import { person } from "../accounts/people.js";
import { board, keyed, mayDispatch, selection } from "../board/state.js";

const EXAMPLE_MS = 2 * 3600 * 1000; // how far ahead the time lies that an empty field shows as an example

/** Closures by id; `asking` is the street whose form is open, `fault` why the last order was refused. */
export const closures = new Store({ known: new Map(), asking: null, fault: null });

/** Ask for all: at the start, after a break, and when a storm begins or ends. */
export const reloadClosures = withNews(async () => {
  closures.set({ known: keyed(await get("/api/closures")) });
});

/** Take in closures that changed. */
export function mergeClosures(list) {
  const known = new Map(closures.value.known);
  for (const one of list) known.set(one.id, one);
  closures.set({ known });
}

const holding = () => [...closures.value.known.values()].filter((one) => !one.over);

/** The closures of a street. */
export const closuresOf = (street) => holding().filter((one) => one.segment_id === street);

/** Whether nobody can drive a street now, in a direction (`forward` or not). */
export const isClosed = (street, forward) =>
  closuresOf(street).some((one) => one.holds && (one.forward === null || one.forward === forward));

const lines = () => ({
  type: "FeatureCollection",
  features: holding().map((one) => ({
    type: "Feature",
    properties: { id: one.id },
    geometry: { type: "LineString", coordinates: one.line },
  })),
});

/** Draw closed streets over their colors: dark and light dashes, seen on any color. */
export function drawClosures(map) {
  map.addSource("closures", { type: "geojson", data: lines() });
  const wide = { "line-color": "#ffffff", "line-width": 7, "line-opacity": 0.9 };
  const dashes = { "line-color": "#1c2329", "line-width": 5, "line-dasharray": [1, 1] };
  map.addLayer({ id: "closures-casing", type: "line", source: "closures", paint: wide }, "route-halo");
  map.addLayer({ id: "closures", type: "line", source: "closures", paint: dashes }, "route-halo");
  closures.follow((_, changes) => changes.known && map.getSource("closures").setData(lines()));
  selection.follow(({ hidden }, changes) => {
    if (!("hidden" in changes)) return;
    const visibility = hidden.has("closed") ? "none" : "visible";
    for (const layer of ["closures-casing", "closures"]) map.setLayoutProperty(layer, "visibility", visibility);
  });
}

/** Bring into view why a form was refused, with the field that it is about. */
function showRefused(form, name) {
  if (name) form.elements.namedItem(name)?.focus();
  form.querySelector(".problem")?.scrollIntoView({ block: "nearest" });
}

async function close(event, street) {
  event.preventDefault();
  const told = Object.fromEntries(new FormData(event.target));
  const forward = { both: null, forward: true, backward: false }[told.way ?? "both"];
  const wish = { segment_id: street, forward, reason: told.reason, until_at: told.until_at || null };
  try {
    mergeClosures([await post(`/api/storms/${board.value.storm.id}/closures`, wish)]);
    closures.set({ asking: null, fault: null });
  } catch (error) {
    closures.set({ fault: error });
    requestAnimationFrame(() => showRefused(event.target, error.values?.field));
  }
}

async function lift(one) {
  const opened = await attempt(() => post(`/api/closures/${one.id}/lift`));
  if (opened) mergeClosures([opened]);
}

const way = ({ forward }) => (forward === null ? t("both ways") : forward ? t("One way") : t("The other way"));

const closed = (one) => html`<div class="way">
  <h3><span class="icon icon-construction danger" aria-hidden="true"></span> ${one.holds ? t("Closed") : t("Will be closed")} · ${way(one)}</h3>
  <p class="small"><bdi>${one.reason}</bdi></p>
  <p class="small muted">${one.until_at ? t("until {day}, {time}", { day: day(one.until_at), time: time(one.until_at) }) : t("until it is opened")} · ${person(one.by)}</p>
  ${mayDispatch ? html`<button @click=${() => lift(one)}>${t("Open again")}</button>` : ""}
</div>`;

function form(street, ways) {
  const { fault } = closures.value;
  return html`<form class="column" @submit=${(event) => close(event, street)}>
    ${
      ways.length > 1
        ? html`<label for="closure-way">${t("Direction")}</label><select id="closure-way" name="way"><option value="both">${t("both ways")}</option><option value="forward">${t("One way")}</option><option value="backward">${t("The other way")}</option></select>`
        : ""
    }
    <label for="closure-reason">${t("Why is it closed?")}</label><input id="closure-reason" name="reason" required maxlength="200" autocomplete="off" dir="auto">
    <label for="closure-until">${t("Until (a time, or day and time; empty: until it is opened)")}</label><input id="closure-until" name="until_at" maxlength="40" autocomplete="off" dir="ltr" placeholder=${time(now() + EXAMPLE_MS)} aria-invalid=${fault?.values?.field === "until_at"} aria-describedby=${fault ? "closure-fault" : nothing}>
    ${fault ? html`<p class="problem" id="closure-fault" role="alert">${fault.message}</p>` : ""}
    <div class="pair"><button class="primary">${t("Close the street")}</button><button type="button" @click=${() => closures.set({ asking: null, fault: null })}>${t("Cancel")}</button></div>
  </form>`;
}

/** What a street's panel says of closures, and the way to close it; `ways` are its directions. */
export function closurePart(street, ways) {
  const here = closuresOf(street);
  const may = mayDispatch && board.value.storm;
  const whole = here.some((one) => one.forward === null && one.holds && !one.until_at);
  return html`${here.map(closed)} ${
    may && closures.value.asking === street
      ? form(street, ways)
      : may && !whole
        ? html`<button class="quiet" @click=${() => closures.set({ asking: street, fault: null })}><span class="icon icon-construction" aria-hidden="true"></span>${t("Close the street …")}</button>`
        : ""
  }`;
}
