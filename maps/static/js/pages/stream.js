// News from the server as it happens; any page may listen.
const SILENCE_MS = 30000; // the server says something every ten seconds
const AGAIN_MS = 5000;

/**
 * Follow the stream for ever: `events` takes what comes, by name. `heard` is called whenever something does, `lost`
 * when the line breaks or falls silent, `resumed` once it is back: what happened meanwhile was not sent to us.
 * With `again`, also when it opens first.
 */
export function listen(events, { heard, lost, resumed }, again = false) {
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
    lost();
    leave(0);
  }, 1000);
  source.addEventListener("open", () => {
    alive();
    if (broken) resumed();
    broken = false;
  });
  source.addEventListener("error", () => {
    broken = true;
    lost();
    if (source.readyState === EventSource.CLOSED) leave(AGAIN_MS);
  });
  for (const [name, take] of Object.entries(events)) {
    source.addEventListener(name, (event) => {
      alive();
      take(JSON.parse(event.data));
    });
  }
}
