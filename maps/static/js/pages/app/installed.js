// Keeps this page on the phone through its service worker, and takes a new version when the page says that it may.
import { boot } from "../boot.js";
import { forget } from "./forget.js";

const LOOK_MS = 1800000; // between two looks for a new version; a page may be open for a whole shift

let waits = null; // the worker of a new version
let wanted = false;

/** Take the new version if there is one: the page is loaded anew, once and whole. */
export function takeUpdate() {
  wanted = true;
  waits?.postMessage("take over");
}

/** Have `takeUpdate` said again before a version that comes later is taken. */
export const holdUpdate = () => (wanted = false);

function ready(worker) {
  waits = worker;
  if (wanted) takeUpdate();
}

function follow(worker) {
  worker?.addEventListener("statechange", () => {
    if (worker.state === "installed" && navigator.serviceWorker.controller) ready(worker);
  });
}

/** Leave nothing of the route on a phone whose driver signs out; what waits to be sent stays, for him alone. */
async function leave(event) {
  if (event.target.getAttribute("action") !== "/sign-out") return;
  event.preventDefault();
  await forget();
  event.target.submit();
}

/** Install the page; browsers do this at secure addresses only. */
export async function keepApp() {
  document.addEventListener("submit", leave);
  if (!navigator.serviceWorker || !boot.app) return;
  const before = navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => before && location.reload());
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
