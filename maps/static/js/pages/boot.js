// What the server says with the page: language, texts, city, coverage states, who is signed in.

export const boot = JSON.parse(document.getElementById("boot").textContent);

/** Public pages bring their few texts; all others are kept by the browser, under an address that changes with them. */
if (boot.texts_address) boot.texts = await (await fetch(boot.texts_address)).json();

const startedAt = Date.now();
let served = Date.parse(boot.now);
let seen = startedAt;

/** The server's clock in ms, which a demo may run faster than ours. */
export function now() {
  return served + (Date.now() - seen) * (boot.speed ?? 1);
}

/** Set our idea of the server's clock by a fresh answer. */
export function setClock(iso) {
  served = Date.parse(iso);
  seen = Date.now();
}

/** Whether the reader asked for a page that holds still. */
export const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
