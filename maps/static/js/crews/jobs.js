// Crew jobs on the board: their sign on the map, their panel, and the way to make one of a request or on a street.
import { html } from "lit";
import { get, post } from "../pages/net.js";
import { attempt, notify } from "../pages/notices.js";
import { Store } from "../pages/store.js";
import { deadline, isolated, named, number, t, times } from "../pages/texts.js";
import { color, onTheme } from "../pages/theme.js";
import { numberIn } from "../pages/number-fields.js";
import { facts } from "../pages/facts.js";
import { board, choose, keyed, mayDispatch, selection } from "../board/state.js";

/** Crew jobs by id, the street whose form is open, and why its last order was refused. */
export const crews = new Store({ known: new Map(), asking: null, fault: null });

const ENDED = ["done", "cancelled"];
const PICTURE_PX = 22;
const RATIO = 2;
const SIGNS = ["open", "assigned", "started", "cannot"];

/** Ask for all: at the start, after a break, and when something changed. */
export async function reloadCrews() {
  crews.set({ known: keyed(await get("/api/crew-jobs")) });
}

const alive = () => [...crews.value.known.values()].filter((job) => !ENDED.includes(job.state));

const size = (job) => t(`crew_size:${job.work}`, { size: job.size });

/** "Stairs: School Street". */
export const crewJobName = (job) => `${named("crew_work", job.work)}: ${isolated(job.place)}`;

/** A diamond: hollow while no list has the job, half on a list, full at work, crossed where it cannot be done. */
function drawSign(pen, state) {
  const [middle, half] = [PICTURE_PX / 2, PICTURE_PX / 2 - 3];
  const diamond = () => {
    pen.beginPath();
    pen.moveTo(middle, middle - half);
    pen.lineTo(middle + half, middle);
    pen.lineTo(middle, middle + half);
    pen.lineTo(middle - half, middle);
    pen.closePath();
  };
  const tone = color(state === "cannot" ? "danger" : state === "started" ? "state-progress" : "text");
  diamond();
  pen.fillStyle = color("halo");
  pen.fill();
  pen.save();
  pen.clip();
  pen.fillStyle = tone;
  if (state === "started") pen.fillRect(0, 0, PICTURE_PX, PICTURE_PX);
  if (state === "assigned") pen.fillRect(0, middle, PICTURE_PX, middle);
  pen.restore();
  pen.strokeStyle = tone;
  pen.lineWidth = 2.5;
  diamond();
  if (state === "cannot") {
    pen.moveTo(middle - 3.5, middle - 3.5);
    pen.lineTo(middle + 3.5, middle + 3.5);
    pen.moveTo(middle + 3.5, middle - 3.5);
    pen.lineTo(middle - 3.5, middle + 3.5);
  }
  pen.stroke();
}

function givePictures(map) {
  for (const state of SIGNS) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = PICTURE_PX * RATIO;
    const pen = canvas.getContext("2d");
    pen.scale(RATIO, RATIO);
    drawSign(pen, state);
    const picture = pen.getImageData(0, 0, canvas.width, canvas.height);
    if (map.hasImage(`crew-${state}`)) map.updateImage(`crew-${state}`, picture);
    else map.addImage(`crew-${state}`, picture, { pixelRatio: RATIO });
  }
}

const points = () => ({
  type: "FeatureCollection",
  features: (selection.value.hidden.has("crew") ? [] : alive()).map((job) => ({
    type: "Feature",
    properties: { crew_job: job.id, picture: `crew-${job.state}` },
    geometry: { type: "Point", coordinates: [job.lon, job.lat] },
  })),
});

/** Draw crew jobs as diamonds, beside the ring of the request that asked for one. */
export function drawCrews(map) {
  givePictures(map);
  map.addSource("crew-jobs", { type: "geojson", data: points() });
  map.addLayer({
    id: "crew-jobs",
    type: "symbol",
    source: "crew-jobs",
    layout: {
      "icon-image": ["get", "picture"],
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "icon-offset": [PICTURE_PX / 2 + 2, -PICTURE_PX / 2],
    },
  });
  const draw = () => map.getSource("crew-jobs").setData(points());
  crews.follow(draw);
  selection.follow((_, changes) => {
    if ("hidden" in changes) draw();
  });
  onTheme(() => givePictures(map));
}

/** A crew job by its sign on the map, or null where it is gone. */
export function signed({ crew_job: id }) {
  const job = crews.value.known.get(id);
  return job ? { kind: "crew_job", id, label: crewJobName(job) } : null;
}

