// How much snow fell: a picture, the entries, a new one, a file, and undo.
import { html, svg } from "lit";
import { boot, now } from "../pages/boot.js";
import { post, send } from "../pages/net.js";
import { Store } from "../pages/store.js";
import { named, t, time } from "../pages/texts.js";
import { numberIn, shown } from "../pages/number-fields.js";
import { person } from "../accounts/people.js";
import { open, order, tell } from "./state.js";
import { cm, refused, stamp, when } from "./words.js";

const WIDE = 480;
const HIGH = 120;

export const snow = new Store({ editing: null, mistakes: [], file: "" });

/** The snow over time; what lies ahead of now is dashed. Time runs in the reader's direction: the style sheet mirrors it. */
function picture(curve, startedAt) {
  if (curve.length === 0) return "";
  const points = curve.map(({ at, fallen_cm: depth }) => [Date.parse(at), depth]);
  const begin = Math.min(Date.parse(startedAt), points[0][0]);
  const until = Math.max(points.at(-1)[0], begin + 3600000);
  if (points[0][0] > begin) points.unshift([begin, 0]);
  const most = Math.max(1, points.at(-1)[1]);
  const x = (ms) => (((ms - begin) / (until - begin)) * WIDE).toFixed(1);
  const y = (depth) => (HIGH - (depth / most) * (HIGH - 8)).toFixed(1);
  const line = points.map(([at, depth]) => `${x(at)},${y(depth)}`).join(" ");
  const today = now() > begin && now() < until ? x(now()) : null;
  return html`<figure class="snow-picture">
    <svg viewBox="0 0 ${WIDE} ${HIGH}" preserveAspectRatio="none" role="img" aria-label=${t("Total accumulation: {depth}", { depth: cm(curve.at(-1).fallen_cm) })}>
      <polygon class="area" points="${x(begin)},${HIGH} ${line} ${x(points.at(-1)[0])},${HIGH}" />
      <polyline class="line" points=${line} />
      ${today ? svg`<path class="now" d="M${today} 0V${HIGH}" />` : ""}
    </svg>
    <figcaption class="small muted"><bdi>${when(begin)}</bdi><bdi>${cm(most)}</bdi><bdi>${when(until)}</bdi></figcaption>
  </figure>`;
}

async function add(event) {
  event.preventDefault();
  const form = event.target;
  const { at, fallen_cm: depth } = Object.fromEntries(new FormData(form));
  if (await tell("snow", "snowfall", { entries: [{ at, fallen_cm: plain(depth) }] })) form.reset();
}

/** A number in any digits; what is none goes as it is, for the server to say so. */
function plain(text) {
  const value = numberIn(text);
  return Number.isFinite(value) ? value : text;
}

async function correct(event, entry) {
  event.preventDefault();
  const { at, fallen_cm: depth } = Object.fromEntries(new FormData(event.target));
  const sent = at === stamp(entry.at) ? entry.at : at;
  if (await order("snow", () => post(`/api/snowfall/${entry.id}`, { at: sent, fallen_cm: plain(depth) })))
    snow.set({ editing: null });
}

const withdraw = (entry) => order("snow", () => post(`/api/snowfall/${entry.id}/withdraw`));

async function take(event) {
  const { form, files } = event.target;
  if (!files.length) return;
  const filled = new FormData(form);
  const path = `/api/storms/${boot.storm}/snowfall/file`;
  snow.set({ mistakes: [], file: files[0].name });
  await order("snow", async () => {
    const checked = await send(`${path}/check`, filled);
    snow.set({ mistakes: checked.mistakes });
    return checked.mistakes.length ? null : send(path, filled);
  });
  event.target.value = ""; // so that the same file, mended, can be chosen again
}

const said = ({ expected, got }) =>
  got ? t("expected {expected}, got “{got}”", { expected, got }) : t("expected {expected}", { expected });

