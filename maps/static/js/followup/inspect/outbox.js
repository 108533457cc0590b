// What was seen goes out in order and once, with its photo and the time of the tap: kept on the phone until the server has it.
import { drop, keep, kept } from "../../pages/app/shelf.js";
import { boot, now } from "../../pages/boot.js";
import { send } from "../../pages/net.js";
import { notify } from "../../pages/notices.js";
import { newKey, worthAnotherTry } from "../../pages/offline-queue.js";
import { Store } from "../../pages/store.js";
import { inspections, pathOf, reload, tellOf } from "./state.js";

const SHELF = `unsent-inspections-${boot.login}`; // those of somebody else wait for him
const AGAIN_MS = 5000;

/** How many answers wait for the server. */
export const outbox = new Store({ waiting: 0 });

const queue = [];
let sending = false;

/** Keep what waits, and then say so: once nothing does, the page may be loaded anew. */
async function changed() {
  if (queue.length > 0) await keep(SHELF, queue);
  else await drop(SHELF);
  inspections.set({ waiting: new Set(queue.map(({ id }) => id)) });
  outbox.set({ waiting: queue.length });
}

function formOf({ key, fields, photo }) {
  const form = new FormData();
  for (const [name, value] of Object.entries({ key, ...fields })) for (const one of [value].flat()) form.append(name, one);
  form.append("photo", new Blob([photo.bytes], { type: photo.type }), "photo.jpg");
  return form;
}

async function sendAll() {
  while (queue.length > 0) {
    const [entry] = queue;
    try {
      await send(pathOf(entry.id), formOf(entry));
      await tellOf(entry.id);
    } catch (error) {
      if (worthAnotherTry(error)) throw error;
      notify(error.message, "danger"); // and its place is shown again
    }
    queue.shift();
    await changed();
  }
}

/** Send what waits; where nobody answers, try again soon. */
export async function flush() {
  if (sending || queue.length === 0) return;
  sending = true;
  try {
    await sendAll();
    await reload();
  } catch (error) {
    inspections.set({ connected: error.status !== undefined });
    setTimeout(flush, AGAIN_MS);
  }
  sending = false;
}

/** Keep what was seen at a place, and send it; fails where the photo cannot be read. */
export async function say(id, fields, photo) {
  const bytes = await photo.arrayBuffer();
  const told = { ...fields, tapped_at: new Date(now()).toISOString() };
  queue.push({ key: newKey(), id, fields: told, photo: { bytes, type: photo.type } });
  navigator.vibrate?.(30);
  await changed();
  flush();
}

/** Take up what an earlier visit to this page left unsent. */
export async function resume() {
  queue.unshift(...((await kept(SHELF)) ?? []));
  if (queue.length > 0) await changed();
  addEventListener("online", flush);
  flush();
}
