// What the server says with the page: language, texts, city, coverage states, who is signed in.

export const boot = JSON.parse(document.getElementById("boot").textContent);

/** Public pages bring their few texts; all others are kept by the browser, under an address that changes with them. */
if (boot.texts_address) boot.texts = await (await fetch(boot.texts_address)).json();

let served = Date.parse(boot.now);
let seen = Date.now();
let speed = boot.speed ?? 1;
let fastest = Math.max(1, speed);
let shown = -Infinity; // when the server spoke last, by the clock that was shown here

/** So long a quick clock goes on without a word of the server, in ms: it may stand since. A phone is often without one. */
const UNTOLD_MS = boot.app ? Infinity : 15000;

/** What is told so much too early, in ms of ours, is of a clock that was set; what is told less so comes late. */
const LATE_MS = 15000;

const CLOCK = "barfrub-clock";

/**
 * The server's clock in ms, which a demo may run faster than ours and a rehearsal may stop. What was shown too late, as
 * nobody knew yet that the clock stood, is taken back a second a second.
 */
export function now() {
  const sinceMs = Date.now() - seen;
  return Math.max(served + (speed === 1 ? sinceMs : Math.min(sinceMs, UNTOLD_MS) * speed), shown - Math.max(sinceMs, 0));
}

/** How many seconds of the server's clock go by in one of ours now; none while it stands. */
export const pace = () => speed;

function putBy(clock) {
  try {
    localStorage.setItem(CLOCK, JSON.stringify(clock));
  } catch {
    // Without it a page that opens without a network goes by the time at which it was made.
  }
}

/** A page that was kept on the phone tells an old time: what the server told last, and our clock since, is later. */
function takeUpClock() {
  try {
    const last = JSON.parse(localStorage.getItem(CLOCK));
    if (last && last.served + (Date.now() - last.seen) * speed > now()) ({ served, seen } = last);
  } catch {
    localStorage.removeItem(CLOCK);
  }
}

if (boot.app) takeUpClock();

/** Set our idea of the server's clock by an answer; one that was longer under way than another is heeded no more. */
export function setClock(iso, pace = speed) {
  const [told, before] = [Date.parse(iso), now()];
  fastest = Math.max(fastest, pace);
  const isLate = (moment) => told < moment && moment - told <= LATE_MS * fastest;
  if (isLate(served)) return;
  shown = isLate(before) ? before : told;
  served = told;
  seen = Date.now();
  speed = pace;
  if (boot.app) putBy({ served, seen });
}

/** Whether the reader asked for a page that holds still. */
export const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
