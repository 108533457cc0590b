// News from the server as it happens; any page may listen.
import { boot, setClock } from "./boot.js";

const BEAT_MS = boot.app ? 50000 : 10000; // the server says something so often; less to a phone, whose radio each time stays awake
const SILENCE_MS = BEAT_MS + 20000;
const WATCH_MS = BEAT_MS / 10;
const AGAIN_MS = 5000;

const underWay = new Set(); // for each whole answer that is under way, the news since it was asked for

const news = document.querySelector(".training-frame [role=status]");

/** Say that a rehearsal is being set back, or nothing of it any more. */
function saySetBack(isUnderWay) {
  if (news) news.textContent = isUnderWay ? news.dataset.says : "";
}

/** Say that a rehearsal does not answer, unless it has said why. */
function sayLost() {
  if (news) news.textContent ||= news.dataset.lost;
}

const word = document.querySelector(".training-frame [data-until]");

/** Take the time over, and say that the scenario of a rehearsal is over; once a rehearsal was set back, what a page shows never was. */
function beat({ now, speed, epoch, setting_back }) {
  setClock(now, speed);
  if (word && Date.parse(now) >= Date.parse(word.dataset.until)) word.textContent = word.dataset.over;
  if (epoch !== (boot.epoch ?? 0)) location.reload();
  saySetBack(setting_back);
}

/**
 * Follow the stream for ever: `events` takes what comes, by name. `heard` is called whenever something does, `lost`
 * when the line breaks or falls silent, `resumed` once it is back: what happened meanwhile was not sent to us.
 * With `again`, also when it opens first. Without both a page only keeps to the server's clock.
 */
export function listen(events = {}, { heard, lost, resumed } = { heard() {}, lost() {}, resumed() {} }, again = false) {
  const source = new EventSource("/stream");
  let heardAt = Date.now();
  let broken = again;
  const alive = () => {
    heardAt = Date.now();
    heard();
  };
  const leave = (wait) => {
    clearInterval(watch);
    source.close();
    setTimeout(() => listen(events, { heard, lost, resumed }, true), wait);
  };
  // A line cut halfway falls silent without an error.
  const watch = setInterval(() => {
    if (Date.now() - heardAt < SILENCE_MS) return;
    sayLost();
    lost();
    leave(0);
  }, WATCH_MS);
  source.addEventListener("open", () => {
    alive();
    if (broken) {
      saySetBack(false); // where it failed; else the next beat loads the page again
      resumed();
    }
    broken = false;
  });
  source.addEventListener("error", () => {
    broken = true;
    sayLost();
    lost();
    if (source.readyState === EventSource.CLOSED) leave(AGAIN_MS);
  });
  for (const [name, take] of Object.entries({ beat, ...events })) {
    source.addEventListener(name, (event) => {
      alive();
      take(JSON.parse(event.data));
    });
  }
}

/** A taker of news which takes them again after each answer that was under way when they came. */
export const remembered = (take) => (news) => {
  for (const since of underWay) since.push(() => take(news));
  take(news);
};

/** `ask`, which takes a whole answer, with the news after it that came meanwhile: they may be newer. */
export const withNews = (ask) => async () => {
  const since = [];
  underWay.add(since);
  try {
    return await ask();
  } finally {
    underWay.delete(since);
    for (const again of since) again();
  }
};
