// Starting and ending a storm.
import { html } from "lit";
import { attempt } from "../core/notices.js";
import { now } from "../core/boot.js";
import { post } from "../core/net.js";
import { day, t } from "../core/texts.js";
import { board, mayDispatch, reload } from "./state.js";

let asking = false;

const redraw = () => board.set({});

function start(event) {
  event.preventDefault();
  const name = new FormData(event.target).get("name");
  return attempt(async () => {
    await post("/api/storms", { name });
    await reload();
  });
}

function end(storm) {
  asking = false;
  return attempt(async () => {
    await post(`/api/storms/${storm.id}/end`);
    await reload();
  });
}

function ask(wanted) {
  asking = wanted;
  redraw();
}

/** What to do first. */
export function startStorm() {
  if (!mayDispatch)
    return html`<h2>${t("No storm")}</h2><p class="muted">${t("The dispatcher starts a storm when snow falls.")}</p>`;
  return html`<h2>${t("No storm")}</h2>
    <p class="muted">${t("When snow falls, start a storm. Every street that the policy names becomes work, and every truck gets a shift.")}</p>
    <form class="column" @submit=${start}>
      <label for="storm-name">${t("Name of the storm")}</label>
      <input id="storm-name" name="name" required maxlength="80" .value=${t("Snow of {date}", { date: day(now()) })} />
      <button class="primary"><span class="icon icon-snowflake" aria-hidden="true"></span>${t("Start the storm")}</button>
    </form>`;
}

/** The way out, which asks once, since a closed storm stays closed. */
export function endStorm(storm) {
  if (!mayDispatch) return "";
  if (!asking)
    return html`<button class="quiet end" @click=${() => ask(true)}>${t("End the storm")}</button>`;
  return html`<div class="run" role="alertdialog" aria-label=${t("End the storm")}>
    <p>${t("Ending the storm closes all its open work. This cannot be undone.")}</p>
    <div class="pair">
      <button @click=${() => end(storm)}>${t("End the storm")}</button>
      <button @click=${() => ask(false)}>${t("Keep it going")}</button>
    </div>
  </div>`;
}
