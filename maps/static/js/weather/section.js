// The section of the weather on the storms' pages: hours ahead, road weather, and how both come in.
import { html } from "lit";
import { boot, now } from "../pages/boot.js";
import { numberIn } from "../pages/number-fields.js";
import { age, named, number, t, time } from "../pages/texts.js";
import { mayDispatch, open, refresh, tell } from "../storms/state.js";
import { cm, stamp, when } from "../storms/words.js";
import { forecastCheck } from "./check.js";
import { enter, takeFile, weather } from "./state.js";
import { roads, strip } from "./strip.js";

const HOUR_MS = 3600000;

const MINUTE_MS = 60000;

const minutes = new Intl.DateTimeFormat("en-u-nu-latn", { minute: "numeric", timeZone: boot.city.timezone });

/** The next full hour by the city's clocks, which may stand half an hour beside UTC's. */
function nextHour() {
  const minute = Math.ceil(now() / MINUTE_MS) * MINUTE_MS;
  return minute + ((60 - Number(minutes.format(minute))) % 60) * MINUTE_MS;
}

async function add(event) {
  event.preventDefault();
  const form = event.target;
  const told = new FormData(form);
  const depths = told.getAll("snow_cm");
  const hours = told.getAll("at").map((at, index) => ({ at, snow_cm: depths[index] === "" ? 0 : numberIn(depths[index]) }));
  if (await enter(hours)) {
    form.reset();
    weather.set({ firstAt: nextHour() });
  }
  await refresh();
}

async function take(event) {
  const { form, files } = event.target;
  if (!files.length) return;
  await takeFile(new FormData(form));
  await refresh();
  event.target.value = ""; // so that the same file, mended, can be chosen again
}

const row = (at) => html`<div class="pair">
  <input name="at" aria-label=${t("Hour")} required dir="ltr" autocomplete="off" .defaultValue=${stamp(at)}>
  <input name="snow_cm" aria-label=${t("New snow, cm")} dir="ltr" inputmode="decimal" autocomplete="off">
</div>`;

/** The hours of the form stay as they were when it was opened, however often the page is drawn. */
const opened = ({ target }) => target.open && weather.set({ firstAt: nextHour() });

const forms = ({ rows, firstAt }) => html`<details class="by-hand" @toggle=${opened}>
  <summary>${t("Enter a forecast …")}</summary>
  <form class="upload">
    <label class="send"><span class="icon icon-file-up" aria-hidden="true"></span>${t("Import …")}<input class="unseen" name="file" type="file" accept=".json,.csv" @change=${take}></label>
    <span class="small muted">${t("JSON of met.no or Open-Meteo, or a .csv file of road weather")}</span>
  </form>
  <form @submit=${add}>
    <p class="small muted">${t("New snow of each hour, in cm; an empty hour has none.")}</p>
    <div class="pairs">${Array.from({ length: firstAt ? rows : 0 }, (_, index) => row(firstAt + index * HOUR_MS))}</div>
    <div class="orders"><button type="button" @click=${() => weather.set({ rows: rows + 6 })}>${t("More hours")}</button><button class="primary">${t("Save the forecast")}</button></div>
  </form>
</details>`;

/** The order to begin a storm before its snow: routes are planned now, work counts from the first flake. */
function beginning(one, forecast) {
  const coming = one && open(one.row) && ["forecast", "alert"].includes(one.row.phase);
  if (!coming) return "";
  const snowAt = forecast?.first_at && Date.parse(forecast.first_at) > now() ? forecast.first_at : null;
  return html`<div class="moves">
    ${snowAt ? html`<button @click=${() => tell("phase", "phase", { seen: one.row.phase, to: "active", snow_at: snowAt })}>${t("Begin now, work from {time} on", { time: time(snowAt) })}</button>` : ""}
    <a class="button" href="/reserve">${t("Call out machines")}</a>
  </div>`;
}

const rule = ({ needed_cm: needed, within_h: within, begins }) =>
  [
    t("A storm is created when {depth} of snow is expected within {hours} h.", { depth: cm(needed), hours: number(within) }),
    begins ? t("It begins by itself with the first flake.") : t("It begins only when a dispatcher says so."),
  ].join(" ");

const problem = (words, urgent = true) => html`<p class="problem" role=${urgent ? "alert" : "status"}><span class="icon icon-triangle-alert" aria-hidden="true"></span>${words}</p>`;

/** When a feed was read last, why the last try failed, and for how long nothing came. */
function feedLine({ kind, host, asked_at: asked, read_at: read, fault, detail, silent_since: silent }) {
  const what = { what: t(`feed:${kind}`), host };
  const last = read ? t("{what} from {host}: last fetched {when}.", { ...what, when: when(read) }) : t("{what} from {host}: not fetched yet.", what);
  if (!fault && !silent) return html`<p class="small muted">${last}</p>`;
  const words = [
    last,
    silent ? t("Nothing has come for {age}.", { age: age(silent) }) : "",
    fault ? t("The try at {time} failed: {why}.", { time: time(asked), why: named("feed_fault", fault) }) : "",
  ];
  return problem(html`<span>${words.filter(Boolean).join(" ")} ${fault ? html`<bdi class="small muted" dir="ltr">${detail}</bdi>` : ""}</span>`, silent);
}

/** The weather; `one` is the storm that is shown, if any. */
export function weatherPart(one) {
  const { seen, checks, fault, broken } = weather.value;
  if (!seen) return broken ? html`<section class="card weather">${problem(broken)}</section>` : "";
  return html`<section class="card weather" aria-labelledby="weather-title">
    <header><h2 id="weather-title">${t("Snow ahead")}</h2></header>
    ${seen.forecast ? strip(seen.forecast) : html`<p class="muted">${t("No forecast is known. It comes from a file or by hand.")}</p>`}
    ${seen.feeds.map(feedLine)}
    ${beginning(one, seen.forecast)}
    <p class="small muted">${rule(seen)}</p>
    ${roads(seen.roads)}
    ${one ? html`<h3>${t("Forecast against measured")}</h3>${forecastCheck(checks, one.snow)}` : ""}
    ${fault ? problem(fault.message) : ""} ${broken ? problem(broken) : ""}
    ${mayDispatch ? forms(weather.value) : ""}
  </section>`;
}
