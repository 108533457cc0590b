// Starting a storm at once, and the way to all else about it.
import { html } from "lit";
import { attempt } from "../pages/notices.js";
import { now } from "../pages/boot.js";
import { post } from "../pages/net.js";
import { day, t } from "../pages/texts.js";
import { mayDispatch, reload } from "../board/state.js";

function start(event) {
  event.preventDefault();
  const name = new FormData(event.target).get("name");
  return attempt(async () => {
    await post("/api/storms", { name });
    await reload();
  });
}

/** What to do first. */
export function startStorm() {
  if (!mayDispatch)
    return html`<h2>${t("No storm")}</h2><p class="muted">${t("The dispatcher starts a storm when snow falls.")}</p>`;
  return html`<h2>${t("No storm")}</h2>
    <p class="muted">${t("When snow falls, start a storm. Every street in the level of service becomes work, and every truck gets a shift.")}</p>
    <form class="column" @submit=${start}>
      <label for="storm-name">${t("Name of the storm")}</label>
      <input id="storm-name" name="name" required maxlength="80" .value=${t("Snow of {date}", { date: day(now()) })} />
      <button class="primary"><span class="icon icon-snowflake" aria-hidden="true"></span>${t("Start the storm")}</button>
    </form>
    <p class="small muted"><a href="/storms">${t("Snow that is only forecast, and earlier storms")}</a></p>`;
}

/** How far the storm is and where to change that: closing it shows first what is left of it. */
export function endStorm(storm) {
  if (!mayDispatch) return "";
  return html`<div class="orders">
    <a class="button wide" href="/storms/${storm.id}"><span class="icon icon-snowflake" aria-hidden="true"></span>${t("Phase, snowfall and end of the storm")}</a>
  </div>`;
}
