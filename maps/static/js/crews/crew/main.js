// Keeps what a crew says of its jobs on the phone until the server has it, and shows the list anew whenever it changes.
import { keepApp, takeUpdate } from "../../pages/app/installed.js";
import { followSun } from "../../pages/app/daylight.js";
import { writing } from "../../pages/app/writing.js";
import { now } from "../../pages/boot.js";
import { get } from "../../pages/net.js";
import { Uploads } from "../../pages/photos/upload.js";
import { newKey, OfflineQueue } from "../../pages/offline-queue.js";
import { smaller } from "../../pages/photos/shrink.js";
import { listen } from "../../pages/stream.js";
import { t } from "../../pages/texts.js";
import "../../pages/theme.js";
import "../../pages/notices.js";
import "../../messages/phone/messages.js";
import "./frame.js";
import { callFrom, caller } from "../../messages/phone/caller.js";
import { help, startSos } from "../../messages/phone/sos.js";
import { reloadMessages, startMessages, thread } from "../../messages/phone/state.js";
import { prepareMap } from "./map.js";
import { followPlace } from "./place.js";
import { crew, shiftId, show } from "./state.js";
import { storeAround } from "./storage.js";

const AGAIN_MS = 3000;
const OLD_MS = 20000; // between two tries to get a page that is not an old one
const OVER = new Set(["done", "cannot"]);
const RELOADED = "barfrub-crew-reloaded";
const AFTER = { start: "started", done: "told", cannot: "told" };

const main = document.querySelector("main");
const fault = document.getElementById("fault");
const places = [...document.querySelectorAll("[data-job]")].map((place) => ({ place, id: place.dataset.job, state: place.dataset.state }));
const pictures = new Map(); // by the form whose order they will follow
let known = null; // jobs as the server told them last, as texts
let isOld = false; // this page was kept from before: the server knows another list
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

const photos = new Uploads(`unsent-crew-${main.dataset.crew}`, refuse);

/** Show each job as it stands for the crew: as the server knows it, and what still waits on this phone. */
function draw(orders) {
  waiting = orders;
  for (const { place, id, state } of places) {
    const mine = orders.filter((order) => jobOf(order) === id).map(whatOf);
    place.dataset.state = mine.length > 0 ? AFTER[mine.at(-1)] : state;
    place.toggleAttribute("data-waits", mine.length > 0);
  }
  crew.set({ states: new Map(places.map(({ place, id }) => [id, place.dataset.state])) });
  main.toggleAttribute("data-busy", places.some(({ place }) => place.dataset.state === "started"));
  finish();
}

function sent(order, answer) {
  const mine = places.find(({ id }) => id === jobOf(order));
  if (mine) mine.state = AFTER[whatOf(order)];
  known?.set(answer.id, JSON.stringify(answer));
  document.querySelector(`form[data-path="${order.path}"]`)?.reset();
  stale ||= whatOf(order) !== "start";
  return photos.settle(order.body.key, order.path.replace(/\/\w+$/, ""));
}

const calls = () => help.value.asking || help.value.holding || help.value.waiting > 0;

/** Whether nothing is lost when the page is loaded anew: nobody writes or calls, and nothing waits on this phone. */
const mayReload = () =>
  !writing() && !calls() && thread.value.unsent.length === 0 && !document.querySelector(".cannot[open]") && waiting.length === 0 && !photos.waits && pictures.size === 0 && !refused;

/** Show the list as the server has it. A version that waits goes first: without it the page would be an old one again. */
function showAnew() {
  if (!mayReload() || takeUpdate() || !stale) return;
  if (isOld && Date.now() - Number(sessionStorage.getItem(RELOADED)) < OLD_MS) setTimeout(showAnew, OLD_MS);
  else {
    sessionStorage.setItem(RELOADED, Date.now());
    location.reload();
  }
}

/** Send the photos of orders that were taken, also of an earlier visit; then the list may be shown anew. */
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

const queue = new OfflineQueue(`crew-${main.dataset.crew}`, { changed: draw, sent, refused: refuse });
queue.read.then(() => photos.dropOrphans(() => waiting.map(({ body }) => body.key)));

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-path]");
  if (!form) return;
  event.preventDefault();
  const key = newKey();
  if (pictures.has(form)) photos.hold(key, "photo", pictures.get(form));
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

/** Whether these are the jobs that the page shows, as it shows them. */
function isShown(list) {
  const ahead = list.filter(({ state }) => !OVER.has(state));
  const shown = places.filter(({ state }) => state !== "told");
  return ahead.length === shown.length && ahead.every(({ id, state }, i) => String(id) === shown[i].id && state === shown[i].state);
}

/** Ask how the list stands, and return whether that is news; what this phone has said itself is none. */
async function news() {
  const list = await get("/api/crew");
  isOld ||= known === null && !isShown(list);
  const told = known ? list.length !== known.size || list.some((job) => known.get(job.id) !== JSON.stringify(job)) : isOld;
  known = new Map(list.map((job) => [job.id, JSON.stringify(job)]));
  return told;
}

async function changed() {
  try {
    const isFirst = known === null;
    if ((await news()) || (!isFirst && places.length === 0)) stale = true;
    showAnew();
  } catch {
    // Nobody answers: the line to the server will break too, and ask again once it is back.
  }
}
changed();
keepApp({ may: mayReload });
callFrom({ place: () => crew.value.place, open: () => show("messages") });
if (shiftId !== null) caller.set({ base: `/api/crew-shifts/${shiftId}`, id: `crew-${shiftId}` });
startSos();
startMessages();
followSun();
prepareMap();
followPlace();
storeAround();

const setConnected = (connected) => crew.value.connected !== connected && crew.set({ connected });
listen(
  {
    crews: changed,
    storm: changed,
    crew_mail: (rows) => rows.some(([shift]) => shift === shiftId) && reloadMessages(),
  },
  {
    heard: () => setConnected(true),
    lost: () => setConnected(false),
    resumed: () => {
      changed();
      reloadMessages();
    },
  },
);
