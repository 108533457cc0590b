// A street that a driver found blocked: where, since when, his photo, and the order that frees it.
import { html } from "lit";
import { attempt } from "../pages/notices.js";
import { age, streetName, t, time } from "../pages/texts.js";
import { facts } from "../pages/facts.js";
import { change } from "../messages/presence.js";
import { board, choose, mayDispatch, merge } from "../board/state.js";

/** What is still blocked, the oldest first. */
export const openBlockages = () => [...board.value.blockages.values()].filter((one) => !one.cleared_at);

/** "Blocked: Kashani Street". */
export const blockedName = (blockage) => t("Blocked: {street}", { street: streetName(blockage.names) });

async function clear(blockage) {
  const cleared = await attempt(() => change(`blockage:${blockage.id}`, `/api/blockages/${blockage.id}/clear`));
  if (cleared === undefined) return;
  merge("blockages", [cleared]);
  choose(null);
}

function photo(blockage) {
  if (!blockage.photo) return html`<p class="muted small">${t("No photo was sent.")}</p>`;
  const path = `/api/blockages/${blockage.id}/photo`;
  return html`<a href=${path} target="_blank" rel="noopener"
    ><img class="seen" src=${path} alt=${t("Photo of the blocked street")}
  /></a>`;
}

/** Everything about one blockage. */
export function blockagePanel(id) {
  const blockage = board.value.blockages.get(id);
  if (!blockage) return html`<p class="muted">${t("error:not_found")}</p>`;
  return html`<h2><span class="icon icon-construction danger" aria-hidden="true"></span> <bdi>${blockedName(blockage)}</bdi></h2>
    ${photo(blockage)} ${blockage.text ? html`<p class="quote"><bdi>${blockage.text}</bdi></p>` : ""}
    ${facts([
      [t("Reported by"), html`<bdi>${blockage.vehicle}</bdi>`],
      [
        t("Reported"),
        t("{span} ago ({time})", { span: age(blockage.reported_at), time: time(blockage.reported_at) }),
      ],
      [
        t("Street"),
        html`<button class="link" @click=${() => choose("street", blockage.segment_id)}>${t("Show its street")}</button>`,
      ],
    ])}
    ${
      mayDispatch
        ? html`<div class="orders"><button class="wide primary" @click=${() => clear(blockage)}>
            <span class="icon icon-check" aria-hidden="true"></span>${t("Street is free again")}
          </button></div>`
        : ""
    }`;
}
