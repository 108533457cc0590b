// Orders that must arrive: kept on the shelf of this browser until the server has answered, each once by its key.
import { drop, keep, unsent } from "./app/shelf.js";
import { post } from "./net.js";

const AGAIN_MS = 3000;
const TRIED_AGAIN = new Set([undefined, 401, 408, 429]); // the order may still be taken later

/** A key that no other order has; `crypto.randomUUID` is missing where the address is not secure. */
export const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Whether an order that failed may still be taken later. */
export const worthAnotherTry = (error) => TRIED_AGAIN.has(error.status) || error.status >= 500;

/**
 * Sends orders in turn and tries again for ever; `changed` is told what waits, `refused` what never will arrive. An order stays
 * on the shelf until `sent` has put away what follows it.
 */
export class OfflineQueue {
  constructor(name, { changed, sent, refused }) {
    this.shelf = `unsent-orders-${name}`;
    this.tell = { changed, sent, refused };
    this.waiting = [];
    this.sending = false;
    this.isRead = false;
    addEventListener("online", () => this.flush());
    this.read = this.takeUp(`barfrub-${name}`);
  }

  /** Take up what an earlier visit left; what is tapped meanwhile goes out at once, as a shelf may be slow to open. */
  async takeUp(former) {
    const before = await unsent(this.shelf, former);
    this.isRead = true;
    this.keep([...before, ...this.waiting]);
    this.flush();
  }

  keep(waiting) {
    this.waiting = waiting;
    if (this.isRead && waiting.length > 0) keep(this.shelf, waiting);
    else if (this.isRead) drop(this.shelf);
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
        await this.tell.sent(order, await post(order.path, order.body));
      } catch (error) {
        if (worthAnotherTry(error)) {
          setTimeout(() => this.flush(), AGAIN_MS);
          break;
        }
        this.tell.refused(error, order);
      }
      this.keep(this.waiting.filter((one) => one !== order));
    }
    this.sending = false;
  }
}
