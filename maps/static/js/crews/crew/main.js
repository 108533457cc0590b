// Keeps what a crew says of its jobs on the phone until the server has it, and shows the list anew whenever it changes.
import { keepApp, takeUpdate } from "../../pages/app/installed.js";
import { now } from "../../pages/boot.js";
import { get } from "../../pages/net.js";
import { PhotoUpload } from "../../pages/photos/upload.js";
import { newKey, OfflineQueue } from "../../pages/offline-queue.js";
import { smaller } from "../../pages/photos/shrink.js";
import { listen } from "../../pages/stream.js";
import { t } from "../../pages/texts.js";
import "../../pages/theme.js";

const AGAIN_MS = 3000;
const AFTER = { start: "started", done: "told", cannot: "told" };

const main = document.querySelector("main");
const fault = document.getElementById("fault");
const places = [...document.querySelectorAll("[data-job]")].map((place) => ({ place, id: place.dataset.job, state: place.dataset.state }));
const pictures = new Map(); // by the form whose order they will follow
const known = new Map(); // jobs as the server told them last, as texts
let waiting = [];
let refused = false;
let posting = false;
let stale = false;

const [jobOf, whatOf] = [(order) => order.path.split("/").at(-2), (order) => order.path.split("/").at(-1)];

function refuse(error, order) {
  if (order) photos.settle(order.body.key);
  refused = true;
  fault.textContent = error.message;
  fault.hidden = false;
  fault.scrollIntoView({ block: "nearest" });
}

const photos = new PhotoUpload(refuse);

/** Show each job as it stands for the crew: as the server knows it, and what still waits on this phone. */
function draw(orders) {
  waiting = orders;
  for (const { place, id, state } of places) {
    const mine = orders.filter((order) => jobOf(order) === id).map(whatOf);
    place.dataset.state = mine.length > 0 ? AFTER[mine.at(-1)] : state;
    place.toggleAttribute("data-waits", mine.length > 0);
  }
  main.toggleAttribute("data-busy", places.some(({ place }) => place.dataset.state === "started"));
}

function sent(order, answer) {
  const mine = places.find(({ id }) => id === jobOf(order));
  if (mine) mine.state = AFTER[whatOf(order)];
  known.set(answer.id, JSON.stringify(answer));
  stale ||= whatOf(order) !== "start";
  photos.settle(order.body.key, order.path.replace(/\w+$/, "photo"));
  setTimeout(finish); // the queue first takes the order off its shelf
}

/** Show the list as the server has it, but not while somebody writes, or something waits on this phone. */
function showAnew() {
  const writing = document.activeElement?.matches("textarea, select") || document.querySelector(".cannot[open]");
  const kept = waiting.length > 0 || photos.waits || pictures.size > 0;
  if (writing || kept || refused) return;
  if (stale) location.reload();
  else takeUpdate();
}

async function finish() {
  if (posting || waiting.length > 0) return;
  posting = true;
  try {
    await photos.flush();
    showAnew();
  } catch {
    setTimeout(finish, AGAIN_MS);
  }
  posting = false;
}

const queue = new OfflineQueue(`barfrub-crew-${main.dataset.crew}`, { changed: draw, sent, refused: refuse });

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-path]");
  if (!form) return;
  event.preventDefault();
  const key = newKey();
  photos.hold(key, pictures.get(form));
  pictures.delete(form);
  refused = false;
  fault.hidden = true;
  queue.send(form.dataset.path, { key, tapped_at: new Date(now()).toISOString(), ...Object.fromEntries(new FormData(form)) });
});

document.addEventListener("change", async ({ target }) => {
  const form = target.closest("form[data-path]");
  const [file] = (target.type === "file" && target.files) || [];
  if (!form || !file) return;
  const picture = await smaller(file);
  pictures.set(form, picture);
  const shown = form.querySelector("img");
  URL.revokeObjectURL(shown.src);
  shown.src = URL.createObjectURL(picture);
  shown.hidden = false;
  form.querySelector(".camera span:last-of-type").textContent = t("Take another photo");
});

for (const form of document.querySelectorAll("form[data-path]")) form.inert = false;

/** Ask how the list stands, and return whether that is news; what this phone has said itself is none. */
async function news() {
  const list = await get("/api/crew");
  const told = list.length !== known.size || list.some((job) => known.get(job.id) !== JSON.stringify(job));
  known.clear();
  for (const job of list) known.set(job.id, JSON.stringify(job));
  return told;
}

async function changed() {
  try {
    stale ||= (await news()) || places.length === 0;
    showAnew();
  } catch {
    // Nobody answers: the line to the server will break too, and ask again once it is back.
  }
}
news().catch(changed);
keepApp();
listen({ crews: changed, storm: changed }, { heard() {}, lost() {}, resumed: changed });
