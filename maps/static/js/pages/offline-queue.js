// Orders that must arrive: kept on the shelf of this browser until the server has answered, each once by its key.
import { post } from "./net.js";

const AGAIN_MS = 3000;
const TRIED_AGAIN = new Set([undefined, 401, 408, 429]); // the order may still be taken later

/** A key that no other order has; `crypto.randomUUID` is missing where the address is not secure. */
export const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Whether an order that failed may still be taken later. */
export const worthAnotherTry = (error) => TRIED_AGAIN.has(error.status) || error.status >= 500;

/** Sends orders in turn and tries again for ever; `changed` is told what waits, `refused` what never will arrive. */
export class OfflineQueue {
  constructor(shelf, { changed, sent, refused }) {
    this.shelf = shelf;
    this.tell = { changed, sent, refused };
    this.waiting = this.stored();
    this.sending = false;
    addEventListener("online", () => this.flush());
    changed(this.waiting);
    this.flush();
  }

  stored() {
    try {
      return JSON.parse(localStorage.getItem(this.shelf) ?? "[]");
    } catch {
      return [];
    }
  }

  keep(waiting) {
    this.waiting = waiting;
    try {
      localStorage.setItem(this.shelf, JSON.stringify(waiting));
    } catch {
      // A full or forbidden shelf costs us only what a reload would have kept.
    }
    this.tell.changed(waiting);
  }

  send(path, body) {
    this.keep([...this.waiting, { path, body: { key: newKey(), ...body } }]);
    this.flush();
  }

  /** Send what waits; where nobody answers, try again soon. */
  async flush() {
    if (this.sending) return;
    this.sending = true;
    while (this.waiting.length > 0) {
      const [order] = this.waiting;
      try {
        this.tell.sent(order, await post(order.path, order.body));
      } catch (error) {
        if (worthAnotherTry(error)) {
          setTimeout(() => this.flush(), AGAIN_MS);
          break;
        }
        this.tell.refused(error, order);
      }
      this.keep(this.waiting.slice(1));
    }
    this.sending = false;
  }
}
