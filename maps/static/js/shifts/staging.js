// Sending trucks to wait at a place: a yard, a reload site, a street that is searched for, or a point of the map.
import { html } from "lit";
import { get } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { Store } from "../pages/store.js";
import { t } from "../pages/texts.js";
import { openSheet } from "../board/bottom-sheets.js";
import { board, selection } from "../board/state.js";

const PAUSE_MS = 250; // who types is not answered letter by letter
const LEAST_LETTERS = 2;
const MOST_STREETS = 5;

/** What `selection.placing` is while a point to wait at is asked for. */
export const STAGING = "staging";

/** Whether places are offered: yards and reload sites, streets of the words, the one that is chosen, whether it is being ordered. */
export const staging = new Store({ open: false, words: "", sites: [], streets: [], place: null, busy: false });

const close = () => staging.set({ open: false, words: "", streets: [], place: null });

const asked = () => selection.value.placing === STAGING;
const stopAsking = () => selection.set({ placing: null });

selection.follow((_, changes) => {
  if (!("chosen" in changes)) return;
  close();
  if (asked()) stopAsking();
});

function askMap() {
  openSheet("none");
  selection.set({ placing: STAGING });
  document.querySelector("#map canvas")?.focus();
}

/** Take a point of the map as the place to wait at, in the words in which its driver hears of it. */
export async function stageAt({ lng: lon, lat }) {
  const point = await attempt(() => get(`/api/staging-point?${new URLSearchParams({ lon, lat })}`));
  if (!point || !asked()) return;
  stopAsking();
  openSheet("side");
  staging.set({ place: { kind: "point", ...point } });
  await document.querySelector("board-side").updateComplete;
  document.querySelector(".staging .primary")?.focus();
}

async function open() {
  staging.set({ open: true });
  const sites = await attempt(() => get(`/api/storms/${board.value.storm.id}/staging-places`));
  if (sites) staging.set({ sites });
}

let waiting = null;

function look(words) {
  staging.set({ words });
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const asked = new URLSearchParams({ q: words, language: document.documentElement.lang });
    const found = words.trim().length < LEAST_LETTERS ? [] : await get(`/api/geocode?${asked}`).catch(() => []);
    if (staging.value.words !== words) return;
    staging.set({ streets: found.slice(0, MOST_STREETS).map(({ segment_id: id, name, said }) => ({ kind: "street", id, name: said || name })) });
  }, PAUSE_MS);
}

const placeItem = (place) => html`<li><button class="quiet" @click=${() => staging.set({ place })}>
  <span class="icon icon-${place.kind === "street" ? "route" : "map-pin"}" aria-hidden="true"></span><bdi>${place.name}</bdi>
</button></li>`;

function choices() {
  const { words, sites, streets } = staging.value;
  const said = words.trim().toLocaleLowerCase();
  const mine = sites.filter(({ name }) => name.toLocaleLowerCase().includes(said));
  const none = said.length >= LEAST_LETTERS && mine.length + streets.length === 0;
  return html`<label><span>${t("Yard, reload site or street")}</span>
      <input type="search" autocomplete="off" dir="auto" .value=${words} @input=${(event) => look(event.target.value)}></label>
    <ul class="places">${[...mine, ...streets].map(placeItem)}</ul>
    ${none ? html`<p class="muted small" role="status">${t("No place of this name was found.")}</p>` : ""}
    ${asked() ? html`<p class="hint" role="status">${t("Click the place on the map, or move the cross to it with the arrow keys and press Enter.")}</p>` : html`<button @click=${askMap}><span class="icon icon-map" aria-hidden="true"></span>${t("Choose a point on the map")}</button>`}
    <button @click=${asked() ? stopAsking : close}>${t("Not now")}</button>`;
}

/** Where some trucks are sent to wait: a place is chosen, then the order asked about; `order` gives it, and returns whether it was taken. */
export function stagePart(ids, order) {
  const { open: shown, place, busy } = staging.value;
  if (!shown)
    return html`<button ?disabled=${ids.length === 0} @click=${open}><span class="icon icon-map-pin" aria-hidden="true"></span>${t("Send to wait at a place")}</button>`;
  if (!place) return html`<section class="staging" aria-label=${t("Send to wait at a place")}>${choices()}</section>`;
  const send = async () => {
    staging.set({ busy: true });
    const { kind, id, lon, lat } = place;
    const taken = await order(ids, { kind: "stage", place: { kind, id, lon, lat } });
    staging.set({ busy: false });
    if (taken && staging.value.place === place) close();
  };
  return html`<section class="staging" aria-label=${t("Send to wait at a place")}>
    <button class="primary" ?disabled=${busy || ids.length === 0} @click=${send}>${t("stage:{count}", { count: ids.length, place: place.name })}</button>
    <button ?disabled=${busy} @click=${() => staging.set({ place: null })}>${t("Another place")}</button>
  </section>`;
}
