// What a driver reported of a street: why he left it out, where, his photo and voice note, and the order that ends it.
import { html } from "lit";
import { attempt } from "../pages/notices.js";
import { age, length, streetName, t, time } from "../pages/texts.js";
import { facts } from "../pages/facts.js";
import { change } from "../messages/presence.js";
import { board, choose, mayDispatch, merge } from "../board/state.js";

/** What was reported and is not over, the oldest first. */
export const openBlockages = () => [...board.value.blockages.values()].filter((one) => !one.cleared_at);

/** What is still open of a truck's reports. */
const ofTruck = (vehicleId) => openBlockages().filter((one) => one.vehicle_id === vehicleId);

/** "Blocked: Kashani Street", "Ice: Kashani Street". */
export const blockedName = ({ reason, names }) =>
  reason === "blocked"
    ? t("Blocked: {street}", { street: streetName(names) })
    : t("{reason}: {street}", { reason: t(`skip:${reason}`), street: streetName(names) });

const pathOf = (blockage) => `/api/blockages/${blockage.id}`;

async function clear(blockage) {
  const cleared = await attempt(() => change(`blockage:${blockage.id}`, `${pathOf(blockage)}/clear`));
  if (cleared === undefined) return;
  merge("blockages", [cleared]);
  choose(null);
}

/** The photo of a report as a small picture, for a list. */
export const thumbnail = (blockage) =>
  blockage?.photo ? html`<img class="thumb" src="${pathOf(blockage)}/photo/thumbnail" alt=${t("Photo of what was reported")} />` : "";

function photo(blockage) {
  if (!blockage.photo) return html`<p class="muted small">${t("No photo was sent.")}</p>`;
  return html`<a href="${pathOf(blockage)}/photo" target="_blank" rel="noopener"
    ><img class="seen" src="${pathOf(blockage)}/photo" alt=${t("Photo of what was reported")}
  /></a>`;
}

const voice = (blockage) =>
  blockage.voice
    ? html`<audio class="voice" controls preload="none" src="${pathOf(blockage)}/voice" aria-label=${t("Voice note of the driver")}></audio>`
    : "";

/** What of a report is beside its words: "photo · voice note". */
export const besides = (blockage) => [blockage.photo ? t("photo") : "", blockage.voice ? t("voice note") : ""].filter(Boolean).join(" · ");

const over = (blockage) => (blockage.reason === "blocked" ? t("Street is free again") : t("This is settled"));

/** Everything about one report. */
export function blockagePanel(id) {
  const blockage = board.value.blockages.get(id);
  if (!blockage) return html`<p class="muted">${t("error:not_found")}</p>`;
  return html`<h2><span class="icon icon-construction danger" aria-hidden="true"></span> ${blockedName(blockage)}</h2>
    ${photo(blockage)} ${voice(blockage)} ${blockage.text ? html`<p class="quote"><bdi>${blockage.text}</bdi></p>` : ""}
    ${facts([
      [
        t("Reported by"),
        html`<button class="link" @click=${() => choose("truck", blockage.vehicle_id)}><bdi>${blockage.vehicle}</bdi></button>`,
      ],
      [
        t("Reported"),
        t("{span} ago ({time})", { span: age(blockage.reported_at), time: time(blockage.reported_at) }),
      ],
      [t("Place known to"), blockage.accuracy_m === null ? null : length(blockage.accuracy_m)],
      [
        t("Street"),
        html`<button class="link" @click=${() => choose("street", blockage.segment_id)}>${t("Show its street")}</button>`,
      ],
    ])}
    ${blockage.reason === "impossible" ? html`<a class="button wide" href="/machine-limits">${t("Machine restrictions")}</a>` : ""}
    ${blockage.reason === "already_clear" ? html`<p class="muted small">${t("Nobody worked there: the driver found it clear.")}</p>` : ""}
    ${
      mayDispatch
        ? html`<div class="orders"><button class="wide primary" @click=${() => clear(blockage)}>
            <span class="icon icon-check" aria-hidden="true"></span>${over(blockage)}
          </button></div>`
        : ""
    }`;
}

const item = (blockage) => html`<li>
  ${thumbnail(blockage)}
  <button class="link" @click=${() => choose("blockage", blockage.id)}>${blockedName(blockage)}</button>
  <span class="muted small">${age(blockage.reported_at)}</span>
</li>`;

/** What a truck's driver reported and is not over, for its panel. */
export function reportsOfTruck(vehicleId) {
  const mine = ofTruck(vehicleId);
  if (mine.length === 0) return "";
  return html`<section><h3>${t("Reports of the driver")}</h3><ul class="entries">${mine.map(item)}</ul></section>`;
}
