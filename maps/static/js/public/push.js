// The button that asks for messages about a street in this browser. Where the browser cannot show any, the form beside it stays.
const part = document.getElementById("push");
const form = part?.querySelector("form");
const said = part?.querySelector("[role=status]");

/** The bytes of a text in base64 for addresses. */
function bytesOf(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

const isSame = (buffer, bytes) => buffer && String(new Uint8Array(buffer)) === String(bytes);

/** The browser's address for messages; one that was made for another key of the server is given up. */
async function address() {
  await navigator.serviceWorker.register("/street/worker.js", { scope: "/street" });
  const { pushManager } = await navigator.serviceWorker.ready;
  const applicationServerKey = bytesOf(part.dataset.key);
  const known = await pushManager.getSubscription();
  if (known && !isSame(known.options.applicationServerKey, applicationServerKey)) await known.unsubscribe();
  return (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey })).toJSON();
}

/** Say what became of it, with the way to the page that stops the messages. */
function tell(text, link) {
  said.textContent = text;
  if (!link) return;
  const stop = Object.assign(document.createElement("a"), { href: link, textContent: part.dataset.stop });
  said.append(" ", stop);
}

async function subscribe() {
  if ((await Notification.requestPermission()) !== "granted") return tell(part.dataset.denied);
  const { endpoint, keys } = await address();
  const body = new FormData(form);
  for (const [name, value] of Object.entries({ endpoint, key: keys.p256dh, secret: keys.auth })) body.set(name, value);
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  const told = await answer.json();
  if (answer.ok) form.hidden = true;
  return tell(told.said ?? part.dataset.failed, told.link);
}

async function press(event) {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    await subscribe();
  } catch {
    tell(part.dataset.failed);
  } finally {
    button.disabled = false;
  }
}

if (part && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  form.addEventListener("submit", press);
  part.hidden = false;
}
