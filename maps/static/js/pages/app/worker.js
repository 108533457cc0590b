// The service worker of a page that opens without a network: it keeps all files of one version and the page itself, and
// answers with them. The server writes a line before this one: APP with its name, home, version and files with their digests.
/* global APP */

const SET = `${APP.name}-${APP.version}`;
const PATIENCE_MS = 4000; // a road with a bar or two of signal must not keep a driver from his route
const TEXTS = "/api/texts";

const files = new Map(APP.files);
const strangers = new Set(); // pages of another version: they get their files from the server

const isOurs = (answer) => answer.ok && answer.headers.get("barfrub-app") === SET;
const isFault = (answer) => answer.status >= 500;

async function fetched(path, integrity) {
  const answer = await fetch(path, integrity ? { integrity, cache: "no-cache" } : {});
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

/** Keep a page with the texts that it names; an older one of this version goes. */
async function keepPage(answer) {
  const cache = await caches.open(SET);
  const texts = answer.headers.get("barfrub-texts");
  if (!(await cache.match(texts))) await cache.put(texts, await fetched(texts));
  await cache.put(APP.home, answer);
}

/** Keep all of a version, or nothing: each file must be the one that the server had in mind. */
async function install() {
  const cache = await caches.open(SET);
  await Promise.all([...files].map(async ([path, digest]) => cache.put(path, await fetched(path, digest))));
  const page = await fetch(APP.home);
  if (isOurs(page)) await keepPage(page);
  else if (registration.active) throw new Error("the page of this version cannot be had now");
}

/** Drop what versions before this one kept. */
async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(`${APP.name}-`) && name !== SET).map((name) => caches.delete(name)));
}

const soon = (answer) => Promise.race([answer, new Promise((done) => setTimeout(done, PATIENCE_MS, null))]);

/** The page from the server where it answers soon and fits our files, else the one that was kept. */
async function page(event) {
  const cache = await caches.open(SET);
  const asked = fetch(event.request);
  const answer = await soon(asked.catch(() => null));
  if (answer && isOurs(answer)) {
    event.waitUntil(keepPage(answer.clone()));
    return answer;
  }
  const kept = await cache.match(APP.home);
  const other = answer?.headers.get("barfrub-app");
  if (other) event.waitUntil(registration.update());
  if (kept && (!answer || other || isFault(answer))) return kept;
  if (answer && !isFault(answer)) await cache.delete(APP.home); // whoever opens this phone next is not signed in
  strangers.add(event.resultingClientId);
  return answer ?? asked;
}

async function file(request, path) {
  const kept = await (await caches.open(SET)).match(path);
  return kept ?? fetch(request);
}

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("message", ({ data }) => data === "take over" && skipWaiting());
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && pathname === APP.home) event.respondWith(page(event));
  else if (strangers.has(event.clientId)) return;
  else if (files.has(pathname)) event.respondWith(file(request, pathname));
  else if (pathname === TEXTS) event.respondWith(file(request, pathname + search));
});
