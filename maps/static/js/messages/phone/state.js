// What the dispatcher wrote and who is on duty answered; what came and what was seen is told to the server.
import { boot } from "../../pages/boot.js";
import { get, post } from "../../pages/net.js";
import { notify } from "../../pages/notices.js";
import { OfflineQueue } from "../../pages/offline-queue.js";
import { Store } from "../../pages/store.js";
import { caller } from "./caller.js";

export const thread = new Store({ messages: [], canned: [], unsent: [] });

const ofShift = (what) => `${caller.value.base}/${what}`;

/** What the dispatcher wrote and the driver has not seen, the oldest first. */
export const unseen = () => thread.value.messages.filter((one) => !one.from_driver && !one.seen_at);

function merge(changed) {
  const known = new Map(thread.value.messages.map((one) => [one.id, one]));
  for (const one of changed) known.set(one.id, one);
  thread.set({ messages: [...known.values()].sort((one, other) => one.id - other.id) });
}

/** Ask for the messages of this shift, and tell that they came. */
export async function reloadMessages() {
  if (!caller.value.base) return;
  try {
    thread.set(await get(ofShift("messages")));
    const delivered = unseen().filter((one) => !one.delivered_at).map(({ id }) => id);
    if (delivered.length > 0) {
      navigator.vibrate?.([200, 100, 200]);
      merge(await post(ofShift("messages/heard"), { delivered }));
    }
  } catch {
    // The line is broken; all is asked for again once it is back.
  }
}

/** Tell that the driver saw what was written. */
export async function seeAll() {
  const seen = unseen().map(({ id }) => id);
  if (seen.length === 0) return;
  try {
    merge(await post(ofShift("messages/heard"), { seen }));
  } catch {
    // It stays unseen until there is a network to tell it.
  }
}

let queue = null;

/** Begin, with what an earlier visit to this page left unsent. */
export function startMessages() {
  if (!caller.value.base) return;
  queue = new OfflineQueue(`words-${boot.login}-${caller.value.id}`, {
    changed: (unsent) => thread.set({ unsent }),
    sent: (_, message) => merge([message]),
    refused: (error) => notify(error.message, "danger"),
  });
  reloadMessages();
}

/** Write to the dispatcher. */
export const answer = (text) => queue.send(ofShift("messages"), { text });
