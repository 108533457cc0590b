// Keeps this page on the phone through its service worker, and takes a new version when the page says that it may.
import { boot } from "../boot.js";
import { forget } from "./forget.js";

const LOOK_MS = 1800000; // between two looks for a new version; a page may be open for a whole shift

let waits = null; // the worker of a new version
let isTaken = false; // by another window of this browser: this page is an old one
let may = () => true;
let putAway = () => undefined; // what a page that is loaded anew would lose

/** Whether a new version waits for a moment that suits. */
export const updateWaits = () => waits !== null || isTaken;

async function loadAnew() {
  await putAway();
  location.reload();
}

/** Take the new version, if there is one and the page says that it may: it is loaded anew, once and whole. */
export function takeUpdate() {
  if (!updateWaits() || !may()) return false;
  if (isTaken) loadAnew();
  else waits.postMessage("take over");
  return true;
}

function ready(worker) {
  waits = worker;
  takeUpdate();
}

function follow(worker) {
  worker?.addEventListener("statechange", () => {
    if (worker.state === "installed" && navigator.serviceWorker.controller) ready(worker);
  });
}

/** End the session with the server's word for it; null where nobody answers. */
const endSession = (form) =>
  fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" }).catch(() => null);

/** Leave nothing of the route on a phone whose driver signs out; what waits to be sent stays, for him alone. */
async function leave(event) {
  const form = event.target;
  if (form.getAttribute("action") !== "/sign-out" || event.submitter?.formMethod === "dialog") return;
  event.preventDefault();
  const answer = await endSession(form);
  if (!answer || answer.status >= 500) form.querySelector("[role=alert]").hidden = false;
  else if (answer.type !== "opaqueredirect") form.submit(); // the server says why it refused
  else {
    await forget();
    location.assign(boot.sign_in ?? "/sign-in");
  }
}

/** Ask whether somebody leaves: a glove touches the icon easily. */
function askToLeave() {
  const question = document.getElementById("leave");
  question.querySelector("[role=alert]").hidden = true;
  question.showModal();
}

/** Install the page, which says whether it may be loaded anew now, and what it does before; browsers do this at secure addresses only. */
export async function keepApp(page) {
  ({ may, leave: putAway = putAway } = page);
  document.addEventListener("submit", leave);
  document.querySelector("[aria-controls=leave]").addEventListener("click", askToLeave);
  if (!navigator.serviceWorker || !boot.app) return;
  const before = navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    isTaken = before !== null;
    takeUpdate();
  });
  try {
    const registration = await navigator.serviceWorker.register(boot.app.worker, { scope: boot.app.home });
    registration.addEventListener("updatefound", () => follow(registration.installing));
    follow(registration.installing);
    if (registration.waiting && before) ready(registration.waiting);
    const look = () => registration.update().catch(() => undefined); // without a network there is none
    setInterval(look, LOOK_MS);
    addEventListener("online", look);
  } catch {
    // A browser that forbids it shows the page as before.
  }
}