const wrong = ({ mistakes, file }) =>
  mistakes.length
    ? html`<div class="wrong" role="alert">
        <p class="danger">${t("{name} has {count} mistake; nothing was changed.", { name: file, count: mistakes.length })}</p>
        <ul>${mistakes.slice(0, 50).map((one) => html`<li><strong>${one.line ? t("Line {line}", { line: one.line }) : t("The file")}${one.field ? t(", {column}", { column: named("head", one.field) }) : ""}:</strong> ${said(one)}</li>`)}</ul>
      </div>`
    : "";

function entryRow(entry, changing) {
  if (snow.value.editing === entry.id)
    return html`<tr><td colspan="4"><form class="fields tight" @submit=${(event) => correct(event, entry)}>
      <input name="at" aria-label=${t("Time")} required dir="ltr" .value=${stamp(entry.at)}>
      <input name="fallen_cm" aria-label=${t("Total accumulation, cm")} required dir="ltr" inputmode="decimal" .value=${shown(entry.fallen_cm)}>
      <button class="primary">${t("Save")}</button><button type="button" @click=${() => snow.set({ editing: null })}>${t("Cancel")}</button>
    </form></td></tr>`;
  return html`<tr>
    <th scope="row">${when(entry.at)}</th>
    <td>${cm(entry.fallen_cm)}</td>
    <td class="small muted">${person(entry.by)} · ${entry.corrected ? t("corrected") : named("snow", entry.source)} · ${time(entry.entered_at)}</td>
    <td class="orders">${
      changing
        ? html`<button class="quiet" @click=${() => snow.set({ editing: entry.id })} aria-label=${t("Correct: {time}", { time: when(entry.at) })} title=${t("Correct")}><span class="icon icon-pencil" aria-hidden="true"></span></button>
            <button class="quiet" @click=${() => withdraw(entry)} aria-label=${t("Remove: {time}", { time: when(entry.at) })} title=${t("Remove")}><span class="icon icon-trash-2" aria-hidden="true"></span></button>`
        : ""
    }</td>
  </tr>`;
}

const undo = (change) =>
  html`<button class="quiet" @click=${() => tell("snow", "snowfall/undo", { change: change.id })}><span class="icon icon-undo-2 mirrored" aria-hidden="true"></span>${t("Undo: {what}", { what: named("change", change.what) })}</button>`;

const forms = () => html`<form class="fields" @submit=${add}>
    <div class="field"><label for="snow-at">${t("Time")}</label><input id="snow-at" name="at" required dir="ltr" autocomplete="off" .defaultValue=${stamp(now())}></div>
    <div class="field"><label for="snow-cm">${t("Total accumulation, cm")}</label><input id="snow-cm" name="fallen_cm" required dir="ltr" inputmode="decimal" autocomplete="off"></div>
    <button class="primary">${t("Enter")}</button>
  </form>
  <form class="upload">
    <label class="send"><span class="icon icon-file-up" aria-hidden="true"></span>${t("Import …")}<input class="unseen" name="file" type="file" accept=".csv" @change=${take}></label>
    <span class="small muted">${t("A .csv file with the headers time and cm")}</span>
  </form>`;

/** Everything about the snowfall of a storm. */
export function snowPart({ row, curve, snow: entries, snow_change: change }) {
  const changing = open(row);
  return html`<section class="card snow" aria-labelledby="snow-title">
    <header><h2 id="snow-title">${t("Snowfall")}</h2>${changing && change ? undo(change) : ""}</header>
    ${
      entries.length
        ? html`${picture(curve, row.started_at)}<table class="snow-entries"><tbody>${[...entries].reverse().map((entry) => entryRow(entry, changing))}</tbody></table>`
        : html`<p class="muted">${t("No snowfall is entered. Streets are due by the hours of their cycle; once it is entered they are due by the snow since their last pass.")}</p>`
    }
    ${refused("snow")} ${changing ? forms() : ""} ${wrong(snow.value)}
    ${changing && entries.length > 0 ? html`<p class="small muted">${t("Each entry says how much fell in all since it began to snow; a time ahead is a forecast. {count} entry holds.", { count: entries.length })}</p>` : ""}
  </section>`;
}

