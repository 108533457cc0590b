// Photos and voice notes that follow the orders that they belong to, once the server has taken these; kept on the phone until then.
import { drop, keep, kept } from "../app/shelf.js";
import { upload } from "../net.js";
import { worthAnotherTry } from "../offline-queue.js";
import { t } from "../texts.js";

/** What waits for the server, by the keys of orders: `{ key, what, base, bytes, type }`; `base` is the order's address once it was taken. */
export class Uploads {
  /** `shelf` is where they are kept over reloads and dead batteries; `refused` is told why one never will arrive. */
  constructor(shelf, refused) {
    this.shelf = shelf;
    this.refused = refused;
    this.list = [];
    this.isKept = true;
    this.turn = kept(shelf).then((before = []) => this.list.unshift(...before));
    addEventListener("beforeunload", (event) => {
      if (this.waits && !this.isKept) event.preventDefault();
    });
  }

  get waits() {
    return this.list.length > 0;
  }

  /** Do one thing after the other: what was kept is read before anything else. One that fails holds up none. */
  next(step) {
    const now = this.turn.then(step);
    this.turn = now.catch(() => undefined);
    return now;
  }

  async write() {
    if (this.waits) this.isKept = await keep(this.shelf, this.list);
    else await drop(this.shelf);
  }

  /**
   * Keep a file for an order, in place of an earlier one, and return whether it could be read; `base` is the order's address
   * where it was taken already.
   */
  hold(key, what, file, base = "") {
    return this.next(async () => {
      const bytes = await file.arrayBuffer().catch(() => null);
      if (bytes === null) this.refused(new Error(t("The photo could not be read and is not sent.")));
      else {
        this.list = this.list.filter((one) => one.key !== key || one.what !== what);
        this.list.push({ key, what, base, bytes, type: file.type });
        await this.write();
      }
      return bytes !== null;
    });
  }

  /** Drop what belongs to no order: neither to one that was taken nor to one that waits, whose keys `waiting` tells. */
  dropOrphans(waiting) {
    return this.next(async () => {
      const keys = new Set(waiting());
      const all = this.list.length;
      this.list = this.list.filter(({ key, base }) => base || keys.has(key));
      if (this.list.length < all) await this.write();
    });
  }

  /** An order was taken, and what belongs to it goes to this address; or was refused, and nothing of it is needed. */
  settle(key, base = "") {
    return this.next(async () => {
      if (!this.list.some((one) => one.key === key)) return;
      this.list = base
        ? this.list.map((one) => (one.key === key ? { ...one, base } : one))
        : this.list.filter((one) => one.key !== key);
      await this.write();
    });
  }

  /** Send what is ready, in turn; an error says that nobody answers. */
  async flush() {
    await this.turn;
    for (let one = this.ready(); one; one = this.ready()) {
      try {
        await upload(`${one.base}/${one.what}`, new Blob([one.bytes], { type: one.type }));
      } catch (error) {
        if (worthAnotherTry(error)) throw error;
        this.refused(error);
      }
      const sent = one;
      await this.next(() => {
        this.list = this.list.filter((other) => other !== sent);
        return this.write();
      });
    }
  }

  ready() {
    return this.list.find(({ base }) => base);
  }
}