const when = (job) => (job.from_at ? times(job.from_at, job.until_at) : null);

function jobFacts(job) {
  return facts([
    [t("State"), named("crew_job", job.state)],
    [t("Why"), job.reason ? named("cannot", job.reason) : null],
    [t("Description"), job.said ? html`<bdi>${job.said}</bdi>` : null],
    [t("Size"), `${size(job)} · ${t("{value} min for one person", { value: job.minutes })}`],
    [t("Crew comes"), when(job) ? html`<bdi>${when(job)}</bdi>` : null],
    [t("Due by"), deadline(job.due_at)],
  ]);
}

const onward = (job) => html`<a class="button wide" href="/crews#job-${job.id}">${t("Crews and their lists")}</a>`;

/** Everything about one crew job. */
export function crewPanel(id) {
  const job = crews.value.known.get(id);
  if (!job) return html`<p class="muted">${t("error:not_found")}</p>`;
  return html`<h2>${crewJobName(job)}</h2>
    ${jobFacts(job)}
    ${job.request_id === null ? "" : html`<button class="link" @click=${() => choose("request", job.request_id)}>${t("Show its request")}</button>`}
    <div class="orders">${onward(job)}</div>`;
}

async function makeOf(request) {
  const job = await attempt(() => post(`/api/requests/${request.id}/crew-job`));
  if (job) await attempt(reloadCrews);
}

/** What a request's panel says of its crew job, and the way to make one. */
export function crewPart(request) {
  const job = [...crews.value.known.values()].findLast((one) => one.request_id === request.id);
  if (job && job.state !== "cancelled")
    return html`<section><h3>${named("crew_work", job.work)}</h3>${jobFacts(job)} ${onward(job)}</section>`;
  if (!mayDispatch || !board.value.storm || request.state !== "open" || request.segment_id == null) return "";
  return html`<button class="wide" @click=${() => makeOf(request)}>${t("Make a crew job")}</button>`;
}

async function add(event, street) {
  event.preventDefault();
  const { work, words, size: much, priority } = Object.fromEntries(new FormData(event.target));
  const wish = { work, words, priority, segment_id: street, ...(much.trim() ? { size: numberIn(much) } : {}) };
  try {
    await post(`/api/storms/${board.value.storm.id}/crew-jobs`, wish);
    crews.set({ asking: null, fault: null });
    notify(t("The crew job is not on a list yet."));
  } catch (error) {
    crews.set({ fault: error });
  }
}

const options = (kind, names, chosen) =>
  names.map((name) => html`<option value=${name} ?selected=${name === chosen}>${named(kind, name)}</option>`);

function form(street) {
  const { fault } = crews.value;
  return html`<form class="column" @submit=${(event) => add(event, street)}>
    <label for="crew-work">${t("Work")}</label><select id="crew-work" name="work">${options("crew_work", ["sidewalk", "stairs", "haul"])}</select>
    <label for="crew-words">${t("Where on the street")}</label><input id="crew-words" name="words" required maxlength="300" autocomplete="off" dir="auto">
    <label for="crew-size">${t("Size: metres, steps or m³")}</label><input id="crew-size" name="size" inputmode="decimal" autocomplete="off" dir="ltr">
    <label for="crew-priority">${t("Priority")}</label><select id="crew-priority" name="priority">${options("crew_priority", ["high", "normal", "low"], "normal")}</select>
    ${fault ? html`<p class="problem" role="alert">${fault.message}</p>` : ""}
    <div class="pair"><button class="primary">${t("Add the job")}</button><button type="button" @click=${() => crews.set({ asking: null, fault: null })}>${t("Cancel")}</button></div>
  </form>`;
}

/** What a street's panel says of crew jobs there, and the way to make one. */
export function streetCrews(street) {
  const here = alive().filter((job) => job.segment_id === street);
  const listed = here.length
    ? html`<section class="next-legs"><h3>${t("Crew jobs")} <span class="count">${number(here.length)}</span></h3><ul class="entries">${here.map(
        (job) => html`<li><button class="link" @click=${() => choose("crew_job", job.id)}>${crewJobName(job)}</button> <span class="muted small">${named("crew_job", job.state)}</span></li>`,
      )}</ul></section>`
    : "";
  if (!mayDispatch || !board.value.storm) return listed;
  return html`${listed} ${
    crews.value.asking === street
      ? form(street)
      : html`<button class="quiet" @click=${() => crews.set({ asking: street, fault: null })}>${t("Make a crew job …")}</button>`
  }`;
}
