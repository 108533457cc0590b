// The service worker of a page that opens without a network: it keeps all files of one version and the page itself, and
// answers with them. The server writes a line before this one: APP with its name, home, version and files with their digests.
/* global APP */

const SET = `${APP.name}-${APP.version}`;
const PATIENCE_MS = 4000; // a road with a bar or two of signal must not keep a driver from his route
const TEXTS = "/api/texts";
const STRANGERS = "/strangers";

const files = new Map(APP.files);

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

/** Keep a page of ours, look for the version of another one, and forget the kept one where nobody is signed in. */
async function settle(answer) {
  if (isOurs(answer)) await keepPage(answer);
  else if (answer.headers.get("barfrub-app")) await registration.update();
  else if (!isFault(answer)) await (await caches.open(SET)).delete(APP.home); // whoever opens this phone next is not signed in
}

let strangers = null;

/** Windows with a page of another version: they get their files from the server, also after this worker rested. */
async function knownStrangers() {
  const told = await (await caches.open(SET)).match(STRANGERS);
  strangers ??= new Set(told ? await told.json() : []);
  return strangers;
}

async function addStranger(id) {
  const all = (await knownStrangers()).add(id);
  await (await caches.open(SET)).put(STRANGERS, new Response(JSON.stringify([...all])));
}

/** The page from the server where it answers soon and fits our files, else the one that was kept. */
async function page(event) {
  const asked = fetch(event.request);
  event.waitUntil(asked.then((answer) => settle(answer.clone())).catch(() => null)); // however late it comes
  const answer = await soon(asked.catch(() => null));
  if (answer && isOurs(answer)) return answer;
  const kept = await (await caches.open(SET)).match(APP.home);
  if (kept && (!answer || answer.headers.get("barfrub-app") || isFault(answer))) return kept;
  await addStranger(event.resultingClientId);
  return answer ?? asked;
}

async function file({ request, clientId }, path) {
  if ((strangers ?? (await knownStrangers())).has(clientId)) return fetch(request);
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
  else if (files.has(pathname)) event.respondWith(file(event, pathname));
  else if (pathname === TEXTS) event.respondWith(file(event, pathname + search));
});
